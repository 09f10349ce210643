import type { Container, Task } from '@aws-sdk/client-ecs';
import { demandOf } from '../launch/resource-demand.ts';
import type { ClusterRecord } from '../model/cluster-record.ts';
import type { DeploymentRecord } from '../model/services/deployment-record.ts';
import type { ServiceRecord } from '../model/services/service-record.ts';
import type { TaskSetRecord } from '../model/services/task-set-record.ts';
import { Containers } from '../model/tasks/containers.ts';
import type { TargetState } from '../model/tasks/target-state.ts';
import type { TaskOrigin } from '../model/tasks/task-origin.ts';
import { TaskRecord } from '../model/tasks/task-record.ts';
import type { World } from '../model/world.ts';
import { findTaskDefinition } from '../store/find-record.ts';
import { freeGpus, roomBeside } from '../store/instance-resources.ts';
import { isPending } from '../store/task-statuses.ts';
import { groupOf } from '../tasks/load-balancer-targets.ts';
import type { Wire } from '../util/wire-types.ts';
import { nameOf, timeOf } from './cluster-state.ts';

const OF_SERVICE = 'service:';
/** Tasks of managed daemons: they keep no instance, and ECS's own figures of the room already allow for them. */
const OF_DAEMON = 'daemon:';
/** Past these the images of a task are pulled. */
const STARTED: ReadonlySet<string> = new Set(['RUNNING', 'DEACTIVATING', 'STOPPING', 'DEPROVISIONING']);

/** Adds a task that is not STOPPED to its cluster, its service and its instance; what it will do is not due yet. */
export function importTask(
  world: World,
  cluster: ClusterRecord,
  shown: Task,
  protectedUntil: ReadonlyMap<string, number>,
): void {
  const { taskArn = '', lastStatus = 'RUNNING', desiredStatus = 'RUNNING', group = '' } = shown;
  const taskDefinition = findTaskDefinition(world, shown.taskDefinitionArn ?? '');
  if (lastStatus === 'STOPPED' || lastStatus === 'DELETED' || group.startsWith(OF_DAEMON)) return;
  if (taskDefinition === undefined) return;
  const service = group.startsWith(OF_SERVICE) ? cluster.services.get(group.slice(OF_SERVICE.length)) : undefined;
  const instance = cluster.instances.get(nameOf(shown.containerInstanceArn ?? ''));
  const owner = service && ownerOf(service, shown);
  const containers = containersOf(shown, Containers.from(taskDefinition.recipes));
  const demand = demandOf(taskDefinition.definition, shown.overrides as Wire<Task>['overrides']);
  const rest: TaskRecord['rest'] = {
    deployment: owner?.kind === 'deployment' ? owner : undefined,
    taskSet: owner?.kind === 'taskSet' ? owner : undefined,
    gpuIds: gpusOf(shown) ?? (instance === undefined ? [] : freeGpus(instance, demand)),
    tags: [],
    protectedUntil: protectedUntil.get(taskArn),
    knownArn: taskArn,
  };
  const origin: TaskOrigin = {
    bornAt: timeOf(shown.createdAt) ?? world.clock.now(),
    cluster,
    taskDefinition,
    service,
    launchType: shown.launchType ?? (instance === undefined ? 'FARGATE' : 'EC2'),
    capacityProviderName: shown.capacityProviderName,
    platformVersion: shown.platformVersion,
    platformFamily: shown.platformFamily,
    group,
    startedBy: shown.startedBy,
    overrides: (shown.overrides ?? {}) as TaskOrigin['overrides'],
    cpu: String(demand.cpu),
    memory: String(demand.memory),
    demand,
    enableExecuteCommand: shown.enableExecuteCommand ?? false,
    ephemeralStorage: shown.ephemeralStorage,
    networkConfiguration: undefined,
    volumeConfigurations: undefined,
    serviceConnect: undefined,
    attributes: [],
    containers,
    rest,
    longArn: true,
    arnPrefix: taskArn.slice(0, taskArn.lastIndexOf('/') + 1),
  };
  world.sequence += 1;
  const task = new TaskRecord({
    sequence: world.sequence,
    seed: world.random.hexSeed(32),
    origin,
    rest,
    lastStatus,
    instance,
    availabilityZone: shown.availabilityZone ?? instance?.availabilityZone ?? '',
    containers,
    attachments: (shown.attachments ?? []).filter(({ type }) => type !== undefined),
  });
  Object.assign(task, {
    desiredStatus: desiredStatus === 'STOPPED' ? 'STOPPED' : 'RUNNING',
    healthStatus: shown.healthStatus ?? 'UNKNOWN',
    version: shown.version ?? 1,
    connectivity: shown.connectivity,
    connectivityAt: timeOf(shown.connectivityAt),
    pullStartedAt: timeOf(shown.pullStartedAt),
    pullStoppedAt: timeOf(shown.pullStoppedAt),
    startedAt: timeOf(shown.startedAt) ?? (lastStatus === 'RUNNING' ? origin.bornAt : undefined),
    stoppingAt: timeOf(shown.stoppingAt),
    executionStoppedAt: timeOf(shown.executionStoppedAt),
    target: targetOf(world, task, timeOf(shown.startedAt)),
  } satisfies Partial<TaskRecord>);
  if (desiredStatus === 'STOPPED') {
    task.end = { stopCode: shown.stopCode ?? 'UserInitiated', stoppedReason: shown.stoppedReason ?? '' };
  }
  enlist(task);
}

