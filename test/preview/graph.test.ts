import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPolicedWorld } from '../policy/support/policy-world.ts';
import { pastGateway } from '../support/ecs/call-ecs.ts';
import { createFakeWorld } from '../support/ecs/fake-ecs.ts';
import { createWorld, type World } from '../support/gateway/world.ts';

const MINUTE = 60_000;

interface PreviewAnswer {
  readonly outcome: string;
  readonly endsAfter: { readonly fastest: string; readonly usual: string; readonly slowest: string | null } | null;
  readonly services: { readonly nodes: readonly Readonly<Record<string, number | string>>[] };
  readonly tasks: {
    readonly nodes: readonly {
      readonly fate: string;
      readonly task: { readonly taskArn: string } | null;
      readonly containerInstance: { readonly containerInstanceArn: string } | null;
    }[];
  };
  readonly blockedBy: readonly { readonly reason: string }[];
  readonly capacity: Readonly<Record<string, number | string | null>>;
  readonly assumptions: readonly { readonly kind: string; readonly sampleCount: number }[];
}
const SELECTION = `{
  outcome endsAfter { fastest usual slowest }
  services { nodes { serviceName desiredCount lowestRunningCount lowestHealthyCount healthyCountAfter } }
  tasks { nodes { fate task { taskArn } containerInstance { containerInstanceArn } } }
  blockedBy { reason }
  capacity { missingTaskCount memory instanceCount instanceType }
  assumptions { kind sampleCount }
}`;

