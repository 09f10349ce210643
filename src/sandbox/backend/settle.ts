import { isManual } from '../instances/manual-agents.ts';
import type { ClusterRecord } from '../model/cluster-record.ts';
import type { ServiceRecord } from '../model/services/service-record.ts';
import type { TaskRecord } from '../model/tasks/task-record.ts';
import type { World } from '../model/world.ts';
import { controllerOf } from '../services/deployment-controllers.ts';

const STEP_MS = 5_000;
/** A world that has not settled by then never may: a pause hook, containers that exit again and again. */
const LIMIT_MS = 45 * 60_000;

function isPassing(task: TaskRecord): boolean {
  return task.lastStatus !== task.desiredStatus && task.lastStatus !== 'STOPPED' && !isManual(task);
}

/** Nothing more is to be expected of a service for which no instance has room, or whose tasks fail while no circuit breaker counts them. */
function isStuck({ deployments, taskSets, spec }: ServiceRecord): boolean {
  const isCounted = spec.deploymentConfiguration.deploymentCircuitBreaker?.enable === true;
  return [...deployments, ...taskSets.values()].some(
    ({ holds }) => holds.lacksRoom || holds.failedPlacements > 0 || (holds.failedStarts > 1 && !isCounted),
  );
}

function isServiceMoving(service: ServiceRecord): boolean {
  if (service.status === 'INACTIVE') return false;
  if (service.status === 'DRAINING') return true;
  if (isStuck(service)) return false;
  if (controllerOf(service) !== 'ECS') {
    return [...service.taskSets.values()].some(({ stabilityStatus }) => stabilityStatus !== 'STEADY_STATE');
  }
  const running = [...service.tasks].filter((task) => task.lastStatus === 'RUNNING').length;
  const isCounted = service.schedulingStrategy === 'DAEMON' || running === service.desiredCount;
  return service.deployments.some(({ rolloutState }) => rolloutState === 'IN_PROGRESS') || !isCounted;
}

function isClusterMoving(cluster: ClusterRecord): boolean {
  if (cluster.status === 'PROVISIONING' || cluster.status === 'DEPROVISIONING') return true;
  if (cluster.attachmentsStatus === 'UPDATE_IN_PROGRESS') return true;
  for (const { status, tasks } of cluster.instances.values()) {
    if (status === 'REGISTERING' || status === 'DEREGISTERING' || (status === 'DRAINING' && tasks.size > 0))
      return true;
  }
  for (const task of cluster.tasks.values()) if (isPassing(task)) return true;
  return [...cluster.services.values()].some(isServiceMoving);
}

function isMoving(world: World): boolean {
  for (const cluster of world.clusters.values()) if (isClusterMoving(cluster)) return true;
  for (const { updateStatus } of world.capacityProviders.values()) {
    if (updateStatus?.endsWith('_IN_PROGRESS') === true) return true;
  }
  for (const { deployments } of world.daemons.values()) {
    for (const { finishedAt, stoppedAt } of deployments.values())
      if ((finishedAt ?? stoppedAt) === undefined) return true;
  }
  return [...world.neighbours.deployments.values()].some(
    ({ completedAt, status }) => completedAt === undefined && status !== 'Ready',
  );
}

/** Advances time until everything has settled, or will not. */
export function settleWorld(world: World): void {
  const end = world.clock.now() + LIMIT_MS;
  while (isMoving(world) && world.clock.now() < end) world.clock.advance(STEP_MS);
}

interface Named {
  readonly clusterArn?: string;
  readonly serviceArn?: string;
  readonly taskArn?: string;
  readonly containerInstanceArn?: string;
  readonly name?: string;
}

type Describe = (operation: string, input: object) => object;

/** How each member of an answer is read again: the call, and the member of its answer. */
const READS: Readonly<
  Record<string, (items: readonly Named[]) => readonly [operation: string, input: object, member: string]>
> = {
  cluster: (items) => [
    'DescribeClusters',
    {
      clusters: items.map((item) => item.clusterArn),
      include: ['ATTACHMENTS', 'CONFIGURATIONS', 'SETTINGS', 'STATISTICS', 'TAGS'],
    },
    'clusters',
  ],
  service: ([item]) => [
    'DescribeServices',
    { cluster: item?.clusterArn, services: [item?.serviceArn], include: ['TAGS'] },
    'services',
  ],
  task: (items) => [
    'DescribeTasks',
    { cluster: items[0]?.clusterArn, tasks: items.map((item) => item.taskArn), include: ['TAGS'] },
    'tasks',
  ],
  containerInstance: (items) => [
    'DescribeContainerInstances',
    {
      cluster: items[0]?.containerInstanceArn?.split('/')[1],
      containerInstances: items.map((item) => item.containerInstanceArn),
      include: ['TAGS'],
    },
    'containerInstances',
  ],
  capacityProvider: (items) => [
    'DescribeCapacityProviders',
    { capacityProviders: items.map((item) => item.name), include: ['TAGS'] },
    'capacityProviders',
  ],
};

/** The answer with its current values; resources that are gone stay unchanged. */
export function readAgain(answer: object, describe: Describe): object {
  const result: Record<string, unknown> = { ...answer };
  for (const [name, read] of Object.entries(READS)) {
    for (const [member, isList] of [
      [name, false],
      [`${name}s`, true],
    ] as const) {
      const value = result[member];
      const items = (isList ? value : value === undefined ? undefined : [value]) as readonly Named[] | undefined;
      if (items === undefined || items.length === 0) continue;
      const [operation, input, list] = read(items);
      const found = (describe(operation, input) as Record<string, unknown[]>)[list] ?? [];
      if (found.length === items.length) result[member] = isList ? found : found[0];
    }
  }
  return result;
}
