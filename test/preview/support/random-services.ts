import type { Change } from '../../../src/sandbox/simulation/index.ts';
import type { Cluster } from './random-cluster.ts';

const ZONES = ['a', 'b', 'c'];
const SIZES = [
  { cpu: 2048, memory: 3884, type: 't3.medium' },
  { cpu: 4096, memory: 15736, type: 'm6i.xlarge' },
] as const;
const PERCENTAGES = [
  [100, 200],
  [50, 200],
  [50, 100],
  [0, 100],
  [100, 150],
  [75, 125],
  [90, 110],
] as const;

/** Images whose tasks fail, each in its way. */
const FAILING = ['sandbox/exit:1', 'sandbox/exit-after:20-3', 'sandbox/pull-error:x', 'sandbox/start-error:x'];
const ALTERNATE = {
  alternateTargetGroupArn: 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/green/0123456789abcdef',
  productionListenerRule:
    'arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener-rule/app/web/0123456789abcdef/0123456789abcdef/0123456789abcdef',
  roleArn: 'arn:aws:iam::123456789012:role/ecs',
};
const SUBNETS = { awsvpcConfiguration: { subnets: ['subnet-1', 'subnet-2', 'subnet-3'] } };
const SPOT = [
  { capacityProvider: 'FARGATE', base: 1, weight: 1 },
  { capacityProvider: 'FARGATE_SPOT', weight: 2 },
];

function pick<Item>({ random }: Cluster, items: readonly Item[]): Item {
  return items[random.integer(items.length)] as Item;
}

function chance({ random }: Cluster, share: number): boolean {
  return random.next() < share;
}

/** An Auto Scaling group with managed scaling. */
function addProvider(cluster: Cluster): void {
  cluster.call('CreateCapacityProvider', {
    name: 'asg',
    autoScalingGroupProvider: {
      autoScalingGroupArn:
        'arn:aws:autoscaling:eu-west-1:123456789012:autoScalingGroup:0d5b5a4e-0000-4000-8000-000000000000:autoScalingGroupName/asg',
      managedScaling: { status: 'ENABLED' },
    },
  });
  cluster.call('PutClusterCapacityProviders', {
    capacityProviders: ['FARGATE', 'FARGATE_SPOT', 'asg'],
    defaultCapacityProviderStrategy: [],
  });
}

export function registerInstances(cluster: Cluster, count: number, isScaled: boolean): void {
  for (let at = 0; at < count; at += 1) {
    const { cpu, memory, type } = pick(cluster, SIZES);
    cluster.call('RegisterContainerInstance', {
      instanceIdentityDocument: JSON.stringify({
        availabilityZone: `eu-west-1${pick(cluster, ZONES)}`,
        instanceType: type,
      }),
      totalResources: [
        { name: 'CPU', type: 'INTEGER', integerValue: cpu },
        { name: 'MEMORY', type: 'INTEGER', integerValue: memory },
      ],
      attributes: [
        { name: 'stack', value: pick(cluster, ['blue', 'green']) },
        ...(isScaled ? [{ name: 'sandbox.capacity-provider', value: 'asg' }] : []),
      ],
    });
  }
}

/** Registers a revision; all of a family have the same network mode. */
export function registerRevision(cluster: Cluster, family: string, isFargate: boolean, image = 'web:1'): void {
  const hasSidecar = chance(cluster, 0.1);
  const hostPort = chance(cluster, 0.15) ? 8000 + cluster.random.integer(3) : 0;
  cluster.call('RegisterTaskDefinition', {
    family,
    ...(isFargate ? { networkMode: 'awsvpc', requiresCompatibilities: ['FARGATE'], cpu: '256', memory: '512' } : {}),
    containerDefinitions: [
      {
        name: 'app',
        image,
        ...(isFargate ? {} : { cpu: pick(cluster, [64, 256, 512]), memory: pick(cluster, [256, 900, 1800]) }),
        portMappings: [isFargate ? { containerPort: 80 } : { containerPort: 80, hostPort }],
        ...(chance(cluster, 0.3) ? { healthCheck: { command: ['CMD', 'true'] } } : {}),
        ...(chance(cluster, 0.2) ? { stopTimeout: pick(cluster, [2, 10, 60]) } : {}),
        ...(hasSidecar ? { dependsOn: [{ containerName: 'sidecar', condition: 'START' }] } : {}),
      },
      ...(hasSidecar ? [{ name: 'sidecar', image: 'proxy:1', memory: 64 }] : []),
    ],
  });
}

export function createServices(cluster: Cluster, count: number, hasInstances: boolean, isScaled: boolean): void {
  for (let at = 0; at < count; at += 1) {
    const isFargate = !hasInstances || chance(cluster, 0.3);
    const image = chance(cluster, 0.12) ? pick(cluster, FAILING) : 'web:1';
    registerRevision(cluster, `f${at}`, isFargate, image);
    const isDaemon = !isFargate && chance(cluster, 0.15);
    const [minimumHealthyPercent, maximumPercent] = pick(cluster, PERCENTAGES);
    const isBehindBalancer = chance(cluster, 0.3);
    const isShifted = isBehindBalancer && !isDaemon && chance(cluster, 0.3);
    cluster.call('CreateService', {
      serviceName: `s${at}`,
      taskDefinition: `f${at}`,
      ...(isDaemon ? { schedulingStrategy: 'DAEMON' } : { desiredCount: cluster.random.integer(6) }),
      ...(isFargate
        ? {
            ...pick(cluster, [{ launchType: 'FARGATE' }, { capacityProviderStrategy: SPOT }]),
            networkConfiguration: SUBNETS,
          }
        : isScaled && !isDaemon
          ? { capacityProviderStrategy: [{ capacityProvider: 'asg', weight: 1 }] }
          : {}),
      ...(isBehindBalancer
        ? {
            loadBalancers: [
              {
                targetGroupArn: `arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/t${at}/0123456789abcdef`,
                containerName: 'app',
                containerPort: 80,
                ...(isShifted ? { advancedConfiguration: ALTERNATE } : {}),
              },
            ],
            healthCheckGracePeriodSeconds: pick(cluster, [0, 30]),
          }
        : {}),
      deploymentConfiguration: {
        ...(isDaemon ? {} : { minimumHealthyPercent, maximumPercent }),
        ...(isShifted ? { strategy: 'BLUE_GREEN', bakeTimeInMinutes: pick(cluster, [0, 3]) } : {}),
        deploymentCircuitBreaker: { enable: chance(cluster, 0.5), rollback: true },
      },
      ...(isFargate || isDaemon ? {} : placementOf(cluster)),
    });
  }
}

