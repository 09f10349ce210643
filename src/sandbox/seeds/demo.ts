import type { CreateServiceRequest } from '@aws-sdk/client-ecs';
import { arnOf } from '../store/arns.ts';
import type { Seed, SeedTools } from './seed.ts';
import {
  advanceUntil,
  fargateService,
  firstTaskArn,
  HOUR,
  type ImageOptions,
  instance,
  MINUTE,
  NETWORK,
  register,
} from './seed-parts.ts';

const BREAKER = { deploymentCircuitBreaker: { enable: true, rollback: true } };

/** Both revisions run until the new one is approved. */
const APPROVED: CreateServiceRequest['deploymentConfiguration'] = {
  strategy: 'BLUE_GREEN',
  bakeTimeInMinutes: 10,
  lifecycleHooks: [
    {
      targetType: 'PAUSE',
      lifecycleStages: ['POST_TEST_TRAFFIC_SHIFT'],
      timeoutConfiguration: { timeoutInMinutes: 20_160, action: 'ROLLBACK' },
    },
  ],
};

function tag(team: string): { key: string; value: string }[] {
  return [
    { key: 'team', value: team },
    { key: 'environment', value: 'production' },
  ];
}

function targetGroup(place: SeedTools, name: string, containerPort: number): CreateServiceRequest['loadBalancers'] {
  const targetGroupArn = arnOf(place, 'elasticloadbalancing', `targetgroup/${name}/6d0ecf831eec9f09`);
  return [{ targetGroupArn, containerName: name, containerPort }];
}

/** Three clusters: `storefront` on Fargate, `platform` on EC2, `default` on both. */
function plantClusters({ call, region }: SeedTools): void {
  call('CreateCluster', {
    clusterName: 'storefront',
    capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
    settings: [{ name: 'containerInsights', value: 'enabled' }],
    tags: tag('web'),
  });
  call('CreateCluster', { clusterName: 'platform', tags: tag('platform') });
  call('CreateCluster', { clusterName: 'default' });
  const large = { cpu: 4096, memory: 15700, type: 'm6i.xlarge' };
  const medium = { cpu: 2048, memory: 3884, type: 't3.medium' };
  for (const [index, zone] of ['a', 'b', 'c', 'a', 'b', 'c'].entries()) {
    const id = `i-0f3a9c1d2e4b5a6${index}${zone}`;
    call('RegisterContainerInstance', instance('platform', id, `${region}${zone}`, large));
  }
  call('RegisterContainerInstance', instance('default', 'i-07b1d2f3a4c5e6f0a', `${region}a`, medium));
  call('RegisterContainerInstance', instance('default', 'i-07b1d2f3a4c5e6f0b', `${region}b`, medium));
}

const IMAGES: readonly ImageOptions[] = [
  {
    family: 'storefront',
    version: '2026.02.1',
    fargate: true,
    cpu: 512,
    memory: 1024,
    port: 8080,
    healthCheck: true,
    team: 'web',
  },
  {
    family: 'checkout',
    version: '5.1.0',
    fargate: true,
    cpu: 512,
    memory: 1024,
    port: 8080,
    sidecar: true,
    team: 'web',
  },
  { family: 'cart', version: '3.8.2', fargate: true, port: 8080, team: 'web' },
  { family: 'recommendations', version: '0.19.0', fargate: true, cpu: 1024, memory: 2048, port: 9000, team: 'data' },
  { family: 'search-api', version: '7.4.1', fargate: true, cpu: 1024, memory: 4096, port: 9200, team: 'search' },
  { family: 'orders-api', version: '12.0.3', port: 8080, healthCheck: true, team: 'orders' },
  { family: 'payments-worker', version: '4.2.0', cpu: 512, memory: 1024, team: 'payments' },
  { family: 'inventory', version: '2.7.5', port: 8080, team: 'orders' },
  { family: 'notifications', version: '1.30.0', cpu: 128, memory: 256, team: 'platform' },
  { family: 'log-agent', version: '2.32.2', cpu: 64, memory: 128, team: 'platform' },
  { family: 'reports', version: '0.9.4', fargate: true, team: 'data' },
  { family: 'legacy-billing', version: '1.2.19', port: 8443, team: 'payments' },
  { family: 'nightly-import', version: '3.0.0', cpu: 512, memory: 1024, team: 'data' },
  {
    family: 'db-migrate',
    version: '88',
    team: 'orders',
    labels: { 'sandbox.exit-after': '95', 'sandbox.exit-code': '0' },
  },
];

function plantServices(gardener: SeedTools): void {
  const { call } = gardener;
  const onStorefront = (name: string, desiredCount: number, rest: Partial<CreateServiceRequest> = {}): void => {
    call(
      'CreateService',
      fargateService({
        cluster: 'storefront',
        serviceName: name,
        taskDefinition: name,
        desiredCount,
        tags: tag('web'),
        ...rest,
      }),
    );
  };
  const onPlatform = (name: string, rest: Partial<CreateServiceRequest>): void => {
    call('CreateService', {
      cluster: 'platform',
      serviceName: name,
      taskDefinition: name,
      tags: tag('platform'),
      enableECSManagedTags: true,
      propagateTags: 'SERVICE',
      ...rest,
    });
  };
  onStorefront('storefront', 6, {
    loadBalancers: targetGroup(gardener, 'storefront', 8080),
    deploymentConfiguration: BREAKER,
  });
  onStorefront('checkout', 6, {
    loadBalancers: targetGroup(gardener, 'checkout', 8080),
    // One task at a time, so that a rollout takes long enough to watch.
    deploymentConfiguration: { ...BREAKER, minimumHealthyPercent: 100, maximumPercent: 120 },
  });
  onStorefront('cart', 3);
  onStorefront('recommendations', 4);
  onStorefront('search-api', 4);
  onPlatform('orders-api', { desiredCount: 8, deploymentConfiguration: BREAKER });
  onPlatform('payments-worker', {
    desiredCount: 5,
    placementStrategy: [{ type: 'binpack', field: 'memory' }],
    deploymentConfiguration: { minimumHealthyPercent: 60, maximumPercent: 140 },
  });
  onPlatform('inventory', { desiredCount: 6 });
  onPlatform('notifications', { desiredCount: 4, placementConstraints: [{ type: 'distinctInstance' }] });
  onPlatform('log-agent', { schedulingStrategy: 'DAEMON' });
  call('CreateService', fargateService({ serviceName: 'reports', taskDefinition: 'reports', desiredCount: 2 }));
  call('CreateService', { serviceName: 'legacy-billing', taskDefinition: 'legacy-billing', desiredCount: 2 });
}