/** Milliseconds of an ISO 8601 duration. */
function toMs(text: string | null | undefined): number {
  const [, hours = 0, minutes = 0, seconds = 0] = /^PT(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?$/.exec(text ?? '') ?? [];
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
}

let world: World;
let ecs: ReturnType<typeof pastGateway>;
beforeEach(async () => {
  world = await createWorld({ seed: 'empty' });
  ecs = pastGateway(world);
  await ecs('CreateCluster', { clusterName: 'shop' });
});
afterEach(() => world.dispose());

async function registerInstances(count: number): Promise<string[]> {
  const arns: string[] = [];
  for (let at = 0; at < count; at += 1) {
    const { containerInstance } = await ecs('RegisterContainerInstance', {
      cluster: 'shop',
      attributes: [
        { name: 'ecs.instance-type', value: 't3.medium' },
        { name: 'ecs.availability-zone', value: at % 2 === 0 ? 'eu-west-1a' : 'eu-west-1b' },
      ],
    });
    arns.push((containerInstance as { containerInstanceArn: string }).containerInstanceArn);
  }
  return arns;
}

async function createService(
  serviceName: string,
  desiredCount: number,
  memory: number,
  more: object = {},
): Promise<void> {
  await ecs('RegisterTaskDefinition', {
    family: serviceName,
    containerDefinitions: [{ name: 'app', image: 'web:1', memory }],
  });
  await ecs('CreateService', { cluster: 'shop', serviceName, taskDefinition: serviceName, desiredCount, ...more });
}

async function previewed(field: string): Promise<PreviewAnswer> {
  const { preview } = await world.data<{ preview: PreviewAnswer }>(`{ preview: ${field} ${SELECTION} }`);
  return preview;
}

describe('previewDrain', () => {
  it('equals what the drain then does, and changes nothing', async () => {
    const [first = ''] = await registerInstances(3);
    await createService('web', 4, 500);
    // At rest, and not moved by the drain: its task definition is not read.
    await createService('idle', 0, 500);
    world.sandbox.clock.advance(5 * MINUTE);
    const { data, calls } = await world.count<{ previewDrain: PreviewAnswer }>(
      `{ previewDrain(cluster: "shop", containerInstances: ["${first}"]) ${SELECTION} }`,
    );
    const found = data?.previewDrain;
    expect(found).toMatchObject({ outcome: 'DONE', blockedBy: [], capacity: { missingTaskCount: 0 } });
    expect(found?.services.nodes).toEqual([
      { serviceName: 'web', desiredCount: 4, lowestRunningCount: 4, lowestHealthyCount: 4, healthyCountAfter: 4 },
    ]);
    const stops = found?.tasks.nodes.filter(({ fate }) => fate === 'STOPS') ?? [];
    const starts = found?.tasks.nodes.filter(({ fate }) => fate === 'STARTS') ?? [];
    expect(stops.length).toBeGreaterThan(0);
    expect(starts.length).toBe(stops.length);
    expect(stops.every(({ containerInstance }) => containerInstance?.containerInstanceArn === first)).toBe(true);
    expect(starts.every(({ task }) => task === null)).toBe(true);
    expect(starts.some(({ containerInstance }) => containerInstance?.containerInstanceArn === first)).toBe(false);
    // The durations of the tasks that run were learned.
    expect(found?.assumptions).toContainEqual({ kind: 'IMAGE_PULL', sampleCount: 4 });
    // One read of the cluster; links to tasks and instances share its descriptions.
    expect(calls).toEqual({
      // Of the named one, and of the others.
      DescribeContainerInstances: 2,
      DescribeClusters: 1,
      ListServices: 1,
      DescribeServices: 1,
      ListTasks: 2,
      DescribeTasks: 1,
      ListContainerInstances: 1,
      DescribeTaskDefinition: 1,
      GetTaskProtection: 1,
    });

    await ecs('UpdateContainerInstancesState', { cluster: 'shop', containerInstances: [first], status: 'DRAINING' });
    const { fastest, slowest } = found?.endsAfter ?? {};
    world.sandbox.clock.advance(Math.max(0, toMs(fastest) - 5_000));
    const outcome = async () => {
      const answer = await world.data<{ containerInstance: { drainProgress: { outcome: string | null } } }>(
        `{ containerInstance(containerInstance: "${first}") { drainProgress { outcome } } }`,
      );
      return answer.containerInstance.drainProgress.outcome;
    };
    expect(await outcome()).toBeNull();
    world.sandbox.clock.advance(toMs(slowest) - toMs(fastest) + 10_000);
    expect(await outcome()).toBe('DRAINED');
  });

  it('names what then blocks, and the room that is lacking', async () => {
    const [first = ''] = await registerInstances(2);
    await createService('web', 6, 1_200);
    await ecs('RegisterTaskDefinition', {
      family: 'job',
      containerDefinitions: [{ name: 'job', image: 'job:1', memory: 128 }],
    });
    await ecs('StartTask', { cluster: 'shop', taskDefinition: 'job', containerInstances: [first] });
    world.sandbox.clock.advance(5 * MINUTE);
    const found = await previewed(`previewDrain(cluster: "shop", containerInstances: ["${first}"])`);
    expect(found.outcome).toBe('BLOCKED');
    expect(found.endsAfter).toBeNull();
    expect(found.capacity).toEqual({ missingTaskCount: 3, memory: 3_600, instanceCount: 1, instanceType: 't3.medium' });
    await ecs('UpdateContainerInstancesState', { cluster: 'shop', containerInstances: [first], status: 'DRAINING' });
    world.sandbox.clock.advance(60 * MINUTE);
    const now = await world.data<{
      containerInstance: { drainProgress: { outcome: string | null; progress: { blockedBy: { reason: string }[] } } };
      service: { events: { message: string }[] };
    }>(`{
      containerInstance(containerInstance: "${first}") { drainProgress { outcome progress { blockedBy { reason } } } }
      service(cluster: "shop", service: "web") { events { message } }
    }`);
    // A single look at a drain does not know which events of the service are of this drain.
    expect(now.containerInstance.drainProgress).toMatchObject({
      outcome: null,
      progress: { blockedBy: [{ reason: 'STANDALONE_TASKS' }] },
    });
    expect(now.service.events[0]?.message).toMatch(/could not launch 3 tasks|unable to place/);
    expect(found.blockedBy.map(({ reason }) => reason).sort()).toEqual(['NO_CAPACITY', 'STANDALONE_TASKS']);
  });
});

describe('previewScale', () => {
  it('reads a service on Fargate alone', async () => {
    await ecs('RegisterTaskDefinition', {
      family: 'api',
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '256',
      memory: '512',
      containerDefinitions: [{ name: 'app', image: 'web:1' }],
    });
    for (const serviceName of ['api', 'other']) {
      await ecs('CreateService', {
        cluster: 'shop',
        serviceName,
        taskDefinition: 'api',
        desiredCount: 2,
        launchType: 'FARGATE',
        networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } },
      });
    }
    world.sandbox.clock.advance(5 * MINUTE);
    const { data, calls } = await world.count<{ previewScale: PreviewAnswer }>(
      `{ previewScale(cluster: "shop", service: "api", desiredCount: 5) ${SELECTION} }`,
    );
    expect(data?.previewScale).toMatchObject({ outcome: 'DONE', services: { nodes: [{ healthyCountAfter: 5 }] } });
    expect(data?.previewScale.tasks.nodes.map(({ fate }) => fate)).toEqual(['STARTS', 'STARTS', 'STARTS']);
    expect(calls).toMatchObject({ DescribeServices: 1, ListTasks: 2, DescribeTasks: 1 });
    expect(calls).not.toHaveProperty('ListContainerInstances');
    expect(calls).not.toHaveProperty('ListServices');
  });

  it('says how many tasks find no place', async () => {
    await registerInstances(1);
    await createService('web', 1, 1_500);
    world.sandbox.clock.advance(5 * MINUTE);
    const found = await previewed('previewScale(cluster: "shop", service: "web", desiredCount: 5)');
    expect(found).toMatchObject({
      outcome: 'BLOCKED',
      blockedBy: [{ reason: 'NO_CAPACITY' }],
      capacity: { missingTaskCount: 3, memory: 4_500, instanceCount: 2 },
    });
  });
});

