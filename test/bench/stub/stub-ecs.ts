import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { OPERATIONS, type OperationName, RATE_BUCKETS } from '../../../src/ecs/core/operations.ts';

/** Settings and results of a stub. */
export interface StubSettings {
  readonly latencyMs?: number;
  /** Throttle by the documented buckets. */
  readonly throttle?: boolean;
}
export interface StubStats {
  readonly calls: number;
  readonly throttled: number;
  readonly byOperation: Readonly<Record<string, number>>;
}

export interface FleetShape {
  readonly clusters: number;
  readonly services: number;
  readonly tasks: number;
}

type Input = Readonly<Record<string, unknown>>;

const ACCOUNT = 'arn:aws:ecs:eu-west-1:123456789012';
const NOW = 1_760_000_000.123;
/** A prime, so that every task has its turn. */
const STRIDE = 7_919;
/** The version of a task before its first change. */
const FIRST_VERSION = 5;
const PAGE = 100;

/**
 * An ECS that answers from text made beforehand, so that its own work does not show in what is measured: a task is 3 KB, a service
 * (with 100 events) 15 KB, as on a real fleet.
 */
export async function startStub({ clusters, services, tasks }: FleetShape) {
  const task = JSON.stringify(taskOf());
  const service = JSON.stringify(serviceOf(tasks));
  const instance = JSON.stringify(instanceOf());
  const clusterNames = names(clusters, 'c');
  const serviceNames = names(services, 's');
  const lists: Readonly<Record<string, (input: Input) => [string, readonly string[]]>> = {
    ListClusters: () => ['clusterArns', clusterNames.map((name) => `${ACCOUNT}:cluster/${name}`)],
    ListServices: ({ cluster }) => ['serviceArns', serviceNames.map((name) => `${ACCOUNT}:service/${cluster}/${name}`)],
    ListTasks: ({ cluster, serviceName, desiredStatus }) => [
      'taskArns',
      (desiredStatus === 'STOPPED' ? [] : serviceName === undefined ? serviceNames : [nameOf(serviceName)]).flatMap(
        (name) => names(tasks, `${name}t`).map((id) => `${ACCOUNT}:task/${cluster}/${id}`),
      ),
    ],
    ListContainerInstances: ({ cluster }) => [
      'containerInstanceArns',
      names(20, 'i').map((id) => `${ACCOUNT}:container-instance/${cluster}/${id}`),
    ],
  };
  const describe: Readonly<Record<string, (input: Input) => string>> = {
    UpdateService: ({ cluster, service: name }) =>
      `{"service":${service.replaceAll('$CLUSTER', String(cluster)).replaceAll('$NAME', nameOf(name))}}`,
    DescribeClusters: ({ clusters: wanted }) => many('clusters', wanted, (name) => clusterOf(name, services, tasks)),
    DescribeServices: ({ cluster, services: wanted }) =>
      many('services', wanted, (name) => service.replaceAll('$CLUSTER', String(cluster)).replaceAll('$NAME', name)),
    DescribeTasks: ({ cluster, tasks: wanted }) =>
      many('tasks', wanted, (id) =>
        task
          .replaceAll('$CLUSTER', String(cluster))
          .replaceAll('$ID', id)
          .replaceAll('"$VERSION"', String(versions.get(`${cluster}/${id}`) ?? FIRST_VERSION))
          .replaceAll('$SERVICE', id.split('t')[0] ?? ''),
      ),
    DescribeContainerInstances: ({ cluster, containerInstances }) =>
      many('containerInstances', containerInstances, (id) =>
        instance.replaceAll('$CLUSTER', String(cluster)).replaceAll('$ID', id),
      ),
  };

  /** Versions of the tasks that have changed, by cluster and id. */
  const versions = new Map<string, number>();
  let turn = 0;

  let settings: StubSettings = {};
  let stats = noCalls();
  let buckets = new Map<string, { tokens: number; at: number }>();
  /** Whether the bucket of an operation has a token left; takes it. */
  const admits = (operation: OperationName): boolean => {
    const { bucket } = OPERATIONS[operation];
    const { burst, refill } = RATE_BUCKETS[bucket];
    const now = performance.now();
    const { tokens, at } = buckets.get(bucket) ?? { tokens: burst, at: now };
    const left = Math.min(burst, tokens + ((now - at) * refill) / 1_000);
    buckets.set(bucket, { tokens: left >= 1 ? left - 1 : left, at: now });
    return left >= 1;
  };
  const cache = new Map<string, string>();
  const answer = (operation: string, body: string): string => {
    const known = cache.get(operation + body);
    if (known !== undefined) return known;
    const input = JSON.parse(body) as Input;
    const list = lists[operation]?.(input);
    const text = list === undefined ? (describe[operation]?.(input) ?? '{}') : page(list[0], list[1], input);
    cache.set(operation + body, text);
    return text;
  };

  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const operation = String(request.headers['x-amz-target']).split('.')[1] as OperationName;
    if (settings.latencyMs !== undefined && settings.latencyMs > 0) await delay(settings.latencyMs);
    stats.calls += 1;
    stats.byOperation[operation] = (stats.byOperation[operation] ?? 0) + 1;
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    if (settings.throttle === true && !admits(operation)) {
      stats.throttled += 1;
      response.statusCode = 400;
      response.end('{"__type":"ThrottlingException","message":"Rate exceeded"}');
      return;
    }
    response.end(answer(operation, Buffer.concat(chunks).toString()));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve());
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Begins a measurement: counts from zero, with full buckets. */
    begin(next: StubSettings) {
      settings = next;
      stats = noCalls();
      buckets = new Map();
    },
    stats: (): StubStats => stats,
    close: () => server.close(),
    /** Changes the next tasks in turn, and returns the bodies of the events that announce it. */
    change(count: number): string[] {
      for (const key of cache.keys()) if (key.startsWith('DescribeTasks')) cache.delete(key);
      return Array.from({ length: count }, () => {
        const cluster = clusterNames[turn % clusters] ?? '';
        // Spread over the services: a fleet does not change in the order of its names.
        const ofCluster = (Math.floor(turn / clusters) * STRIDE) % (services * tasks);
        const service = serviceNames[Math.floor(ofCluster / tasks)] ?? '';
        const id = `${service}t${String(ofCluster % tasks).padStart(4, '0')}`;
        turn += 1;
        const version = (versions.get(`${cluster}/${id}`) ?? FIRST_VERSION) + 1;
        versions.set(`${cluster}/${id}`, version);
        const detail = describe.DescribeTasks?.({ cluster, tasks: [id] }) ?? '';
        return eventOf((JSON.parse(detail) as { tasks: [Input] }).tasks[0], turn);
      });
    },
  };
}

