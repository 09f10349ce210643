import { describe, expect, it } from 'vitest';
import { type BucketName, OPERATIONS, type OperationName, RATE_BUCKETS } from '../../src/ecs/operations.ts';
import { createCluster, createService, registerRevision } from './setting.ts';
import { type LiveWorld, type LiveWorldOptions, liveWorld } from './world.ts';

const TASKS = 10;

/** So many services that deploy, in one cluster, each followed by so many. */
async function deploying(services: number, followers: number, options?: LiveWorldOptions) {
  const world = await liveWorld(options);
  // All of the tasks at once, so that there is as much as possible to poll from the first round on.
  world.sandbox.faults.set({ launchRates: { enabled: false, scale: 1 } });
  await createCluster(world);
  await registerRevision(world);
  for (let i = 0; i < services; i += 1) await createService(world, { serviceName: `web-${i}`, desiredCount: TASKS });
  const streams = await Promise.all(
    Array.from({ length: services * followers }, (_, i) =>
      world.subscribe<{ readonly type: string }>(
        `subscription { deploymentProgress(cluster: "prod", service: "web-${i % services}") { type progress { percent } } }`,
      ),
    ),
  );
  return { world, streams };
}

async function callsIn(world: LiveWorld, ms: number): Promise<Partial<Record<OperationName, number>>> {
  world.sandbox.resetCalls();
  await world.pass(ms);
  return { ...world.sandbox.calls() };
}

describe('1,000 subscribers of 100 services in one cluster, with 10 tasks each', () => {
  it('cost what 100 services cost, all of them in one round a tick', async () => {
    const { world, streams } = await deploying(100, 10);
    await using _ = world;
    expect([world.hub.activeTopics, world.hub.followers]).toEqual([100, 1_000]);
    await world.pass(1_000);
    const rounds: object[] = [];
    for (let tick = 0; tick < 14; tick += 1) rounds.push(await callsIn(world, 1_000));
    const costly = rounds.filter((calls) => Object.keys(calls).length > 0);
    expect(costly.length).toBeGreaterThan(2);
    for (const calls of costly) {
      // Full batches, and the cluster's lists once: ten pages of tasks that are to run, one of those that are to stop.
      expect(calls).toEqual({ DescribeServices: 10, DescribeServiceDeployments: 5, ListTasks: 11, DescribeTasks: 10 });
    }
    expect(streams.every(({ errors, events }) => errors.length === 0 && events.length > 0)).toBe(true);
    await Promise.all(streams.map((stream) => stream.leave()));
    expect(await callsIn(world, 60_000)).toEqual({});
    expect([world.timers.pending, world.hub.activeTopics]).toEqual([0, 0]);
  });
});

describe('pollers', () => {
  it('take at most half of any bucket, and tell all the same', async () => {
    const { world, streams } = await deploying(100, 1, { rateShare: 1 });
    await using _ = world;
    const seconds = 20;
    const calls = await callsIn(world, seconds * 1_000);
    const buckets = new Map<BucketName, number>();
    for (const [operation, count] of Object.entries(calls)) {
      const { bucket } = OPERATIONS[operation as OperationName];
      buckets.set(bucket, (buckets.get(bucket) ?? 0) + count);
    }
    for (const [bucket, count] of buckets) {
      const { burst, refill } = RATE_BUCKETS[bucket];
      expect({ bucket, half: count <= (burst + refill * seconds) / 2 }).toEqual({ bucket, half: true });
    }
    // It is used, too: twenty-one calls a round of lists and tasks.
    expect(buckets.get('clusterResourceRead')).toBeGreaterThan(120);
    expect(streams.every(({ events }) => events.length > 1 && events.every(({ type }) => type !== 'DEGRADED'))).toBe(
      true,
    );
  });
});
