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

    // A gateway that has just started knows a stall by its age.
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

/** One computation: what a feed, a stream and a query report of the same deployment. */
interface Standing {
  readonly percent: number;
  readonly healthyTaskCount: number | null;
  readonly failedTaskCount: number | null;
  readonly blockedBy: readonly { readonly reason: string }[];
}
interface Stall {
  readonly type: string;
  readonly isStalled: boolean;
  readonly stalledSince: string | null;
  readonly progress: Standing;
  readonly items: readonly {
    readonly kind: string;
    readonly stalledSince: string | null;
    readonly progress: Standing;
  }[];
}
const STANDING = 'percent healthyTaskCount failedTaskCount stoppingTaskCount blockedBy { reason }';
const FOLLOWED = `subscription { deploymentProgress(cluster: "prod", service: "web", stallAfter: "PT2M") {
  type isStalled stalledSince progress { ${STANDING} } } }`;
const FED = `subscription { deployments(cluster: "prod", stallAfter: "PT2M") {
  type isStalled stalledSince items { kind stalledSince progress { ${STANDING} } } } }`;
/** Runs for 20 s and exits. */
const LOOP = 'sandbox/exit-after:20-1';
const LOOK = `{ service(cluster: "prod", service: "web") { deploymentProgress { isStalled stalledSince progress { ${STANDING} } } } }`;

type World = Awaited<ReturnType<typeof liveWorld>>;

/** A first event of each: a feed and a stream that start now, and a query. */
async function newcomers(world: World) {
  const stream = await world.subscribe<Stall>(FOLLOWED);
  const feed = await world.subscribe<Stall>(FED);
  const { service } = await world.run<{ service: { deploymentProgress: Stall } }>(LOOK);
  await Promise.all([stream.leave(), feed.leave()]);
  const [followed, fed] = [stream.events[0], feed.events[0]];
  return { followed, fed, item: fed?.items[0], looked: service.deploymentProgress };
}

/** Longer than a topic without followers is kept. */
const FORGOTTEN = 310_000;

describe.each([
  ['in a first deployment', false],
  ['while old tasks are replaced', true],
])('a crash loop %s', (_name, isUpdate) => {
  it('is one stall for all followers, and for those that come while no other follows', async () => {
    await using world = await liveWorld();
    const deploymentConfiguration = { minimumHealthyPercent: 50, maximumPercent: 100 };
    await createCluster(world);
    await registerRevision(world, isUpdate ? 'web:1' : LOOP);
    await createService(world, { desiredCount: 4, deploymentConfiguration });
    if (isUpdate) {
      await world.pass(150_000);
      await registerRevision(world, LOOP);
      await updateService(world);
    }
    const stream = await world.subscribe<Stall>(FOLLOWED);
    const feed = await world.subscribe<Stall>(FED);
    await world.pass(WHILE);
    expect(stream.events.filter(({ type }) => type === 'STALLED')).toHaveLength(1);
    expect(feed.events.flatMap(({ items }) => items.map(({ kind }) => kind))).toEqual(['ONGOING', 'STALLED']);
    const stalledSince = stream.events.at(-1)?.stalledSince ?? null;
    expect(feed.events.at(-1)?.stalledSince).toBe(stalledSince);
    const percent = isUpdate ? 25 : 0;
    expect(stream.events.at(-1)?.progress.percent).toBe(percent);
    await Promise.all([stream.leave(), feed.leave()]);

    await world.pass(FORGOTTEN);
    const { followed, fed, item, looked } = await newcomers(world);
    expect(fed).toMatchObject({ type: 'SNAPSHOT', isStalled: true, stalledSince });
    expect(item).toMatchObject({ kind: 'STALLED', stalledSince, progress: { percent, healthyTaskCount: 0 } });
    expect(followed).toMatchObject({ type: 'SNAPSHOT', isStalled: true, stalledSince });
    expect(looked).toMatchObject({ isStalled: true, stalledSince });
    expect(item?.progress).toEqual(followed?.progress);
    expect(looked.progress).toEqual(followed?.progress);
    expect(followed?.progress.blockedBy.map(({ reason }) => reason)).toContain('TASKS_KEEP_EXITING');

    // The stall is not reported again.
    const [late, lateFeed] = [await world.subscribe<Stall>(FOLLOWED), await world.subscribe<Stall>(FED)];
    await world.pass(150_000);
    expect(late.events.map(({ type }) => type)).not.toContain('STALLED');
    expect(late.events.every((event) => event.isStalled && event.stalledSince === stalledSince)).toBe(true);
    expect(lateFeed.events.flatMap(({ items }) => items.map(({ kind }) => kind))).toEqual(['STALLED']);

    // A gateway that has just started knows it from the dates of the tasks.
    world.restart();
    const anew = await newcomers(world);
    for (const one of [anew.followed, anew.fed, anew.item, anew.looked])
      expect(Math.abs(Date.parse(one?.stalledSince ?? '') - Date.parse(stalledSince ?? ''))).toBeLessThan(30_000);
    for (const one of [anew.followed, anew.item, anew.looked]) expect(one?.progress.percent).toBe(percent);
  });
});