const noCalls = () => ({ calls: 0, throttled: 0, byOperation: {} as Record<string, number> });

/** The event of a task, as EventBridge delivers it: times are texts, and there is no health. */
function eventOf({ healthStatus: _, ...task }: Input, number: number): string {
  const iso = (value: unknown) => (typeof value === 'number' ? new Date(value * 1_000).toISOString() : value);
  const times = Object.entries(task).map(([name, value]) => [name, name.endsWith('At') ? iso(value) : value]);
  const now = new Date().toISOString();
  return JSON.stringify({
    version: '0',
    id: `8c1b1f1e-0000-4000-8000-${String(number).padStart(12, '0')}`,
    'detail-type': 'ECS Task State Change',
    source: 'aws.ecs',
    account: '123456789012',
    time: `${now.slice(0, 19)}Z`,
    region: 'eu-west-1',
    resources: [task.taskArn],
    detail: { ...Object.fromEntries(times), updatedAt: now },
  });
}

function names(count: number, prefix: string): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${String(index).padStart(4, '0')}`);
}

function nameOf(arnOrName: unknown): string {
  return String(arnOrName).replace(/^.*\//, '');
}

function many(member: string, wanted: unknown, make: (name: string) => string): string {
  return `{"${member}":[${(wanted as string[]).map((each) => make(nameOf(each))).join()}],"failures":[]}`;
}

function page(member: string, all: readonly string[], { nextToken }: Input): string {
  const from = Number(nextToken ?? 0);
  const rest = from + PAGE < all.length ? { nextToken: String(from + PAGE) } : {};
  return JSON.stringify({ [member]: all.slice(from, from + PAGE), ...rest });
}

function clusterOf(name: string, services: number, tasks: number): string {
  return JSON.stringify({
    clusterArn: `${ACCOUNT}:cluster/${name}`,
    clusterName: name,
    status: 'ACTIVE',
    activeServicesCount: services,
    runningTasksCount: services * tasks,
    pendingTasksCount: 0,
    registeredContainerInstancesCount: 20,
  });
}

function taskOf() {
  const container = (name: string) => ({
    containerArn: `${ACCOUNT}:container/$CLUSTER/$ID/${name}`,
    taskArn: `${ACCOUNT}:task/$CLUSTER/$ID`,
    name,
    image: `123456789012.dkr.ecr.eu-west-1.amazonaws.com/${name}:2026.11.1`,
    imageDigest: `sha256:${'0123456789abcdef'.repeat(4)}`,
    runtimeId: '0123456789abcdef-0123456789',
    lastStatus: 'RUNNING',
    networkBindings: [],
    networkInterfaces: [{ attachmentId: '8c1b1f1e-aaaa-bbbb-cccc-000000000000', privateIpv4Address: '10.0.1.17' }],
    healthStatus: 'HEALTHY',
    managedAgents: [{ name: 'ExecuteCommandAgent', lastStatus: 'RUNNING', lastStartedAt: NOW }],
    cpu: '256',
    memory: '512',
  });
  return {
    taskArn: `${ACCOUNT}:task/$CLUSTER/$ID`,
    clusterArn: `${ACCOUNT}:cluster/$CLUSTER`,
    taskDefinitionArn: `${ACCOUNT}:task-definition/web:17`,
    group: 'service:$SERVICE',
    lastStatus: 'RUNNING',
    desiredStatus: 'RUNNING',
    healthStatus: 'HEALTHY',
    launchType: 'FARGATE',
    platformVersion: '1.4.0',
    platformFamily: 'Linux',
    connectivity: 'CONNECTED',
    availabilityZone: 'eu-west-1a',
    cpu: '512',
    memory: '1024',
    version: '$VERSION',
    startedBy: 'ecs-svc/1234567890123456789',
    createdAt: NOW,
    startedAt: NOW + 30,
    connectivityAt: NOW + 10,
    pullStartedAt: NOW + 12,
    pullStoppedAt: NOW + 25,
    attributes: [{ name: 'ecs.cpu-architecture', value: 'x86_64' }],
    attachments: [
      {
        id: '8c1b1f1e-aaaa-bbbb-cccc-000000000000',
        type: 'ElasticNetworkInterface',
        status: 'ATTACHED',
        details: ['subnetId', 'networkInterfaceId', 'macAddress', 'privateDnsName', 'privateIPv4Address'].map(
          (name) => ({ name, value: `${name}-0123456789abcdef0` }),
        ),
      },
    ],
    containers: ['app', 'sidecar', 'logs'].map(container),
    overrides: {
      containerOverrides: ['app', 'sidecar', 'logs'].map((name) => ({ name })),
      inferenceAcceleratorOverrides: [],
    },
    enableExecuteCommand: true,
    ephemeralStorage: { sizeInGiB: 20 },
    tags: [],
  };
}

function serviceOf(tasks: number) {
  return {
    serviceArn: `${ACCOUNT}:service/$CLUSTER/$NAME`,
    serviceName: '$NAME',
    clusterArn: `${ACCOUNT}:cluster/$CLUSTER`,
    status: 'ACTIVE',
    desiredCount: tasks,
    runningCount: tasks,
    pendingCount: 0,
    launchType: 'FARGATE',
    taskDefinition: `${ACCOUNT}:task-definition/web:17`,
    createdAt: NOW,
    deployments: [
      {
        id: 'ecs-svc/1234567890123456789',
        status: 'PRIMARY',
        taskDefinition: `${ACCOUNT}:task-definition/web:17`,
        desiredCount: tasks,
        runningCount: tasks,
        createdAt: NOW,
        updatedAt: NOW + 60,
        rolloutState: 'COMPLETED',
      },
    ],
    events: Array.from({ length: PAGE }, (_, index) => ({
      id: `8c1b1f1e-aaaa-bbbb-cccc-${String(index).padStart(12, '0')}`,
      createdAt: NOW - index * 21_600,
      message: '(service $NAME) has reached a steady state.',
    })),
  };
}

function instanceOf() {
  return {
    containerInstanceArn: `${ACCOUNT}:container-instance/$CLUSTER/$ID`,
    ec2InstanceId: 'i-0123456789abcdef0',
    status: 'ACTIVE',
    agentConnected: true,
    runningTasksCount: 25,
    version: 12,
    remainingResources: [{ name: 'CPU', type: 'INTEGER', integerValue: 1024 }],
    registeredAt: NOW,
  };
}
