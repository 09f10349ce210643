import { changeInstance } from '../instances/instance-lifecycle.ts';
import { launchTask } from '../launch/launch-task.ts';
import { createOrigin } from '../launch/task-origin.ts';
import type { DaemonDeploymentRecord, DaemonRecord, DaemonRevisionRecord } from '../model/daemon-records.ts';
import { DAEMON_GROUP } from '../model/daemon-records.ts';
import type { InstanceRecord } from '../model/instances/instance-record.ts';
import type { TaskRecord } from '../model/tasks/task-record.ts';
import type { World } from '../model/world.ts';
import { change } from '../store/eventual-consistency.ts';
import { shortage } from '../store/instance-resources.ts';
import { mergeTags } from '../store/tags.ts';
import { isWanted } from '../store/task-statuses.ts';
import { stopTask } from '../tasks/stop-task.ts';
import type { Tags } from '../util/wire-types.ts';
import { wakeDaemon } from '../wakeups/wake-daemons.ts';
import { checkFailure, settleDeletion, settleDeployment, startDeployment } from './daemon-deployment-progress.ts';
import { emitDaemonFailedStart, emitDaemonNoRoom } from './daemon-events.ts';
import { mayLeave, openInstances } from './daemon-instances.ts';
import { isOngoing, latestDeployment } from './deploy-daemon.ts';

/** AWS's example value; it documents no default. */
const DEFAULT_DRAIN_PERCENT = 10;
const FIRST_HOLD = 10_000;
const LONGEST_HOLD = 5 * 60_000;

/** Reconciles a daemon: one task on each instance of its capacity providers, eventually all of the wanted revision. */
export function reconcileDaemon(world: World, daemon: DaemonRecord): void {
  const deployment = latestDeployment(daemon);
  if (deployment === undefined || daemon.status === 'DELETED') return;
  startDeployment(world, deployment);
  if (daemon.status === 'DELETE_IN_PROGRESS') {
    for (const task of [...daemon.tasks.keys()]) stop(world, deployment, task);
    settleDeletion(world, deployment);
    return;
  }
  checkFailure(world, deployment);
  const { wanted } = daemon;
  if (wanted === undefined) return;
  const instances = openInstances(daemon, wanted);
  stopMisplaced(world, daemon, deployment, instances);
  if (!daemon.isHalted) {
    replaceOutdated(world, daemon, deployment, instances);
    startMissing(world, daemon, deployment, wanted, instances);
  }
  settleDeployment(world, deployment, instances);
}

function stop(world: World, deployment: DaemonDeploymentRecord, task: TaskRecord): void {
  const reason = `Scaling activity initiated by (daemon deployment ${deployment.id})`;
  stopTask(world, task, 'ServiceSchedulerInitiated', reason);
}

/** Stops tasks on instances that have finished draining, or that no longer belong to the daemon. */
function stopMisplaced(
  world: World,
  daemon: DaemonRecord,
  deployment: DaemonDeploymentRecord,
  instances: readonly InstanceRecord[],
): void {
  const providers = daemon.wanted?.capacityProviders ?? [];
  for (const task of [...daemon.tasks.keys()]) {
    const { instance } = task;
    if (instance === undefined || instances.includes(instance)) continue;
    const isForeign = !providers.includes(instance.capacityProviderName ?? '');
    if (isForeign || mayLeave(instance)) stop(world, deployment, task);
  }
}

