import { StopTaskCommand } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { liveWorld } from './support/live-world.ts';
import {
  createCluster,
  createService,
  createServiceOnInstances,
  registerInstances,
  registerRevision,
  runTask,
  setStatus,
  updateService,
} from './support/setting.ts';

interface Update {
  readonly type: string;
  readonly cursor: string;
  readonly outcome: string | null;
  readonly isStalled: boolean;
  readonly stalledSince: string | null;
  readonly summary: string;
  readonly progress: { readonly blockedBy: readonly { readonly reason: string }[]; readonly failedTaskCount?: number };
  readonly items: readonly {
    readonly kind: string;
    readonly stalledSince: string | null;
    readonly progress: Update['progress'];
  }[];
}

const COMMON = 'type cursor outcome isStalled stalledSince summary';
const DEPLOYMENT = `subscription ($after: String) { deploymentProgress(cluster: "prod", service: "web", timeout: "PT4H",
  stallAfter: "PT2M", after: $after) { ${COMMON} progress { failedTaskCount blockedBy { reason } } } }`;
const DEPLOYMENTS = `subscription ($after: String) { deployments(cluster: "prod", stallAfter: "PT2M", after: $after) { ${COMMON}
  items { kind stalledSince progress { blockedBy { reason } } } } }`;
const DRAIN = `subscription ($after: String) { drainProgress(cluster: "prod", stallAfter: "PT2M", after: $after) { ${COMMON}
  progress { blockedBy { reason } } } }`;
const DRAINS = DEPLOYMENTS.replace('deployments(', 'drains(');

/** Long enough for a stall to be repeated, if that happened. */
const WHILE = 300_000;
const types = (events: readonly Update[]) => events.map(({ type }) => type);
const kinds = (events: readonly Update[]) => events.flatMap(({ items }) => items.map(({ kind }) => kind));
/** Where a stream of events goes into a stall and out of it. */
const turns = (events: readonly Update[]) =>
  events.filter(({ isStalled }, index) => isStalled !== (events[index - 1]?.isStalled ?? false));

describe('a service whose tasks run for 20 s and exit', () => {
  it('is stalled once, as long as that goes on, and says why', async () => {
    await using world = await liveWorld();
    await createCluster(world);
    await registerRevision(world, 'sandbox/exit-after:20-1');
    await createService(world, { desiredCount: 4 });
    const stream = await world.subscribe<Update>(DEPLOYMENT);
    const feed = await world.subscribe<Update>(DEPLOYMENTS);
    await world.pass(WHILE);

    expect(types(stream.events).filter((type) => type === 'STALLED')).toHaveLength(1);
    expect(turns(stream.events)).toMatchObject([{ type: 'STALLED' }]);
    const last = stream.events.at(-1);
    expect(last?.progress.failedTaskCount).toBeGreaterThan(4);
    expect(last?.progress.blockedBy.map(({ reason }) => reason)).toContain('TASKS_KEEP_EXITING');
    expect(last?.stalledSince).toBe(stream.events.find(({ type }) => type === 'STALLED')?.stalledSince);

    expect(kinds(feed.events)).toEqual(['ONGOING', 'STALLED']);
    const [, stalled] = feed.events.flatMap(({ items }) => items);
    expect(stalled?.progress.blockedBy.map(({ reason }) => reason)).toEqual(['TASKS_KEEP_EXITING']);

    // A subscriber that comes during a stall learns it from the first event only; one that resumes does not get it
    // again.
    const late = await world.subscribe<Update>(DEPLOYMENT);
    const lateFeed = await world.subscribe<Update>(DEPLOYMENTS);
    const back = await world.subscribe<Update>(DEPLOYMENT, { after: last?.cursor });
    await world.pass(30_000);
    expect(late.events[0]).toMatchObject({ type: 'SNAPSHOT', isStalled: true, stalledSince: last?.stalledSince });
    expect(kinds(lateFeed.events)).toEqual(['STALLED']);
    expect(lateFeed.events[0]).toMatchObject({ isStalled: true });
    expect(types([...late.events, ...back.events])).not.toContain('STALLED');
    expect([...late.events, ...back.events].every(({ isStalled }) => isStalled)).toBe(true);

    // What is found already stalled, by a gateway that has just started, is known by its age.
    world.restart();
    const first = await world.subscribe<Update>(DEPLOYMENT);
    expect(first.events).toMatchObject([{ type: 'SNAPSHOT', isStalled: true }]);

    // A deployment that started in the second of the request may be the one that was meant.
    await world.pass(6_000);
    await registerRevision(world, 'web:2');
    await updateService(world);
    await world.until(() => first.isDone);
    expect(first.events.at(-1)).toMatchObject({ outcome: 'SUPERSEDED', isStalled: false, stalledSince: null });
  });

  it('goes on when its tasks stay, which ends the stall', async () => {
    await using world = await liveWorld();
    await createCluster(world);
    await registerInstances(world, 1);
    await createServiceOnInstances(world, { desiredCount: 9 });
    const stream = await world.subscribe<Update>(DEPLOYMENT);
    const feed = await world.subscribe<Update>(DEPLOYMENTS);
    await world.until(() => types(stream.events).includes('STALLED'));
    for (let instances = 0; instances < 2; instances += 1) {
      await registerInstances(world, 1);
      await world.pass(100_000);
    }
    await world.until(() => stream.isDone);
    expect(turns(stream.events)).toMatchObject([{ type: 'STALLED' }, { type: 'CHANGED', isStalled: false }]);
    expect(stream.events.at(-1)).toMatchObject({ outcome: 'SUCCEEDED' });
    await world.pass(60_000);
    expect(kinds(feed.events)).toEqual(['ONGOING', 'STALLED', 'RESUMED', 'ENDED']);
    expect(turns(feed.events)).toHaveLength(2);
    const replayed = await world.subscribe<Update>(DEPLOYMENT, { after: stream.events[0]?.cursor });
    await world.until(() => replayed.isDone);
    // Repeated events say whether they happened within the stall.
    expect(turns(replayed.events).map(({ isStalled }) => isStalled)).toEqual([true, false]);
  });

  it('that never start are as stalled, however their number of failures rises', async () => {
    await using world = await liveWorld();
    await createCluster(world);
    await registerRevision(world, 'sandbox/exit:1');
    await createService(world, { desiredCount: 2 });
    const feed = await world.subscribe<Update>(DEPLOYMENTS);
    await world.pass(WHILE);
    expect(kinds(feed.events)).toEqual(['ONGOING', 'STALLED']);
    expect(feed.events.at(-1)).toMatchObject({ isStalled: true });
  });
});

