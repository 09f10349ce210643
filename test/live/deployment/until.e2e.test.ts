import { describe, expect, it } from 'vitest';
import { hasReached, MOMENTS } from '../../../src/live/deployment/deployment-moment.ts';
import { type LiveWorld, liveWorld, type Stream } from '../support/live-world.ts';
import { createCluster, createService, registerRevision, updateService } from '../support/setting.ts';

interface Update {
  readonly type: string;
  readonly outcome: string | null;
  readonly clusterName: string;
  readonly serviceName: string;
  readonly taskDefinitionArn: string | null;
  readonly images: readonly { readonly raw: string; readonly digest: string | null }[] | null;
  readonly progress: { readonly lifecycleStage: string | null; readonly hooks: { readonly status: string }[] };
}

const subscribe = (world: LiveWorld, args = '') =>
  world.subscribe<Update>(
    `subscription { deploymentProgress(cluster: "prod", service: "web", timeout: "P2D"${args}) { type outcome clusterName serviceName taskDefinitionArn images { raw digest }
      progress { lifecycleStage hooks { status } } } }`,
  );

/** A service that is deploying by blue/green, with a pause before the production traffic shifts. */
async function deploying(world: LiveWorld): Promise<void> {
  await createCluster(world);
  await registerRevision(world);
  await createService(world, { desiredCount: 2 });
  await world.pass(200_000);
  const lifecycleHooks = [
    {
      targetType: 'PAUSE' as const,
      lifecycleStages: ['POST_TEST_TRAFFIC_SHIFT' as const],
      timeoutConfiguration: { timeoutInMinutes: 5, action: 'CONTINUE' as const },
    },
  ];
  await updateService(world, {
    deploymentConfiguration: { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 1, lifecycleHooks },
  });
  await registerRevision(world, 'web:2');
  await updateService(world);
}
const last = (stream: Stream<Update>) => stream.events.at(-1);

describe('deploymentProgress until a moment', () => {
  it('completes at a pause hook, while others follow on', async () => {
    await using world = await liveWorld();
    await deploying(world);
    const [paused, whole] = [await subscribe(world, ', until: PAUSED'), await subscribe(world)];
    await world.until(() => paused.isDone);
    expect(paused.errors).toEqual([]);
    expect(last(paused)).toMatchObject({ outcome: null, progress: { hooks: [{ status: 'AWAITING_ACTION' }] } });
    expect(
      paused.events
        .slice(0, -1)
        .every(({ progress }) => progress.hooks.every(({ status }) => status !== 'AWAITING_ACTION')),
    ).toBe(true);
    expect(whole.isDone).toBe(false);
    // A caller that comes while it is paused gets the one event.
    const late = await subscribe(world, ', until: PAUSED');
    await world.until(() => late.isDone);
    expect(late.events).toHaveLength(1);
  });

  it('completes at a stage or a later one, and at the end with its outcome', async () => {
    await using world = await liveWorld();
    await deploying(world);
    const [scaled, baked, never] = [
      await subscribe(world, ', until: POST_SCALE_UP'),
      await subscribe(world, ', until: BAKE_TIME'),
      await subscribe(world, ', until: CLEAN_UP'),
    ];
    await world.until(() => never.isDone, 3 * 3_600_000);
    expect(last(scaled)?.outcome).toBeNull();
    expect(['POST_SCALE_UP', 'TEST_TRAFFIC_SHIFT', 'POST_TEST_TRAFFIC_SHIFT']).toContain(
      last(scaled)?.progress.lifecycleStage,
    );
    expect(last(baked)).toMatchObject({ outcome: null, progress: { lifecycleStage: 'BAKE_TIME' } });
    expect(never.isDone).toBe(true);
  });

  it('has the names, the revision and the images in each event, and costs a description only without tasks', async () => {
    await using world = await liveWorld();
    await deploying(world);
    const stream = await subscribe(world);
    world.sandbox.resetCalls();
    await world.pass(600_000);
    expect(stream.events.length).toBeGreaterThan(3);
    for (const event of stream.events)
      expect(event).toMatchObject({
        clusterName: 'prod',
        serviceName: 'web',
        taskDefinitionArn: expect.stringMatching(/:task-definition\/web:2$/),
        images: [{ raw: 'web:2' }],
      });
    const withDigest = stream.events.filter(({ images }) => images?.[0]?.digest != null);
    expect(withDigest.length).toBeGreaterThan(0);
    expect(world.sandbox.calls().DescribeTaskDefinition ?? 0).toBeLessThan(stream.events.length);
  });
});

describe('a moment', () => {
  const at = (lifecycleStage: string | null, isRollingBack = false) => ({ lifecycleStage, isRollingBack, hooks: [] });

  it('is reached by its stage and the later ones, in the order of ECS', () => {
    const stages = MOMENTS.slice(1);
    for (const [index, moment] of stages.entries())
      expect(stages.map((stage) => hasReached(moment, at(stage)))).toEqual(stages.map((_, place) => place >= index));
    expect(hasReached('SCALE_UP', at(null))).toBe(false);
    expect(hasReached('SCALE_UP', at('A_STAGE_OF_NEXT_YEAR'))).toBe(false);
    expect(hasReached('SCALE_UP', at('CLEAN_UP', true))).toBe(false);
  });

  it('of a pause is a hook that waits', () => {
    const withHook = (status: string) => ({ ...at('SCALE_UP'), hooks: [{ status }] });
    expect(hasReached('PAUSED', withHook('AWAITING_ACTION'))).toBe(true);
    expect(hasReached('PAUSED', withHook('SUCCEEDED'))).toBe(false);
  });
});
