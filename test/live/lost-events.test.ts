import { ListTasksCommand, StopTaskCommand } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { type LiveWorld, liveWorld, type Stream } from './support/live-world.ts';
import { createCluster, createService, registerRevision, updateService } from './support/setting.ts';

interface Update {
  readonly summary: string;
}

/** Long enough for the longest time between two polls of what is quiet. */
const QUIET_MS = 600_000;

async function startService(): Promise<LiveWorld> {
  const world = await liveWorld({ withInventory: true });
  await createCluster(world);
  await registerRevision(world);
  await createService(world, { serviceName: 'web', desiredCount: 3 });
  await world.pass(300_000);
  return world;
}

async function stopTask({ ecs }: LiveWorld): Promise<void> {
  const { taskArns = [] } = await ecs.send(new ListTasksCommand({ cluster: 'prod', serviceName: 'web' }));
  await ecs.send(new StopTaskCommand({ cluster: 'prod', task: taskArns[0] }));
}

/** How long it takes until a stream has a new event, in milliseconds. */
async function timeToNews(world: LiveWorld, stream: Stream<Update>, mostMs: number): Promise<number> {
  const before = stream.events.length;
  const startedAt = world.timers.monotonic();
  await world.until(() => stream.events.length > before, mostMs);
  return world.timers.monotonic() - startedAt;
}

const followEvents = (world: LiveWorld) =>
  world.subscribe<Update>('subscription { serviceEvents(cluster: "prod", service: "web") { summary } }');

describe('a change of something quiet whose events are all lost', () => {
  it('is found by the next poll of the safety net, which comes after 256 s at most', async () => {
    await using world = await startService();
    const stream = await followEvents(world);
    await world.pass(QUIET_MS);
    world.source.distort = () => [];
    await stopTask(world);
    world.sandbox.resetCalls();
    expect(await timeToNews(world, stream, 300_000)).toBeLessThanOrEqual(260_000);
    expect(stream.events.map(({ summary }) => summary).slice(-2)).toContainEqual(
      expect.stringContaining('has started 1 tasks'),
    );
    // Nothing but the safety net, and the counts of each minute.
    const { DescribeServices = 0, ListTasks = 0 } = world.sandbox.calls();
    expect(DescribeServices).toBeLessThanOrEqual(3);
    expect(ListTasks).toBeLessThanOrEqual(4);
    expect(stream.errors).toEqual([]);
  });

  it('is found within two minutes, long before the next poll, if it changes counts that the inventory compares', async () => {
    await using world = await startService();
    const stream = await followEvents(world);
    await world.pass(QUIET_MS);
    const delays: number[] = [];
    world.source.distort = () => [];
    for (const desiredCount of [2, 4, 3, 1]) {
      await updateService(world, { service: 'web', desiredCount });
      delays.push(await timeToNews(world, stream, 300_000));
      await world.pass(QUIET_MS);
    }
    // A minute between two readings of the counts, half a minute for a difference that lasts, and the task's own steps.
    expect(Math.max(...delays)).toBeLessThanOrEqual(150_000);
    expect(stream.errors).toEqual([]);
  });
});

describe('a change of a deployment in progress whose events are all lost', () => {
  it('is found within 64 s', async () => {
    await using world = await startService();
    const deploymentConfiguration = { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 1_440 } as const;
    await updateService(world, { service: 'web', forceNewDeployment: true, deploymentConfiguration });
    const stream = await world.subscribe<Update>(
      'subscription { deploymentProgress(cluster: "prod", service: "web") { summary } }',
    );
    await world.pass(QUIET_MS);
    world.source.distort = () => [];
    await stopTask(world);
    expect(await timeToNews(world, stream, 120_000)).toBeLessThanOrEqual(68_000);
    expect(stream.errors).toEqual([]);
  });
});

describe('a change that an answer of ECS shows before its event', () => {
  it('is passed on at once: the event that follows is a duplicate', async () => {
    await using world = await startService();
    const stream = await followEvents(world);
    await world.pass(QUIET_MS);
    world.source.distort = () => [];
    await stopTask(world);
    world.sandbox.clock.advance(2_000);
    const before = stream.events.length;
    // A query with members that no event holds describes the tasks of the list.
    await world.run('{ cluster(cluster: "prod") { tasks { nodes { healthStatus } } } }');
    await world.timers.pass(300, () => world.hub.settled());
    expect(stream.events.length).toBeGreaterThan(before);
  });
});
