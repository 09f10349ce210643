import { ContinueServiceDeploymentCommand, type DeploymentConfiguration } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { type LiveWorld, liveWorld, type Stream } from '../support/live-world.ts';
import { control, createCluster, createService, registerRevision, updateService } from '../support/setting.ts';

interface Update {
  readonly type: string;
  readonly outcome: string | null;
  readonly summary: string;
  readonly progress: {
    readonly percent: number;
    readonly strategy: string;
    readonly lifecycleStage: string | null;
    readonly serviceDeploymentArn: string;
    readonly targetRevision: { readonly requestedProductionTrafficWeight: number };
    readonly estimate: { readonly basis: string; readonly remaining: string } | null;
    readonly hooks: { readonly hookId: string; readonly status: string }[];
    readonly blockedBy: { readonly reason: string }[];
    readonly triggeredAlarms: string[];
    readonly ending: { readonly cause: string | null } | null;
  };
}

const QUERY = `subscription { deploymentProgress(cluster: "prod", service: "web", timeout: "P2D") { type outcome summary changes { field after }
  progress { percent strategy lifecycleStage serviceDeploymentArn targetRevision { requestedProductionTrafficWeight } estimate { basis remaining }
    hooks { hookId status } blockedBy { reason message } triggeredAlarms ending { cause } } } }`;

/** A service that is deploying in this way, followed. */
async function deploying(world: LiveWorld, deploymentConfiguration: DeploymentConfiguration): Promise<Stream<Update>> {
  await createCluster(world);
  await registerRevision(world);
  await createService(world, { desiredCount: 2 });
  await world.pass(200_000);
  await updateService(world, { deploymentConfiguration });
  await registerRevision(world, 'web:2');
  await updateService(world);
  return world.subscribe<Update>(QUERY);
}

const stages = (stream: Stream<Update>) => [...new Set(stream.events.map(({ progress }) => progress.lifecycleStage))];

describe('deploymentProgress, by strategy', () => {
  it('shows each stage of a blue/green deployment, and estimates its bake', async () => {
    await using world = await liveWorld();
    const stream = await deploying(world, { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 1 });
    await world.until(() => stream.isDone);
    expect(stream.errors).toEqual([]);
    expect(stages(stream)).toEqual(expect.arrayContaining(['SCALE_UP', 'PRODUCTION_TRAFFIC_SHIFT', 'BAKE_TIME']));
    expect(
      stream.events.find(({ progress }) => progress.lifecycleStage === 'BAKE_TIME')?.progress.estimate,
    ).toMatchObject({ basis: 'BAKE_TIME' });
    const percents = stream.events.map(({ progress }) => progress.percent);
    expect(percents).toEqual([...percents].sort((a, b) => a - b));
    expect(stream.events.at(-1)).toMatchObject({
      outcome: 'SUCCEEDED',
      progress: { strategy: 'BLUE_GREEN', percent: 100 },
    });
  });

  it.each([
    ['LINEAR', { linearConfiguration: { stepPercent: 25, stepBakeTimeInMinutes: 1 } }, [25, 50, 75, 100]],
    ['CANARY', { canaryConfiguration: { canaryPercent: 10, canaryBakeTimeInMinutes: 2 } }, [10, 100]],
  ] as const)('tells the traffic of a %s deployment step by step', async (strategy, configuration, weights) => {
    await using world = await liveWorld();
    const stream = await deploying(world, { strategy, bakeTimeInMinutes: 1, ...configuration });
    await world.until(() => stream.isDone);
    const shown = new Set(
      stream.events.map(({ progress }) => progress.targetRevision.requestedProductionTrafficWeight),
    );
    expect([...shown]).toEqual(expect.arrayContaining([...weights]));
    expect(stream.events.some(({ progress }) => progress.estimate?.basis === 'TRAFFIC_STEPS')).toBe(true);
    expect(stream.events.at(-1)?.outcome).toBe('SUCCEEDED');
  });

  it.each(['CONTINUE', 'ROLLBACK'] as const)(
    'says that a pause hook waits for an answer, and takes %s',
    async (action) => {
      await using world = await liveWorld();
      const stream = await deploying(world, {
        strategy: 'BLUE_GREEN',
        bakeTimeInMinutes: 0,
        lifecycleHooks: [{ targetType: 'PAUSE', lifecycleStages: ['POST_TEST_TRAFFIC_SHIFT'] }],
      });
      await world.until(
        () => stream.events.at(-1)?.progress.blockedBy.some(({ reason }) => reason === 'AWAITING_HOOK') ?? false,
      );
      const { serviceDeploymentArn, hooks } = (stream.events.at(-1) as Update).progress;
      const hookId = hooks.find(({ status }) => status === 'AWAITING_ACTION')?.hookId;
      await world.ecs.send(new ContinueServiceDeploymentCommand({ serviceDeploymentArn, hookId, action }));
      await world.until(() => stream.isDone);
      expect(stream.events.at(-1)?.outcome).toBe(action === 'CONTINUE' ? 'SUCCEEDED' : 'ROLLED_BACK');
    },
  );

  it('says which alarm rolled it back', async () => {
    await using world = await liveWorld();
    const stream = await deploying(world, { alarms: { enable: true, rollback: true, alarmNames: ['slow', 'errors'] } });
    await world.pass(20_000);
    await control(world, 'alarms', { name: 'errors', state: 'ALARM' });
    await world.until(() => stream.isDone);
    expect(stream.events.at(-1)).toMatchObject({
      outcome: 'ROLLED_BACK',
      progress: { ending: { cause: 'ALARM' }, triggeredAlarms: ['errors'] },
    });
  });
});

describe('deploymentProgress, when ECS is not well', () => {
  it.each(['throttle', 'serverError', 'reset', 'truncate'] as const)(
    'says that it is degraded while %s, and misses no end',
    async (fault) => {
      await using world = await liveWorld();
      const stream = await deploying(world, {});
      await world.pass(5_000);
      world.sandbox.faults.set({ rules: [{ fault }] });
      await world.pass(200_000);
      expect(stream.isDone).toBe(false);
      expect(stream.events.filter(({ type }) => type === 'DEGRADED')).toHaveLength(1);
      world.sandbox.faults.clear();
      await world.until(() => stream.isDone);
      expect(stream.errors).toEqual([]);
      expect(stream.events.filter(({ outcome }) => outcome !== null)).toHaveLength(1);
      expect(stream.events.at(-1)).toMatchObject({ type: 'ENDED', outcome: 'SUCCEEDED' });
    },
  );

  it('goes through with every third call throttled and late reads', async () => {
    await using world = await liveWorld();
    world.sandbox.faults.set({ staleReadsMs: 2_000 });
    const stream = await deploying(world, {});
    world.sandbox.faults.set({ rules: [{ fault: 'throttle', rate: 0.3 }], staleReadsMs: 2_000 });
    await world.until(() => stream.isDone);
    expect(stream.errors).toEqual([]);
    expect(stream.events.filter(({ outcome }) => outcome !== null)).toHaveLength(1);
    expect(stream.events.at(-1)?.outcome).toBe('SUCCEEDED');
    const percents = stream.events.map(({ progress }) => progress.percent);
    expect(percents.at(-1)).toBe(100);
  });
});
