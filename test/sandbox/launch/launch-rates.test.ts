import {
  CreateServiceCommand,
  DescribeServicesCommand,
  PutClusterCapacityProvidersCommand,
  RunTaskCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { Buckets, RUN_TASK_ON_FARGATE } from '../../../src/sandbox/checks/rate-buckets.ts';
import { messagesOf, readService } from '../support/read.ts';
import {
  FIRST_LOOK,
  NETWORK,
  registerInstance,
  registerTaskDefinition,
  withCluster,
} from '../support/sandbox-world.ts';
import { type SandboxUnderTest, withSandbox } from '../support/start-sandbox.ts';

const FARGATE = { launchType: 'FARGATE', networkConfiguration: NETWORK } as const;

async function withFargate(s: SandboxUnderTest): Promise<void> {
  await withCluster(s);
  await registerTaskDefinition(s, { fargate: true });
}

async function create(s: SandboxUnderTest, serviceName: string, desiredCount: number, more: object = FARGATE) {
  const input = { cluster: 'main', serviceName, taskDefinition: 'web', desiredCount, ...more };
  await s.ecs.send(new CreateServiceCommand(input));
}

/** How many tasks of each service have been launched, running or not. */
async function launched(s: SandboxUnderTest, ...services: string[]): Promise<number[]> {
  const answer = await s.ecs.send(new DescribeServicesCommand({ cluster: 'main', services }));
  return (answer.services ?? []).map(({ runningCount = 0, pendingCount = 0 }) => runningCount + pendingCount);
}

function run(s: SandboxUnderTest, count: number, more: object = FARGATE) {
  return s.ecs.send(new RunTaskCommand({ cluster: 'main', taskDefinition: 'web', count, ...more }));
}

const throttled = { name: 'ThrottlingException', message: 'Rate exceeded' };

describe('the rate at which Fargate launches', () => {
  it('gives a service 100 tasks at once and 20 a second after that, until it has all and is steady', async () => {
    await using s = await withSandbox();
    await withFargate(s);
    await create(s, 'web', 200);
    s.sandbox.clock.advance(FIRST_LOOK);
    expect(await launched(s, 'web')).toEqual([100]);
    s.sandbox.clock.advance(1000);
    expect(await launched(s, 'web')).toEqual([120]);
    s.sandbox.clock.advance(3000);
    expect(await launched(s, 'web')).toEqual([180]);
    s.sandbox.clock.advance(120_000);
    const service = await readService(s);
    expect(service).toMatchObject({ runningCount: 200, deployments: [{ rolloutState: 'COMPLETED' }] });
    const said = messagesOf(service);
    expect(
      said.filter((text) => text === '(service web) operations are being throttled. Will try again later.'),
    ).toHaveLength(1);
    expect(said.some((text) => text.includes('could not launch'))).toBe(false);
    const names = s.sandbox
      .events('eu-west-1')
      .events.map((event) => (event.detail as { eventName?: string }).eventName);
    expect(names.filter((name) => name === 'ECS_OPERATION_THROTTLED')).toHaveLength(1);
  });

  it('is shared by the services that wait, and one that comes later does not overtake them', async () => {
    await using s = await withSandbox();
    await withFargate(s);
    await create(s, 'big', 300);
    s.sandbox.clock.advance(1500);
    await create(s, 'small', 60);
    await create(s, 'tiny', 1);
    s.sandbox.clock.advance(FIRST_LOOK - 1500);
    expect(await launched(s, 'big', 'small', 'tiny')).toEqual([100, 0, 0]);
    s.sandbox.clock.advance(1000);
    expect(await launched(s, 'big', 'small', 'tiny')).toEqual([120, 0, 0]);
    s.sandbox.clock.advance(1000);
    // 20 among three: six each at least, and what the smallest one leaves goes on to the next turn.
    expect(await launched(s, 'big', 'small', 'tiny')).toEqual([126, 6, 1]);
    s.sandbox.clock.advance(2000);
    const [big = 0, small = 0] = await launched(s, 'big', 'small', 'tiny');
    expect(Math.abs(big - 126 - (small - 6))).toBeLessThanOrEqual(2);
    expect(big + small).toBeGreaterThan(165);
    s.sandbox.clock.advance(60_000);
    expect(await launched(s, 'big', 'small', 'tiny')).toEqual([300, 60, 1]);
  });

  it('counts Spot apart from On-Demand', async () => {
    await using s = await withSandbox();
    await withFargate(s);
    const capacityProviders = ['FARGATE', 'FARGATE_SPOT'];
    await s.ecs.send(
      new PutClusterCapacityProvidersCommand({
        cluster: 'main',
        capacityProviders,
        defaultCapacityProviderStrategy: [],
      }),
    );
    await create(s, 'onDemand', 150);
    const capacityProviderStrategy = [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }];
    await create(s, 'spot', 150, { networkConfiguration: NETWORK, capacityProviderStrategy });
    s.sandbox.clock.advance(FIRST_LOOK);
    expect(await launched(s, 'onDemand', 'spot')).toEqual([100, 100]);
    const mixed = capacityProviders.map((capacityProvider) => ({ capacityProvider, weight: 1 }));
    await expect(run(s, 2, { networkConfiguration: NETWORK, capacityProviderStrategy: mixed })).rejects.toMatchObject(
      throttled,
    );
  });

  it('refuses a RunTask for which there is not enough, and starts nothing of it', async () => {
    await using s = await withSandbox();
    await withFargate(s);
    for (let calls = 0; calls < 9; calls += 1) await run(s, 10);
    await run(s, 5);
    await expect(run(s, 6)).rejects.toMatchObject(throttled);
    expect((await run(s, 5)).tasks).toHaveLength(5);
    await expect(run(s, 1)).rejects.toMatchObject(throttled);
    s.sandbox.clock.advance(50);
    expect((await run(s, 1)).tasks).toHaveLength(1);
  });

  it('asks nothing for a RunTask that is only repeated', async () => {
    await using s = await withSandbox();
    await withFargate(s);
    for (let calls = 0; calls < 10; calls += 1) await run(s, 10, { ...FARGATE, clientToken: `token-${calls}` });
    expect((await run(s, 10, { ...FARGATE, clientToken: 'token-0' })).tasks).toHaveLength(10);
    await expect(run(s, 10, { ...FARGATE, clientToken: 'new' })).rejects.toMatchObject(throttled);
  });

  it('can be raised, and be turned off', async () => {
    await using s = await withSandbox();
    await withFargate(s);
    s.sandbox.faults.set({ launchRates: { enabled: true, scale: 2 } });
    await create(s, 'web', 400);
    s.sandbox.clock.advance(FIRST_LOOK + 1000);
    expect(await launched(s, 'web')).toEqual([240]);
    await fetch(`${s.sandbox.url}/_sandbox/faults`, { method: 'POST', body: '{"launchRates":{"enabled":false}}' });
    s.sandbox.clock.advance(1000);
    expect(await launched(s, 'web')).toEqual([400]);
    s.sandbox.faults.clear();
    expect(s.sandbox.faults.settings.launchRates).toEqual({ enabled: true, scale: 1 });
  });

  it('holds no tasks on instances', async () => {
    await using s = await withSandbox();
    await withCluster(s);
    await registerTaskDefinition(s, { cpu: 1, memory: 4 });
    await registerInstance(s, 'a');
    await create(s, 'web', 300, {});
    s.sandbox.clock.advance(FIRST_LOOK);
    expect(await launched(s, 'web')).toEqual([300]);
  });
});