/** Enters a task in every list of its owners; nothing of it is due yet, and no service is woken. */
function enlist(task: TaskRecord): void {
  const { cluster, service, deployment, taskSet, instance, taskDefinition } = task;
  cluster.tasks.add(task);
  if (isPending(task)) cluster.pendingTasks += 1;
  if (task.lastStatus === 'RUNNING') cluster.runningTasks += 1;
  taskDefinition.liveTasks += 1;
  service?.tasks.add(task);
  deployment?.tasks.add(task);
  taskSet?.tasks.add(task);
  if (instance === undefined) return;
  instance.tasks.add(task);
  Object.assign(instance, roomBeside(instance.registered, instance.tasks));
}

/** The deployment or task set that started a task; else the one of the same task definition, else the newest. */
function ownerOf(service: ServiceRecord, shown: Task): DeploymentRecord | TaskSetRecord | undefined {
  const { startedBy, taskDefinitionArn } = shown;
  const owners = [...service.deployments, ...service.taskSets.values()];
  return (
    owners.find(({ id }) => id === startedBy) ??
    owners.find(({ spec }) => spec.taskDefinition?.arn === taskDefinitionArn) ??
    owners[0]
  );
}

function containersOf(shown: Task, all: Containers): Containers {
  const { lastStatus = 'RUNNING' } = shown;
  if (!STARTED.has(lastStatus) && lastStatus !== 'ACTIVATING') return all;
  let containers = all.pulled;
  if (STARTED.has(lastStatus)) containers = containers.running;
  for (const container of shown.containers ?? []) containers = withState(containers, container);
  return containers;
}

function withState(containers: Containers, { name = '', ...shown }: Container): Containers {
  const present = containers.find(name);
  if (present === undefined) return containers;
  const { lastStatus = present.lastStatus, healthStatus = 'UNKNOWN', exitCode } = shown;
  const isAsUsual = lastStatus === present.lastStatus && healthStatus === present.healthStatus;
  return isAsUsual && exitCode === undefined
    ? containers
    : containers.with(name, { lastStatus, healthStatus, exitCode });
}

function gpusOf({ containers = [] }: Task): readonly string[] | undefined {
  const ids = containers.flatMap(({ gpuIds = [] }) => gpuIds);
  return ids.length === 0 ? undefined : ids;
}

/** ECS does not show targets: one that had the time to become healthy is taken to be. */
function targetOf(world: World, task: TaskRecord, startedAt: number | undefined): TargetState | undefined {
  const group = task.service && groupOf(task);
  if (group === undefined || task.lastStatus !== 'RUNNING' || task.desiredStatus === 'STOPPED') return undefined;
  const { targetHealthy } = task.taskDefinition.timings ?? world.timings;
  const isHealthy = startedAt === undefined || startedAt + targetHealthy <= world.clock.now();
  const { targetGroupArn, port } = group;
  return { health: isHealthy ? 'healthy' : 'initial', targetGroupArn, port, reason: undefined };
}
