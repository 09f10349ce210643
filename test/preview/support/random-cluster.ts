import { Backend } from '../../../src/sandbox/backend/backend.ts';
import { type Contract, readContract } from '../../../src/sandbox/checks/operation-contracts.ts';
import type { ImportedCluster } from '../../../src/sandbox/import/import-cluster.ts';
import type { ClusterState } from '../../../src/sandbox/simulation/index.ts';
import { Clock } from '../../../src/sandbox/time/clock.ts';
import { Random } from '../../../src/sandbox/util/random.ts';

export const REGION = 'eu-west-1';
const CALLER = { principalArn: 'arn:aws:iam::123456789012:role/test' };
const START = Date.UTC(2026, 0, 1);

let contract: Contract | undefined;

type Answer = Readonly<Record<string, never>> & Record<string, unknown>;

/** A sandbox in the process with one cluster, `shop`. */
export interface Cluster {
  readonly backend: Backend;
  readonly random: Random;
  call(operation: string, input: object): Answer;
  /** The records behind it. */
  records(): ImportedCluster;
}

export function createCluster(seed: number): Cluster {
  contract ??= readContract();
  const clock = new Clock(START, 0);
  const backend = new Backend(clock, contract, 'empty', seed);
  const call = (operation: string, input: object) =>
    backend.call(REGION, CALLER, operation, {
      ...(/^RegisterTask|^CreateCapacity/.test(operation) ? {} : { cluster: 'shop' }),
      ...input,
    }) as Answer;
  backend.call(REGION, CALLER, 'CreateCluster', {
    clusterName: 'shop',
    capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
  });
  const records = () => {
    const world = backend.world(REGION);
    const cluster = world.clusters.get('shop');
    if (cluster === undefined) throw new Error('no cluster');
    return { world, cluster };
  };
  return { backend, random: new Random(seed), call, records };
}

/** An answer as the SDK gives it: with dates. */
function revive(value: unknown, key = ''): unknown {
  if (typeof value === 'number' && /At$/.test(key)) return new Date(Math.round(value * 1000));
  if (Array.isArray(value)) return value.map((item) => revive(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, revive(item, name)]));
}

function inParts<Item>(items: readonly Item[], size: number): Item[][] {
  const parts: Item[][] = [];
  for (let at = 0; at < items.length; at += size) parts.push(items.slice(at, at + size));
  return parts;
}

/** The answers of ECS's Describe calls about the cluster now. */
export function stateOf({ backend, call }: Cluster): ClusterState {
  const all = (list: string, member: string, input: object = {}): string[] => {
    const found: string[] = [];
    let nextToken: unknown;
    do {
      const page = call(list, { ...input, maxResults: 100, ...(nextToken === undefined ? {} : { nextToken }) });
      found.push(...(page[member] as unknown as string[]));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    return found;
  };
  const described = (operation: string, member: string, arns: readonly string[], size: number) =>
    inParts(arns, size).flatMap((part) => revive(call(operation, { [member]: part })[member]) as never[]);
  const services = described(
    'DescribeServices',
    'services',
    all('ListServices', 'serviceArns'),
    10,
  ) as ClusterState['services'];
  const taskArns = [...all('ListTasks', 'taskArns'), ...all('ListTasks', 'taskArns', { desiredStatus: 'STOPPED' })];
  const tasks = described('DescribeTasks', 'tasks', taskArns, 100) as ClusterState['tasks'];
  const instances = described(
    'DescribeContainerInstances',
    'containerInstances',
    all('ListContainerInstances', 'containerInstanceArns'),
    100,
  );
  const definitions = new Set([
    ...tasks.flatMap(({ taskDefinitionArn }) => taskDefinitionArn ?? []),
    ...services.flatMap(({ deployments = [] }) => deployments.flatMap(({ taskDefinition }) => taskDefinition ?? [])),
  ]);
  const [cluster] = revive(call('DescribeClusters', { clusters: ['shop'] }).clusters) as ClusterState['cluster'][];
  const providers = (cluster?.capacityProviders ?? []).filter((name) => !name.startsWith('FARGATE'));
  const running = tasks.filter(({ lastStatus }) => lastStatus !== 'STOPPED').flatMap(({ taskArn }) => taskArn ?? []);
  const protection = inParts(running, 100).flatMap(
    (part) =>
      call('GetTaskProtection', { tasks: part }).protectedTasks as unknown as {
        taskArn: string;
        protectionEnabled: boolean;
        expirationDate?: number;
      }[],
  );
  return {
    now: backend.clock.now(),
    region: REGION,
    account: '123456789012',
    cluster: cluster ?? {},
    services,
    tasks,
    containerInstances: instances,
    taskDefinitions: [...definitions].map(
      (arn) => revive(call('DescribeTaskDefinition', { taskDefinition: arn }).taskDefinition) as never,
    ),
    capacityProviders:
      providers.length === 0
        ? []
        : (revive(call('DescribeCapacityProviders', { capacityProviders: providers }).capacityProviders) as never[]),
    protectedUntil: new Map(
      protection
        .filter(({ protectionEnabled }) => protectionEnabled)
        .map(({ taskArn, expirationDate }) => [taskArn, (expirationDate ?? 0) * 1000]),
    ),
  };
}

export function describeDefinition({ call }: Cluster, taskDefinition: string): ClusterState['taskDefinitions'][number] {
  return revive(call('DescribeTaskDefinition', { taskDefinition }).taskDefinition) as never;
}