function placementOf(cluster: Cluster): object {
  return {
    ...pick(cluster, [
      {},
      {},
      { placementStrategy: [{ type: 'binpack', field: 'memory' }] },
      {
        placementStrategy: [
          { type: 'spread', field: 'attribute:ecs.availability-zone' },
          { type: 'binpack', field: 'cpu' },
        ],
      },
    ]),
    ...pick(cluster, [
      {},
      {},
      {},
      { placementConstraints: [{ type: 'distinctInstance' }] },
      { placementConstraints: [{ type: 'memberOf', expression: 'attribute:stack == blue' }] },
    ]),
  };
}

/** A cluster with some past: services, tasks of none, protected tasks, and sometimes a deployment under way. */
export function fillCluster(cluster: Cluster): void {
  const hasInstances = chance(cluster, 0.8);
  const isScaled = hasInstances && chance(cluster, 0.15);
  if (isScaled) addProvider(cluster);
  if (hasInstances) registerInstances(cluster, 1 + cluster.random.integer(7), isScaled);
  const count = 1 + cluster.random.integer(4);
  createServices(cluster, count, hasInstances, isScaled);
  cluster.backend.clock.advance(30_000 + cluster.random.integer(600_000));
  if (hasInstances && chance(cluster, 0.2)) {
    cluster.call('RegisterTaskDefinition', {
      family: 'job',
      containerDefinitions: [{ name: 'job', image: 'job:1', memory: 128 }],
    });
    cluster.call('RunTask', { taskDefinition: 'job', count: 1 + cluster.random.integer(2) });
  }
  if (chance(cluster, 0.2)) protectSome(cluster);
  if (hasInstances && chance(cluster, 0.1)) drainOne(cluster);
  if (chance(cluster, 0.2)) {
    const service = `s${cluster.random.integer(count)}`;
    cluster.call('UpdateService', { service, forceNewDeployment: true });
    cluster.backend.clock.advance(cluster.random.integer(60_000));
  } else cluster.backend.clock.advance(90_000);
}

/** A drain that is under way when the change comes. */
function drainOne(cluster: Cluster): void {
  const [first] = cluster.records().cluster.instances.values();
  const containerInstances = first === undefined ? [] : [first.id];
  cluster.call('UpdateContainerInstancesState', { containerInstances, status: 'DRAINING' });
  cluster.backend.clock.advance(cluster.random.integer(30_000));
}

function protectSome(cluster: Cluster): void {
  const { cluster: record } = cluster.records();
  const own = [...record.tasks.values()].filter(
    ({ service, lastStatus, desiredStatus }) =>
      service !== undefined &&
      lastStatus === 'RUNNING' &&
      desiredStatus === 'RUNNING' &&
      service.schedulingStrategy === 'REPLICA',
  );
  if (own.length === 0) return;
  const tasks = own
    .filter(() => chance(cluster, 0.4))
    .slice(0, 10)
    .map(({ arn }) => arn);
  if (tasks.length > 0) {
    cluster.call('UpdateTaskProtection', {
      tasks,
      protectionEnabled: true,
      expiresInMinutes: pick(cluster, [5, 45, 600]),
    });
  }
}

/** A change that the cluster can be asked for. */
export function randomChange(cluster: Cluster, kinds: readonly Change['kind'][]): Change | undefined {
  const { cluster: record } = cluster.records();
  const instances = [...record.instances.values()].filter(({ status }) => status === 'ACTIVE');
  const services = [...record.services.values()].filter(({ schedulingStrategy }) => schedulingStrategy === 'REPLICA');
  const kind = pick(cluster, kinds);
  if (kind === 'drain' || kind === 'lose') {
    if (instances.length === 0) return undefined;
    const first = pick(cluster, instances);
    if (kind === 'lose' && chance(cluster, 0.4)) return { kind, containerInstances: [], zone: first.availabilityZone };
    const more = instances.filter((instance) => instance !== first && chance(cluster, 0.25));
    return { kind, containerInstances: [first, ...more].map(({ arn }) => arn) };
  }
  if (services.length === 0) return undefined;
  const service = pick(cluster, services);
  const { name, desiredCount } = service;
  if (kind === 'scale') {
    const wanted = pick(cluster, [
      0,
      1,
      desiredCount + 1,
      desiredCount + 3,
      Math.max(0, desiredCount - 2),
      desiredCount * 4,
    ]);
    return { kind, service: name, update: { desiredCount: wanted } };
  }
  const isFargate = service.spec.networkConfiguration !== undefined;
  const family = service.spec.taskDefinition?.family ?? '';
  if (chance(cluster, 0.6)) {
    registerRevision(cluster, family, isFargate);
    return { kind, service: name, update: { taskDefinition: family } };
  }
  return { kind, service: name, update: { forceNewDeployment: true } };
}