describe('a drain', () => {
  it('is stalled while no task leaves, and goes on when one does', async () => {
    await using world = await liveWorld();
    await createCluster(world);
    const [instance = ''] = await registerInstances(world, 1);
    await createServiceOnInstances(world, { desiredCount: 0 });
    const tasks = [await runTask(world, { launchType: 'EC2' }), await runTask(world, { launchType: 'EC2' })];
    await world.pass(60_000);
    await setStatus(world, [instance], 'DRAINING');
    const stream = await world.subscribe<Update>(DRAIN);
    const feed = await world.subscribe<Update>(DRAINS);
    for (const task of tasks) {
      await world.pass(160_000);
      await world.ecs.send(new StopTaskCommand({ cluster: 'prod', task }));
    }
    await world.until(() => stream.isDone);
    expect(turns(stream.events).map(({ type, isStalled }) => `${type} ${isStalled}`)).toEqual([
      'STALLED true',
      'CHANGED false',
      'STALLED true',
      'ENDED false',
    ]);
    await world.pass(60_000);
    expect(kinds(feed.events)).toEqual(['ONGOING', 'STALLED', 'RESUMED', 'STALLED', 'ENDED']);
  });

  it('is stalled while the replacements of its tasks run and exit', async () => {
    await using world = await liveWorld();
    await createCluster(world);
    const [instance = ''] = await registerInstances(world, 2, 2_048);
    await createServiceOnInstances(world, { desiredCount: 2 });
    await world.pass(200_000);
    await registerRevision(world, 'sandbox/exit-after:20-1', {
      networkMode: 'bridge',
      requiresCompatibilities: ['EC2'],
    });
    await updateService(world);
    await world.pass(60_000);
    await setStatus(world, [instance], 'DRAINING');
    const stream = await world.subscribe<Update>(DRAIN);
    await world.pass(WHILE);
    const stalled = stream.events.filter(({ type }) => type === 'STALLED');
    expect(stalled).toHaveLength(1);
    expect(stalled[0]?.progress.blockedBy.map(({ reason }) => reason)).toContain('TASKS_KEEP_EXITING');
  });
});