describe('a drain that is stalled', () => {
  const STALLED_DRAIN = DRAIN.replace('progress {', 'progress { remainingTaskCount');

  it('is the same stall for followers that come while no other follows', async () => {
    await using world = await liveWorld();
    await createCluster(world);
    const [instance = ''] = await registerInstances(world, 1);
    await createServiceOnInstances(world, { desiredCount: 0 });
    const task = await runTask(world, { launchType: 'EC2' });
    await world.pass(60_000);
    await setStatus(world, [instance], 'DRAINING');
    const stream = await world.subscribe<Update>(STALLED_DRAIN);
    await world.pass(150_000);
    const stalledSince = stream.events.at(-1)?.stalledSince;
    expect(stream.events.at(-1)).toMatchObject({ type: 'STALLED', isStalled: true });
    await stream.leave();
    await world.pass(FORGOTTEN);
    const late = await world.subscribe<Update>(STALLED_DRAIN);
    const feed = await world.subscribe<Update>(DRAINS);
    expect(late.events).toMatchObject([{ type: 'SNAPSHOT', isStalled: true, stalledSince }]);
    expect(feed.events).toMatchObject([{ isStalled: true, stalledSince, items: [{ kind: 'STALLED', stalledSince }] }]);
    const look = await world.run<{ cluster: { containerInstances: { nodes: { drainProgress: Update }[] } } }>(
      '{ cluster(cluster: "prod") { containerInstances { nodes { drainProgress { isStalled stalledSince } } } } }',
    );
    // The query's stall begins after ten minutes.
    expect(look.cluster.containerInstances.nodes[0]?.drainProgress.isStalled).toBe(false);
    await Promise.all([late.leave(), feed.leave()]);

    // Another drain of the same instance has not stalled yet.
    await setStatus(world, [instance], 'ACTIVE');
    await world.pass(10_000);
    await setStatus(world, [instance], 'DRAINING');
    await world.pass(FORGOTTEN);
    const again = await world.subscribe<Update>(DRAINS);
    expect(kinds(again.events)).toEqual(['ONGOING']);
    await world.ecs.send(new StopTaskCommand({ cluster: 'prod', task }));
    await world.pass(60_000);
    expect(kinds(again.events)).toEqual(['ONGOING', 'ENDED']);
  });
});

describe('a feed that may not list tasks', () => {
  it('reports the progress that the counts and events of the service show', async () => {
    await using world = await liveWorld();
    world.sandbox.faults.set({ rules: [{ operations: ['ListTasks'], fault: 'accessDenied' }] });
    await createCluster(world);
    await registerRevision(world, LOOP);
    await createService(world, { desiredCount: 4 });
    const [stream, feed] = [await world.subscribe<Stall>(FOLLOWED), await world.subscribe<Stall>(FED)];
    await world.pass(WHILE);
    expect(feed.events.flatMap(({ items }) => items.map(({ kind }) => kind))).toEqual(['ONGOING', 'STALLED']);
    expect(stream.events.filter(({ type }) => type === 'STALLED')).toHaveLength(1);
    const { followed, item } = await newcomers(world);
    expect(item?.progress).toEqual(followed?.progress);
    expect(item?.progress).toMatchObject({
      percent: 0,
      healthyTaskCount: null,
      failedTaskCount: null,
      stoppingTaskCount: null,
    });
  });
});

describe('a count of stalled services', () => {
  it('is by the services alone, without further calls', async () => {
    await using world = await liveWorld();
    await createCluster(world);
    await registerRevision(world, LOOP);
    await createService(world, { desiredCount: 2 });
    const count = async () => {
      world.sandbox.resetCalls();
      const { overview } = await world.run<{ overview: { serviceCounts: object } }>(
        '{ overview { serviceCounts { deploying stalled } } }',
      );
      expect(world.sandbox.calls()).toEqual({ ListClusters: 1, ListServices: 1, DescribeServices: 1 });
      return overview.serviceCounts;
    };
    await world.pass(60_000);
    expect(await count()).toEqual({ deploying: 1, stalled: 0 });
    await world.pass(WHILE);
    expect(await count()).toEqual({ deploying: 1, stalled: 1 });
  });
});
