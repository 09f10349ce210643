import type { Cluster, ContainerInstance, Service, Task, TaskDefinition } from '@aws-sdk/client-ecs';
import { clusterNameOf } from '../ecs/core/arn.ts';
import type { EntityKind } from '../ecs/core/describe-specs.ts';
import { EcsError } from '../ecs/core/errors.ts';
import { listAll } from '../ecs/lists/list.ts';
import type { LiveSession } from '../live/core/create-hub.ts';
import { serviceNameOf } from '../live/core/task-owner.ts';
import { readInstances } from '../live/drain/read-forecast.ts';
import type { ClusterState } from '../sandbox/simulation/index.ts';
import { definitionsToRead, standInsFor } from './stand-in.ts';
import { NothingThereError, type PreviewChange, TooLargeError } from './types.ts';

/** The largest cluster that is simulated. */
export const MOST_TASKS = 5_000;
export const MOST_INSTANCES = 2_000;
export const MOST_SERVICES = 1_000;
/** Stopped tasks that are described, to learn from. */
const MOST_STOPPED = 100;

/** The readings of a cluster that a preview uses. */
export interface ClusterReading extends Omit<ClusterState, 'timings' | 'outlooks'> {
  readonly stoppedTasks: readonly Task[];
  /** The revision to deploy, if the change names one. */
  readonly target: TaskDefinition | undefined;
  /** Whether only the service of the change was read: all its tasks are on Fargate, where services do not compete. */
  readonly isPartial: boolean;
  readonly mayReadProtection: boolean;
  /** How many task definitions the gateway may not read. */
  readonly hiddenDefinitions: number;
}

/** Reads everything that a preview needs, once. */
export async function readCluster(
  session: LiveSession,
  clusterArn: string,
  change: PreviewChange,
  now: number,
): Promise<ClusterReading> {
  const name = clusterNameOf(clusterArn);
  const load = <Kind extends EntityKind>(kind: Kind, id: string) =>
    session.loaders.of(kind).load({ id, cluster: name, members: [] });
  const own = 'serviceName' in change ? await load('Service', change.serviceName) : null;
  const isPartial = own !== null && isOnFargate(own);
  const cluster = ((await session.loaders.of('Cluster').load({ id: clusterArn, members: ['runningTasksCount'] })) ?? {
    clusterArn,
    clusterName: name,
  }) as Cluster;
  if (!isPartial) checkSize(cluster);
  const filter = isPartial
    ? { cluster: name, serviceName: change.kind === 'scale' || change.kind === 'deploy' ? change.serviceName : '' }
    : { cluster: name };
  const [services, tasks, stoppedTasks, containerInstances, target] = await Promise.all([
    isPartial ? [own] : readServices(session, name),
    readTasks(session, filter, 'RUNNING'),
    readTasks(session, filter, 'STOPPED'),
    isPartial ? ([] as ContainerInstance[]) : readInstances(session, name),
    change.kind === 'deploy' && change.taskDefinition !== undefined
      ? session.loaders.of('TaskDefinition').load({ id: change.taskDefinition, members: [] })
      : undefined,
  ]);
  checkThere(change, containerInstances, tasks);
  // A stopping task is listed with the stopped ones.
  const live = [...tasks, ...stoppedTasks.filter(({ lastStatus }) => lastStatus !== 'STOPPED')];
  const arns = definitionsToRead(services, live, change);
  if (target?.taskDefinitionArn !== undefined) arns.delete(target.taskDefinitionArn);
  const [taskDefinitions, capacityProviders, protection] = await Promise.all([
    Promise.all([...arns].map((arn) => readDefinition(session, arn))),
    readProviders(session, cluster),
    readProtection(session, clusterArn, protectable(live, services, change)),
  ]);
  const known = [...taskDefinitions, target].filter((definition) => definition !== null && definition !== undefined);
  const [, , , region = '', account = ''] = clusterArn.split(':');
  return {
    now,
    region,
    account,
    cluster,
    services,
    tasks: live,
    stoppedTasks: stoppedTasks.filter(({ lastStatus }) => lastStatus === 'STOPPED'),
    containerInstances,
    taskDefinitions: [
      ...known,
      ...standInsFor(live, new Set(known.flatMap(({ taskDefinitionArn }) => taskDefinitionArn ?? []))),
    ],
    capacityProviders,
    protectedUntil: protection ?? new Map(),
    target: target ?? undefined,
    isPartial,
    mayReadProtection: protection !== undefined,
    hiddenDefinitions: taskDefinitions.filter((definition) => definition === null).length,
  };
}

/** Whether all tasks of a service run on Fargate. */
export function isOnFargate({ launchType, capacityProviderStrategy = [] }: Service): boolean {
  if (capacityProviderStrategy.length === 0) return launchType === 'FARGATE';
  return capacityProviderStrategy.every(({ capacityProvider }) => capacityProvider?.startsWith('FARGATE'));
}

function checkSize({ clusterName = '', ...counts }: Cluster): void {
  const { runningTasksCount = 0, pendingTasksCount = 0, registeredContainerInstancesCount: instances = 0 } = counts;
  const tasks = runningTasksCount + pendingTasksCount;
  const { activeServicesCount: services = 0 } = counts;
  const sizes = [
    [tasks, MOST_TASKS, 'tasks'],
    [instances, MOST_INSTANCES, 'container instances'],
    [services, MOST_SERVICES, 'services'],
  ] as const;
  for (const [size, most, what] of sizes) {
    if (size > most)
      throw new TooLargeError(`${clusterName} has ${size} ${what}; a preview simulates at most ${most}.`);
  }
}