describe('previewDeployment', () => {
  it('rolls back where the last tasks of the revision failed, as it then does', async () => {
    await registerInstances(3);
    await createService('web', 2, 200, {
      deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
    });
    await ecs('RegisterTaskDefinition', {
      family: 'web',
      containerDefinitions: [{ name: 'app', image: 'sandbox/exit:1', memory: 200 }],
    });
    world.sandbox.clock.advance(5 * MINUTE);
    const deploy = 'previewDeployment(cluster: "shop", service: "web", taskDefinition: "web:2")';
    // Nothing shows yet that it cannot run.
    expect((await previewed(deploy)).outcome).toBe('DONE');
    await ecs('UpdateService', { cluster: 'shop', service: 'web', taskDefinition: 'web:2' });
    world.sandbox.clock.advance(20 * MINUTE);
    const { services } = (await ecs('DescribeServices', { cluster: 'shop', services: ['web'] })) as {
      services: { taskDefinition: string }[];
    };
    expect(services[0]?.taskDefinition).toMatch(/web:1$/);
    const again = await previewed(deploy);
    expect(again.outcome).toBe('ROLLED_BACK');
    expect(again.blockedBy).toMatchObject([{ reason: 'TASKS_KEEP_FAILING' }]);
    expect(again.assumptions).toContainEqual({ kind: 'TASK_FATE', sampleCount: expect.any(Number) });
    expect(again.services.nodes).toMatchObject([{ lowestHealthyCount: 2, healthyCountAfter: 2 }]);
  });

  it('answers for other percentages than those of the service', async () => {
    await registerInstances(1);
    await createService('web', 2, 1_500, {
      deploymentConfiguration: { minimumHealthyPercent: 100, maximumPercent: 200 },
    });
    world.sandbox.clock.advance(5 * MINUTE);
    const deploy = (more: string) => previewed(`previewDeployment(cluster: "shop", service: "web" ${more})`);
    expect(await deploy('')).toMatchObject({ outcome: 'BLOCKED', blockedBy: [{ reason: 'NO_CAPACITY' }] });
    expect(await deploy('minimumHealthyPercent: 50')).toMatchObject({
      outcome: 'DONE',
      services: { nodes: [{ lowestHealthyCount: 1, healthyCountAfter: 2 }] },
    });
  });
});

