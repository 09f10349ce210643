import type { DaemonDeploymentRecord, DaemonRecord, DaemonRevisionRecord } from '../model/daemon-records.ts';
import type { World } from '../model/world.ts';
import { daemonDeploymentArn, daemonRevisionArn } from '../store/arns.ts';
import { announce, change } from '../store/eventual-consistency.ts';
import { newRecord } from '../store/new-record.ts';
import { dueAction } from '../time/due-action.ts';
import { wakeDaemon } from '../wakeups/wake-daemons.ts';
import { openInstances, ringing } from './daemon-instances.ts';

export type RevisionOptions = Pick<
  DaemonRevisionRecord,
  | 'taskDefinition'
  | 'capacityProviders'
  | 'propagateTags'
  | 'enableECSManagedTags'
  | 'enableExecuteCommand'
  | 'critical'
>;

/** Like the circuit breaker of services: half of the instances, at least 3 and at most 200 (AWS gives no figure). */
export function thresholdFor(instances: number): number {
  return Math.min(200, Math.max(3, Math.ceil(instances / 2)));
}

export function latestDeployment(daemon: DaemonRecord): DaemonDeploymentRecord | undefined {
  return [...daemon.deployments.values()].at(-1);
}

export function isOngoing(deployment: DaemonDeploymentRecord): boolean {
  return ['PENDING', 'IN_PROGRESS', 'ROLLBACK_IN_PROGRESS'].includes(deployment.status);
}

function createRevision(world: World, daemon: DaemonRecord, options: RevisionOptions): DaemonRevisionRecord {
  const arn = daemonRevisionArn(world, daemon.cluster.name, daemon.name, world.random.digits(19));
  const revision: DaemonRevisionRecord = { kind: 'daemonRevision', ...newRecord(world), arn, daemon, ...options };
  daemon.revisions.set(arn, revision);
  return revision;
}

/** Stops a deployment. It is STOPPED shortly afterwards. */
export function stopDeployment(world: World, deployment: DaemonDeploymentRecord, statusReason: string): void {
  change(world, deployment, { status: 'STOP_REQUESTED', statusReason });
  world.clock.after(world.timings.schedulerReaction, endStopped, world, deployment);
}

const endStopped = dueAction('daemonDeployment.stopped', (world: World, deployment: DaemonDeploymentRecord) => {
  change(world, deployment, { status: 'STOPPED', stoppedAt: world.clock.now() });
});

function createDeployment(
  world: World,
  daemon: DaemonRecord,
  target: DaemonRevisionRecord,
  isDeletion: boolean,
): DaemonDeploymentRecord {
  const previous = latestDeployment(daemon);
  if (previous !== undefined && isOngoing(previous)) {
    stopDeployment(world, previous, 'A newer daemon deployment was started.');
  }
  const id = world.random.hex(16);
  const { alarms } = daemon.configuration;
  const isWatched = alarms?.enable === true;
  const deployment: DaemonDeploymentRecord = {
    kind: 'daemonDeployment',
    ...newRecord(world),
    id,
    arn: daemonDeploymentArn(world, daemon.cluster.name, daemon.name, id),
    daemon,
    target,
    sources: [...new Set(daemon.tasks.values())].filter((revision) => revision !== target),
    configuration: daemon.configuration,
    isDeletion,
    status: 'PENDING',
    statusReason: undefined,
    startedAt: undefined,
    finishedAt: undefined,
    stoppedAt: undefined,
    breaker: {
      failureCount: 0,
      status: isDeletion ? 'DISABLED' : 'MONITORING',
      threshold: thresholdFor(openInstances(daemon, target).length),
    },
    alarms: {
      // An alarm that is in ALARM from the start is not useful as a signal.
      status: isWatched && ringing(world, alarms.alarmNames).length === 0 ? 'MONITORING' : 'DISABLED',
      alarmNames: isWatched ? (alarms.alarmNames ?? []) : [],
      triggeredAlarmNames: [],
    },
    rollback: undefined,
    doneAt: undefined,
  };
  daemon.deployments.set(deployment.arn, deployment);
  announce(world, deployment);
  wakeDaemon(world, daemon);
  return deployment;
}

/** Rolls a new configuration out to every instance. */
export function deployDaemon(world: World, daemon: DaemonRecord, options: RevisionOptions): DaemonDeploymentRecord {
  const revision = createRevision(world, daemon, options);
  const deployment = createDeployment(world, daemon, revision, false);
  change(world, daemon, { wanted: revision, isHalted: false, heldUntil: 0, failedStarts: 0 });
  return deployment;
}

/** Stops the daemon's tasks, then removes the daemon. */
export function removeDaemon(world: World, daemon: DaemonRecord, target: DaemonRevisionRecord): DaemonDeploymentRecord {
  return createDeployment(world, daemon, target, true);
}