/** Successful rollouts in the past: several revisions and a history of service deployments. */
function plantHistory(gardener: SeedTools): void {
  const { call, advance } = gardener;
  const redeploy = (cluster: string, image: ImageOptions): void => {
    register(gardener, image);
    call('UpdateService', { cluster, service: image.family, taskDefinition: image.family });
    advance(12 * MINUTE);
  };
  const revised = (family: string, version: string): ImageOptions => {
    const image = IMAGES.find((candidate) => candidate.family === family);
    return { team: 'platform', ...image, family, version };
  };
  redeploy('storefront', revised('storefront', '2026.02.2'));
  redeploy('platform', revised('orders-api', '12.0.4'));
  redeploy('platform', revised('orders-api', '12.1.0'));
  redeploy('storefront', revised('search-api', '7.4.2'));
  // Stopped by the circuit breaker and rolled back.
  redeploy('storefront', { ...revised('storefront', '2026.02.3-rc1'), labels: { 'sandbox.pull-error': 'true' } });
  call('DeregisterTaskDefinition', { taskDefinition: 'storefront:1' });
}

/** Standalone tasks: some still run, others ended in each possible way. */
function plantTasks(gardener: SeedTools): void {
  const { call } = gardener;
  const import3 = { family: 'nightly-import', version: '3.1.0', cpu: 512, memory: 1024, team: 'data' };
  register(gardener, { ...import3, labels: { 'sandbox.oom-after': '240' } });
  advanceUntil(gardener, 50 * MINUTE);
  call('RunTask', { cluster: 'platform', taskDefinition: 'db-migrate', startedBy: 'ci/build-4711' });
  call('RunTask', { taskDefinition: 'nightly-import:1', startedBy: 'scheduler', group: 'nightly', count: 2 });
  call('RunTask', {
    cluster: 'platform',
    taskDefinition: 'nightly-import:2',
    startedBy: 'scheduler',
    group: 'nightly',
  });
  call('RunTask', {
    taskDefinition: 'reports',
    launchType: 'FARGATE',
    networkConfiguration: NETWORK,
    startedBy: 'alice',
    tags: [{ key: 'purpose', value: 'quarter-end' }],
    overrides: { containerOverrides: [{ name: 'reports', command: ['run', '--quarter', '2026Q1'] }] },
  });
  const stopped = call('RunTask', { cluster: 'platform', taskDefinition: 'db-migrate', startedBy: 'bob' });
  gardener.advance(MINUTE);
  call('StopTask', { cluster: 'platform', task: firstTaskArn(stopped), reason: 'Wrong database' });
}

/**
 * The work in progress at the start: `payments-worker` fails repeatedly, `checkout` is halfway through a rollout, and
 * `reports`, blue/green, waits for CONTINUE or ROLLBACK.
 */
function plantPresent(gardener: SeedTools): void {
  const { call } = gardener;
  advanceUntil(gardener, 35 * MINUTE);
  const worker = { family: 'payments-worker', version: '4.3.0', cpu: 512, memory: 1024, team: 'payments' };
  register(gardener, { ...worker, labels: { 'sandbox.exit-code': '1' } });
  call('UpdateService', { cluster: 'platform', service: 'payments-worker', taskDefinition: 'payments-worker' });
  advanceUntil(gardener, 10 * MINUTE);
  register(gardener, { family: 'reports', version: '1.0.0', fargate: true, team: 'data' });
  call('UpdateService', { service: 'reports', taskDefinition: 'reports', deploymentConfiguration: APPROVED });
  advanceUntil(gardener, 8 * MINUTE);
  const checkout = {
    family: 'checkout',
    fargate: true,
    cpu: 512,
    memory: 1024,
    port: 8080,
    sidecar: true,
    team: 'web',
  };
  // Each step takes four minutes: the gateway's default calls five minutes without a step a stall.
  const labels = { 'sandbox.start-delay': '180' };
  register(gardener, { ...checkout, version: '5.2.0', labels });
  call('UpdateService', { cluster: 'storefront', service: 'checkout', taskDefinition: 'checkout' });
}

/** A small company's ECS, three hours old: 12 services, about 60 tasks, 8 instances over 3 zones. */
export const seedDemo: Seed = {
  span: 3 * HOUR,
  plant(gardener) {
    plantClusters(gardener);
    for (const image of IMAGES) register(gardener, image);
    plantServices(gardener);
    gardener.advance(20 * MINUTE);
    plantHistory(gardener);
    plantTasks(gardener);
    plantPresent(gardener);
  },
};