describe('previewDeployment with percentages that allow nothing', () => {
  it('shows the arithmetic', async () => {
    await registerInstances(2);
    await createService('web', 2, 200, { deploymentConfiguration: { minimumHealthyPercent: 75, maximumPercent: 125 } });
    world.sandbox.clock.advance(5 * MINUTE);
    const { previewDeployment } = await world.data<{ previewDeployment: object }>(
      '{ previewDeployment(cluster: "shop", service: "web") { outcome blockedBy { reason message latitude { healthyFloor taskCeiling } } } }',
    );
    expect(previewDeployment).toEqual({
      outcome: 'BLOCKED',
      blockedBy: [
        {
          reason: 'PERCENTAGES_ALLOW_NOTHING',
          message: expect.stringContaining(
            'minimumHealthyPercent 75 keeps 2 healthy (2 are) and maximumPercent 125 allows 2',
          ),
          latitude: { healthyFloor: 2, taskCeiling: 2 },
        },
      ],
    });
  });
});

describe('previewInstanceLoss', () => {
  it('loses a zone, and its services recover in the others', async () => {
    await registerInstances(4);
    await createService('web', 4, 500);
    world.sandbox.clock.advance(5 * MINUTE);
    const found = await previewed('previewInstanceLoss(cluster: "shop", zone: "eu-west-1a")');
    expect(found.outcome).toBe('DONE');
    expect(found.services.nodes).toEqual([
      { serviceName: 'web', desiredCount: 4, lowestRunningCount: 2, lowestHealthyCount: 2, healthyCountAfter: 4 },
    ]);
    expect(found.tasks.nodes.map(({ fate }) => fate).sort()).toEqual(['STARTS', 'STARTS', 'STOPS', 'STOPS']);
  });
});

describe('the summary of a loss', () => {
  it('names the instances and the zone', async () => {
    const [, , last = ''] = await registerInstances(3);
    await createService('web', 1, 200);
    const { loss } = await world.data<{ loss: { summary: string } }>(
      `{ loss: previewInstanceLoss(cluster: "shop", zone: "eu-west-1a", containerInstances: ["${last}"]) { summary } }`,
    );
    expect(loss.summary).toMatch(/^Loss of 1 instance and eu-west-1a in shop would /);
  });
});

describe('a preview refuses', () => {
  it.each([
    ['previewScale(cluster: "shop", service: "nothing", desiredCount: 1)', 'NOT_FOUND', 'service'],
    ['previewScale(cluster: "shop", service: "web", desiredCount: -1)', 'BAD_USER_INPUT', 'desiredCount'],
    ['previewScale(cluster: "shop", service: "agent", desiredCount: 1)', 'FAILED_PRECONDITION', undefined],
    ['previewScale(cluster: "shop", service: "web", desiredCount: 1, horizon: "PT1S")', 'BAD_USER_INPUT', 'horizon'],
    ['previewDeployment(cluster: "shop", service: "web", taskDefinition: "none:1")', 'NOT_FOUND', 'taskDefinition'],
    ['previewDeployment(cluster: "shop", service: "web", taskDefinition: "old:1")', 'FAILED_PRECONDITION', undefined],
    ['previewDrain(cluster: "shop", containerInstances: [])', 'BAD_USER_INPUT', 'containerInstances'],
    [
      'previewDrain(cluster: "shop", containerInstances: ["0123456789abcdef0123456789abcdef"])',
      'NOT_FOUND',
      'containerInstances',
    ],
    ['previewInstanceLoss(cluster: "shop")', 'BAD_USER_INPUT', 'zone'],
    ['previewInstanceLoss(cluster: "shop", zone: "eu-west-1z")', 'NOT_FOUND', 'zone'],
    ['previewInstanceLoss(cluster: "nothing", zone: "eu-west-1a")', 'NOT_FOUND', 'cluster'],
  ])('%s', async (field, code, argument) => {
    await registerInstances(1);
    await createService('web', 1, 200);
    await createService('agent', 1, 100, { schedulingStrategy: 'DAEMON', desiredCount: undefined });
    await ecs('RegisterTaskDefinition', {
      family: 'old',
      containerDefinitions: [{ name: 'app', image: 'web:1', memory: 64 }],
    });
    await ecs('DeregisterTaskDefinition', { taskDefinition: 'old:1' });
    world.sandbox.clock.advance(2 * MINUTE);
    const { errors } = await world.query(`{ ${field} { outcome } }`);
    expect(errors?.[0]?.extensions).toMatchObject({ code, ...(argument === undefined ? {} : { argument }) });
  });

  it('a cluster with more tasks than it simulates, before it reads them', async () => {
    const clusterArn = 'arn:aws:ecs:eu-west-1:123456789012:cluster/shop';
    await using fake = await createFakeWorld((operation) =>
      operation === 'DescribeClusters'
        ? { clusters: [{ clusterArn, clusterName: 'shop', status: 'ACTIVE', runningTasksCount: 5_001 }] }
        : {},
    );
    const { errors } = await fake.query('{ previewInstanceLoss(cluster: "shop", zone: "eu-west-1a") { outcome } }');
    expect(errors?.[0]).toMatchObject({
      message: 'shop has 5001 tasks; a preview simulates at most 5000.',
      extensions: { code: 'FAILED_PRECONDITION' },
    });
    expect(fake.counts()).toEqual({ DescribeClusters: 1 });
  });
});

