import { ListTasksCommand, StopTaskCommand } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { type BucketName, OPERATIONS, type OperationName, RATE_BUCKETS } from '../../src/ecs/core/operations.ts';
import { type LiveWorld, type LiveWorldOptions, liveWorld, type Stream } from './support/live-world.ts';
import { bakingServices, createCluster, createService, registerRevision } from './support/setting.ts';

interface Update {
  readonly type: string;
  readonly changes: readonly { readonly field: string; readonly after: string | null }[];
}

const JOINING = 200;

/** Services with ten tasks each that start to deploy, in one cluster. */
async function deploying(services: number, options?: LiveWorldOptions): Promise<LiveWorld> {
  const world = await liveWorld(options);
  // All of the tasks at once, so that there is as much as possible to poll from the first round on.
  world.sandbox.faults.set({ launchRates: { enabled: false, scale: 1 } });
  await createCluster(world);
  await registerRevision(world);
  for (let i = 0; i < services; i += 1) await createService(world, { serviceName: `web-${i}`, desiredCount: 10 });
  // Until the scheduler has planned for them they have no tasks.
  await world.pass(15_000);
  return world;
}

/** Some at a time: a thousand at once take longer than a call may on a busy machine. */
async function follow(world: LiveWorld, services: number, followers: number) {
  const joined: Stream<Update>[] = [];
  while (joined.length < services * followers) {
    const joining = Array.from({ length: Math.min(JOINING, services * followers - joined.length) }, (_, i) =>
      world.subscribe<Update>(
        `subscription { deploymentProgress(cluster: "prod", service: "web-${(joined.length + i) % services}") { type changes { field after } progress { percent } } }`,
      ),
    );
    joined.push(...(await Promise.all(joining)));
  }
  return joined;
}

async function callsIn(world: LiveWorld, ms: number): Promise<Partial<Record<OperationName, number>>> {
  world.sandbox.resetCalls();
  await world.pass(ms);
  return { ...world.sandbox.calls() };
}

/** The calls of those seconds in which anything was looked at. */
async function rounds(world: LiveWorld, seconds: number) {
  const calls: Partial<Record<OperationName, number>>[] = [];
  for (let tick = 0; tick < seconds; tick += 1) calls.push(await callsIn(world, 1_000));
  return calls.filter((made) => Object.keys(made).length > 0);
}

/** Ten DescribeServices find the current deployments of all subscribers who came in a second. */
async function expectFewAsked(world: LiveWorld, began: number): Promise<void> {
  const seconds = 1 + Math.ceil((world.timers.monotonic() - began) / 1_000);
  const first = await rounds(world, 8);
  const described = first.reduce((sum, { DescribeServices = 0 }) => sum + DescribeServices, 0);
  const asked = described - 10 * first.filter(({ ListTasks }) => ListTasks !== undefined).length;
  expect(asked).toBeGreaterThanOrEqual(10);
  expect(asked).toBeLessThanOrEqual(10 * seconds);
}

describe('1,000 subscribers of 100 services in one cluster, with 10 tasks each', () => {
  const round = { DescribeServices: 10, DescribeServiceDeployments: 5, ListTasks: 11 };

  it('cost what 100 services cost, all of them in one round a tick', async () => {
    await using world = await deploying(100);
    const began = world.timers.monotonic();
    const streams = await follow(world, 100, 10);
    expect([world.hub.activeTopics, world.hub.followers]).toEqual([100, 1_000]);
    await expectFewAsked(world, began);
    const costly = await rounds(world, 14);
    expect(costly.length).toBeGreaterThan(2);
    // Full batches, and the cluster's lists once: ten pages of tasks that are to run, one of those that are to stop.
    for (const calls of costly) expect(calls).toEqual({ ...round, DescribeTasks: 10 });
    expect(streams.every(({ errors, events }) => errors.length === 0 && events.length > 0)).toBe(true);
    await Promise.all(streams.map((stream) => stream.leave()));
    expect(await callsIn(world, 60_000)).toEqual({});
    expect([world.timers.pending, world.hub.activeTopics]).toEqual([0, 0]);
  });

  it('have their tasks listed in each round, and described a hundred at a time once they run steadily', async () => {
    await using world = await bakingServices(100, 5);
    const began = world.timers.monotonic();
    const streams = await follow(world, 100, 1);
    await expectFewAsked(world, began);
    const quiet = await rounds(world, 30);
    expect(quiet.length).toBeGreaterThan(5);
    for (const calls of quiet) expect(calls).toEqual({ ...round, DescribeTasks: 1 });
    // A stopping task is still noticed in the next round.
    const [task = ''] =
      (await world.ecs.send(new ListTasksCommand({ cluster: 'prod', serviceName: 'web-7' }))).taskArns ?? [];
    await world.ecs.send(new StopTaskCommand({ cluster: 'prod', task }));
    const before = streams.map(({ events }) => events.length);
    const disturbed = await rounds(world, 6);
    expect(disturbed.every(({ DescribeTasks = 0 }) => DescribeTasks <= 2)).toBe(true);
    const changed = streams.flatMap(({ events }, i) => (events.length > (before[i] ?? 0) ? [i] : []));
    expect(changed).toEqual([7]);
    const fields = streams[7]?.events.slice(before[7]).flatMap(({ changes }) => changes.map(({ field }) => field));
    expect(fields).toContain('stoppingTaskCount');
    expect(streams.flatMap(({ errors }) => errors)).toEqual([]);
  });
});

describe('pollers', () => {
  it('take at most half of any bucket, and still report everything', async () => {
    await using world = await deploying(100, { rateShare: 1 });
    const streams = await follow(world, 100, 1);
    const seconds = 30;
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
    // The bucket is used, too: twenty-one calls a round of lists and tasks.
    expect(buckets.get('clusterResourceRead')).toBeGreaterThan(120);
    expect(streams.every(({ events }) => events.length > 1 && events.every(({ type }) => type !== 'DEGRADED'))).toBe(
      true,
    );
  });
});