/** @throws {NothingThereError} */
function checkThere(change: PreviewChange, instances: readonly ContainerInstance[], tasks: readonly Task[]): void {
  if (change.kind !== 'drain' && change.kind !== 'lose') return;
  const shown = new Set(instances.map(({ containerInstanceArn }) => containerInstanceArn));
  const gone = change.containerInstanceArns.find((arn) => !shown.has(arn));
  if (gone !== undefined)
    throw new NothingThereError('containerInstances', `The container instance ${gone} is no longer in the cluster.`);
  const zone = change.kind === 'lose' ? change.zone : undefined;
  if (zone === undefined) return;
  const ofInstances = instances.flatMap(
    ({ attributes = [] }) => attributes.find(({ name }) => name === 'ecs.availability-zone')?.value ?? [],
  );
  const zones = [...new Set([...ofInstances, ...tasks.flatMap(({ availabilityZone }) => availabilityZone ?? [])])];
  if (zones.includes(zone)) return;
  const known = zones.length === 0 ? 'The cluster has nothing in any zone.' : `It uses ${zones.sort().join(', ')}.`;
  throw new NothingThereError('zone', `Nothing of the cluster is in the zone "${zone}". ${known}`);
}

async function readServices(session: LiveSession, cluster: string): Promise<Service[]> {
  const described: Promise<Service | null>[] = [];
  await listAll(session.ecs, 'ListServices', { cluster }, (arns) => {
    for (const id of arns) described.push(kept(session.loaders.of('Service').load({ id, cluster, members: [] })));
  });
  return (await Promise.all(described)).filter((service) => service !== null);
}

async function readTasks(
  session: LiveSession,
  filter: { readonly cluster: string; readonly serviceName?: string },
  desiredStatus: 'RUNNING' | 'STOPPED',
): Promise<Task[]> {
  const described: Promise<Task | null>[] = [];
  const most = desiredStatus === 'STOPPED' ? MOST_STOPPED : Number.POSITIVE_INFINITY;
  await listAll(session.ecs, 'ListTasks', { ...filter, desiredStatus }, (arns) => {
    for (const id of arns) {
      if (described.length < most) {
        described.push(kept(session.loaders.of('Task').load({ id, cluster: filter.cluster, members: [] })));
      }
    }
  });
  return (await Promise.all(described)).filter((task) => task !== null);
}

/** Its failure is reported where it is awaited, which is later. */
function kept<Value>(promise: Promise<Value>): Promise<Value> {
  promise.catch(() => undefined);
  return promise;
}

/** Null if the gateway may not read it. */
async function readDefinition({ loaders }: LiveSession, id: string): Promise<TaskDefinition | null> {
  try {
    return await loaders.of('TaskDefinition').load({ id, members: [] });
  } catch (error) {
    if (error instanceof EcsError && error.code === 'FORBIDDEN_UPSTREAM') return null;
    throw error;
  }
}

async function readProviders({ loaders }: LiveSession, { capacityProviders = [] }: Cluster) {
  const own = capacityProviders.filter((name) => name !== 'FARGATE' && name !== 'FARGATE_SPOT');
  const read = await Promise.all(own.map((id) => loaders.of('CapacityProvider').load({ id, members: [] })));
  return read.filter((provider) => provider !== null);
}

/** The tasks that the change may stop, and whose protection therefore matters. */
function protectable(tasks: readonly Task[], services: readonly Service[], change: PreviewChange): Task[] {
  if (change.kind === 'lose') return [];
  const leaving = new Set(change.kind === 'drain' ? change.containerInstanceArns : []);
  const names = new Set(
    'serviceName' in change
      ? [change.serviceName]
      : tasks.filter((task) => leaving.has(task.containerInstanceArn ?? '')).map(serviceNameOf),
  );
  const daemons = new Set(
    services.filter((one) => one.schedulingStrategy === 'DAEMON').map(({ serviceName }) => serviceName),
  );
  return tasks.filter((task) => {
    const name = serviceNameOf(task);
    return name !== undefined && names.has(name) && !daemons.has(name);
  });
}

/** Undefined if the gateway may not read it. */
async function readProtection(
  { loaders }: LiveSession,
  clusterArn: string,
  tasks: readonly Task[],
): Promise<Map<string, number> | undefined> {
  try {
    const keys = tasks.flatMap(({ taskArn }) => (taskArn === undefined ? [] : [{ taskArn, clusterArn }]));
    const read = await Promise.all(keys.map((key) => kept(loaders.taskProtection.load(key))));
    const until = new Map<string, number>();
    for (const one of read) {
      if (one?.protectionEnabled !== true || one.taskArn === undefined) continue;
      until.set(one.taskArn, one.expirationDate?.getTime() ?? Number.POSITIVE_INFINITY);
    }
    return until;
  } catch (error) {
    if (error instanceof EcsError && error.code === 'FORBIDDEN_UPSTREAM') return undefined;
    throw error;
  }
}