describe('with a history', () => {
  it('a preview learns from stopped tasks that ECS has forgotten', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'previews-'));
    await world.dispose();
    world = await createWorld({ seed: 'empty' }, { HISTORY: join(folder, 'history.db') });
    ecs = pastGateway(world);
    await ecs('CreateCluster', { clusterName: 'shop' });
    await registerInstances(2);
    await createService('web', 3, 200);
    world.sandbox.clock.advance(5 * MINUTE);
    const scale = 'previewScale(cluster: "shop", service: "web", desiredCount: 1)';
    const samples = async (kind: string) => {
      const found = (await previewed(scale)).assumptions.find((one) => one.kind === kind);
      return found?.sampleCount;
    };
    expect(await samples('STOP')).toBe(0);
    await ecs('UpdateService', { cluster: 'shop', service: 'web', desiredCount: 2 });
    world.sandbox.clock.advance(5 * MINUTE);
    // The gateway sees the stopped task, and keeps it.
    expect(await samples('STOP')).toBe(1);
    world.sandbox.clock.advance(120 * MINUTE);
    expect(await samples('STOP')).toBe(1);
    expect(await samples('IMAGE_PULL')).toBe(3);
    rmSync(folder, { recursive: true });
  });
});

describe('with policies', () => {
  const ARN = 'arn:aws:ecs:eu-west-1:123456789012';
  const POLICIES = `
@id("one") permit(principal in Ecs::Role::"one", action in Ecs::Action::"read", resource)
unless { resource is Ecs::Service && resource == Ecs::Service::"${ARN}:service/platform/inventory" };
@id("two") permit(principal in Ecs::Role::"two", action in Ecs::Action::"read", resource is Ecs::Cluster);`;
  const DRAIN = `previewDrain(cluster: "platform", containerInstances: ["INSTANCE"]) { services { nodes { serviceName } } tasks { nodes { group } } }`;

  it('a preview needs the right to read instances, and hides services that the caller may not read', async () => {
    await using policed = await createPolicedWorld(POLICIES);
    const { data } = await policed.as<{
      cluster: { containerInstances: { nodes: { containerInstanceArn: string }[] } };
    }>('one', '{ cluster(cluster: "platform") { containerInstances { nodes { containerInstanceArn } } } }');
    const arn = data?.cluster.containerInstances.nodes[0]?.containerInstanceArn ?? '';
    const query = `{ ${DRAIN.replace('INSTANCE', arn)} }`;
    const found = await policed.as<{ previewDrain: Pick<PreviewAnswer, 'services' | 'tasks'> }>('one', query);
    const names = found.data?.previewDrain.services.nodes.map(({ serviceName }) => serviceName);
    expect(names).toContain('orders-api');
    expect(JSON.stringify(found.data)).not.toContain('inventory');
    const refused = await policed.as('two', query);
    expect(refused.errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  });
});