/** Stops old tasks on as many instances at once as `drainPercent` allows. */
function replaceOutdated(
  world: World,
  daemon: DaemonRecord,
  deployment: DaemonDeploymentRecord,
  instances: readonly InstanceRecord[],
): void {
  const isCurrent = (task: TaskRecord): boolean =>
    daemon.tasks.get(task) === daemon.wanted && task.healthStatus !== 'UNHEALTHY';
  const tasksOn = (instance: InstanceRecord): TaskRecord[] =>
    [...instance.tasks].filter((task) => daemon.tasks.has(task));
  const isServed = (instance: InstanceRecord): boolean =>
    tasksOn(instance).some((task) => isWanted(task) && (task.lastStatus === 'RUNNING' || !isCurrent(task)));
  const { drainPercent = DEFAULT_DRAIN_PERCENT } = deployment.configuration;
  const batch = Math.max(1, Math.floor((instances.length * drainPercent) / 100));
  const { demand } = daemon.wanted?.taskDefinition.template ?? {};
  const hasRoom = (instance: InstanceRecord): boolean =>
    demand !== undefined && shortage(instance, demand) === undefined;
  const isBeingReplaced = (instance: InstanceRecord): boolean =>
    !isServed(instance) && (tasksOn(instance).length > 0 || hasRoom(instance));
  let allowed = batch - instances.filter(isBeingReplaced).length;
  for (const instance of instances) {
    const old = tasksOn(instance).filter((task) => isWanted(task) && !isCurrent(task));
    if (old.length === 0 || allowed <= 0) continue;
    allowed -= 1;
    for (const task of old) stop(world, deployment, task);
  }
}

function tagsFor(daemon: DaemonRecord, revision: DaemonRevisionRecord): Tags {
  const own = revision.propagateTags === 'DAEMON' ? mergeTags([], daemon.tags) : [];
  if (!revision.enableECSManagedTags) return own;
  return [
    ...own,
    { key: 'aws:ecs:clusterName', value: daemon.cluster.name },
    { key: 'aws:ecs:daemonName', value: daemon.name },
  ];
}

function startMissing(
  world: World,
  daemon: DaemonRecord,
  deployment: DaemonDeploymentRecord,
  revision: DaemonRevisionRecord,
  instances: readonly InstanceRecord[],
): void {
  if (daemon.heldUntil > world.clock.now()) {
    wakeDaemon(world, daemon, daemon.heldUntil);
    return;
  }
  const busy = new Set([...daemon.tasks.keys()].map((task) => task.instance));
  const { template } = revision.taskDefinition;
  for (const instance of instances) {
    if (busy.has(instance)) continue;
    const lack = shortage(instance, template.demand);
    if (lack !== undefined) {
      emitDaemonNoRoom(world, daemon, instance, lack);
      wakeDaemon(world, daemon, world.clock.now() + world.timings.placementRetry);
      continue;
    }
    const { capacityProviderName } = instance;
    const type = world.capacityProviders.get(capacityProviderName ?? '')?.type;
    const common = {
      cluster: daemon.cluster,
      taskDefinition: template,
      group: `${DAEMON_GROUP}${daemon.name}`,
      startedBy: deployment.id,
      enableExecuteCommand: revision.enableExecuteCommand,
      tags: tagsFor(daemon, revision),
    };
    const launchType = type === 'MANAGED_INSTANCES' ? 'MANAGED_INSTANCES' : 'EC2';
    const task = launchTask(world, createOrigin(world, common, { launchType, capacityProviderName }), { instance });
    daemon.tasks.set(task, revision);
  }
}

/** Accounts for a daemon task that has STOPPED for any reason. */
export function accountStopped(world: World, daemon: DaemonRecord, task: TaskRecord): void {
  const revision = daemon.tasks.get(task);
  daemon.tasks.delete(task);
  wakeDaemon(world, daemon);
  const deployment = latestDeployment(daemon);
  if (revision === undefined || deployment === undefined || task.stopCode === 'ServiceSchedulerInitiated') return;
  if (task.startedAt === undefined) {
    emitDaemonFailedStart(world, revision, task);
    daemon.failedStarts += 1;
    daemon.heldUntil = world.clock.now() + Math.min(LONGEST_HOLD, FIRST_HOLD * 2 ** (daemon.failedStarts - 1));
  } else {
    daemon.failedStarts = 0;
  }
  if (isOngoing(deployment) && revision === daemon.wanted) {
    const { breaker } = deployment;
    change(world, deployment, { breaker: { ...breaker, failureCount: (breaker.failureCount ?? 0) + 1 } });
    return;
  }
  // A Managed Instance is drained with its critical daemon and replaced. Other instances would not be replaced.
  const { instance } = task;
  const isManaged = world.capacityProviders.get(task.capacityProviderName ?? '')?.type === 'MANAGED_INSTANCES';
  if (revision.critical && isManaged && instance?.status === 'ACTIVE') {
    changeInstance(world, instance, { status: 'DRAINING' });
  }
}