describe('the calls of RunTask for Fargate', () => {
  it('have a bucket of 20 beside the one that they share with others', () => {
    const buckets = new Buckets(1);
    const taken = (limit: string, now: number) =>
      Array.from({ length: 50 }, () => buckets.take('eu-west-1', limit, now)).filter((isTaken) => isTaken).length;
    expect(taken(RUN_TASK_ON_FARGATE, 0)).toBe(20);
    expect(taken(RUN_TASK_ON_FARGATE, 500)).toBe(10);
    expect(taken('RunTask', 500)).toBe(50);
  });

  it('are throttled by it where throttling is on, those for instances are not', async () => {
    await using s = await withSandbox();
    await withFargate(s);
    await registerTaskDefinition(s, { family: 'small', cpu: 1, memory: 4 });
    await registerInstance(s, 'a');
    s.sandbox.faults.set({ throttling: { enabled: true, scale: 0.05 } });
    const some = await Promise.allSettled(Array.from({ length: 4 }, () => run(s, 1)));
    const refused = some.filter((one) => one.status === 'rejected');
    expect(refused.length).toBeGreaterThan(0);
    for (const { reason } of refused) expect(reason).toMatchObject(throttled);
    expect((await run(s, 1, { launchType: 'EC2', taskDefinition: 'small' })).tasks).toHaveLength(1);
  });
});

describe('what a service may launch in a minute', () => {
  it('is 500 tasks, wherever they run', async () => {
    await using s = await withSandbox();
    await withCluster(s);
    await registerTaskDefinition(s, { cpu: 1, memory: 4 });
    await registerInstance(s, 'a');
    await create(s, 'web', 600, {});
    s.sandbox.clock.advance(FIRST_LOOK);
    expect(await launched(s, 'web')).toEqual([500]);
    s.sandbox.clock.advance(59_000);
    expect(await launched(s, 'web')).toEqual([500]);
    s.sandbox.clock.advance(1000);
    expect(await launched(s, 'web')).toEqual([600]);
    s.sandbox.clock.advance(120_000);
    expect(await readService(s)).toMatchObject({ runningCount: 600, deployments: [{ rolloutState: 'COMPLETED' }] });
    await s.ecs.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', desiredCount: 1 }));
    s.sandbox.clock.advance(120_000);
    expect(await launched(s, 'web')).toEqual([1]);
  });

  it('is 500 tasks for a daemon too', async () => {
    await using s = await withSandbox();
    await withCluster(s);
    await registerTaskDefinition(s, { cpu: 1, memory: 4 });
    for (let made = 0; made < 510; made += 30) {
      await Promise.all(Array.from({ length: 30 }, (_, index) => registerInstance(s, 'a', `i-${made + index}`)));
    }
    await create(s, 'web', 0, { schedulingStrategy: 'DAEMON', desiredCount: undefined });
    s.sandbox.clock.advance(FIRST_LOOK + 58_000);
    expect(await launched(s, 'web')).toEqual([500]);
    const throttling = messagesOf(await readService(s)).filter((text) => text.includes('being throttled'));
    expect(throttling).toHaveLength(1);
    s.sandbox.clock.advance(2000);
    expect(await launched(s, 'web')).toEqual([510]);
    s.sandbox.clock.advance(120_000);
    expect(await readService(s)).toMatchObject({ runningCount: 510, deployments: [{ rolloutState: 'COMPLETED' }] });
  });
});
