import {
  StopTaskCommand,
  UpdateContainerInstancesStateCommand,
  UpdateServiceCommand,
  type UpdateServiceCommandInput,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { FEED_FIELDS, type FeedUpdate, reported } from './support/feed-events.ts';
import { type LiveWorld, liveWorld, type Stream } from './support/live-world.ts';
import {
  createCluster,
  createService,
  createServiceOnInstances,
  registerInstances,
  registerRevision,
  runTask,
} from './support/setting.ts';

interface Update {
  readonly type: string;
  readonly outcome: string | null;
  readonly observedAt: string;
  readonly progress: {
    readonly remainingTaskCount?: number;
    readonly deploymentId?: string | null;
    readonly instances?: readonly { readonly containerInstanceArn: string }[];
  };
}

const setState = ({ ecs }: LiveWorld, instance: string, status: 'ACTIVE' | 'DRAINING') =>
  ecs.send(new UpdateContainerInstancesStateCommand({ cluster: 'prod', containerInstances: [instance], status }));

const stop = ({ ecs }: LiveWorld, task: string) => ecs.send(new StopTaskCommand({ cluster: 'prod', task }));

const update = ({ ecs }: LiveWorld, more: Partial<UpdateServiceCommandInput>) =>
  ecs.send(new UpdateServiceCommand({ cluster: 'prod', service: 'web', ...more }));

/** Instances that have drained and are empty. */
async function drained(world: LiveWorld, count = 1): Promise<string[]> {
  await createCluster(world);
  const instances = await registerInstances(world, count);
  await createServiceOnInstances(world, { desiredCount: 0 });
  for (const instance of instances) await setState(world, instance, 'DRAINING');
  await world.pass(60_000);
  return instances;
}

/** Takes an instance back, lets a task run on it, and drains it again: all at once, past the gateway. */
async function drainAgain(world: LiveWorld, instance: string): Promise<string> {
  await setState(world, instance, 'ACTIVE');
  const task = await runTask(world, { launchType: 'EC2' });
  await setState(world, instance, 'DRAINING');
  return task;
}

const DRAIN = `subscription ($instances: [ID!], $after: String) {
  drainProgress(cluster: "prod", containerInstances: $instances, after: $after) {
    type cursor outcome observedAt progress { remainingTaskCount instances { containerInstanceArn } } } }`;
const DEPLOYMENT = `subscription ($id: ID) { deploymentProgress(cluster: "prod", service: "web", deploymentId: $id) {
  type outcome observedAt progress { deploymentId } } }`;

interface Newest {
  readonly serviceDeploymentArn: string;
  readonly status: string;
}

const remaining = ({ events }: Stream<Update>) =>
  events.map(({ type, progress }) => [type, progress.remainingTaskCount]);

/** ECS's lag, and the delay of the confirmation: the gateway's default and other settings. */
const LAGS: readonly (readonly [number, number | undefined])[] = [
  [2_000, undefined],
  [4_500, undefined],
  [20_000, 21_000],
];

describe.each(LAGS)('while ECS reads %i ms late', (staleReadsMs, confirmMs) => {
  async function lateWorld(set: (world: LiveWorld) => Promise<unknown>): Promise<LiveWorld> {
    const world = await liveWorld(confirmMs === undefined ? {} : { confirmMs });
    await set(world);
    world.sandbox.faults.set({ staleReadsMs });
    return world;
  }
  /** Until everything that was asked for has been confirmed. */
  const settle = (world: LiveWorld) => world.pass(4 * (confirmMs ?? 5_000));

  it('an instance that was taken back and drains again is not drained while a task runs on it', async () => {
    let instance = '';
    await using world = await lateWorld(async (made) => {
      [instance = ''] = await drained(made);
    });
    const task = await drainAgain(world, instance);
    const streams = [
      await world.subscribe<Update>(DRAIN, { instances: [instance] }),
      await world.subscribe<Update>(DRAIN),
    ];
    await settle(world);
    for (const stream of streams) expect(remaining(stream)).toEqual([['SNAPSHOT', 1]]);
    await stop(world, task);
    await world.until(() => streams.every(({ isDone }) => isDone));
    for (const stream of streams) {
      expect(stream.events.at(-1)).toMatchObject({ outcome: 'DRAINED', progress: { remainingTaskCount: 0 } });
      expect(stream.errors).toEqual([]);
    }
    expect(world.timers.pending).toBe(0);
  });

  it('does not report a followed drain as ended if it starts again, nor in a feed', async () => {
    let instance = '';
    let task = '';
    await using world = await lateWorld(async (made) => {
      [instance = ''] = await drained(made);
      task = await drainAgain(made, instance);
      await made.pass(60_000);
    });
    const stream = await world.subscribe<Update>(DRAIN, { instances: [instance] });
    const feed = await world.subscribe<FeedUpdate>(`subscription { drains(cluster: "prod") { ${FEED_FIELDS} } }`);
    await settle(world);
    await stop(world, task);
    const isEmpty = async () => {
      const { tasks } = await world.run<{ tasks: { nodes: { lastStatus: string }[] } }>(
        '{ tasks(clusters: ["prod"], desiredStatus: STOPPED, first: 10) { nodes { lastStatus } } }',
      );
      return tasks.nodes.some(({ lastStatus }) => lastStatus === 'STOPPED');
    };
    while (!(await isEmpty())) await world.pass(2_000);
    const again = await drainAgain(world, instance);
    await settle(world);
    expect([stream.isDone, reported(feed.events)]).toEqual([false, ['SNAPSHOT ONGOING']]);
    const newcomer = await world.subscribe<Update>(DRAIN, { instances: [instance] });
    await stop(world, again);
    await world.until(() => stream.isDone && newcomer.isDone && feed.events.length > 1);
    expect(stream.events.at(-1)?.outcome).toBe('DRAINED');
    expect(reported(feed.events)).toEqual(['SNAPSHOT ONGOING', 'CHANGED DRAINED']);
  });

  it('subscribers that come while an end is being confirmed get the state at their arrival', async () => {
    let instance = '';
    await using world = await lateWorld(async (made) => {
      [instance = ''] = await drained(made);
    });
    const first = await world.subscribe<Update>(DRAIN, { instances: [instance] });
    await world.pass((confirmMs ?? 5_000) - 1_000);
    expect(first.events).toEqual([]);
    await drainAgain(world, instance);
    const second = await world.subscribe<Update>(DRAIN, { instances: [instance] });
    await settle(world);
    // The first may get either: the instance was empty after it came, and is not any more.
    expect([[['ENDED', 0]], [['SNAPSHOT', 1]]]).toContainEqual(remaining(first));
    expect(remaining(second)).toEqual([['SNAPSHOT', 1]]);
  });

  it('all that drain are those that drain, too, which ECS does not list yet', async () => {
    let instances: string[] = [];
    let task = '';
    await using world = await lateWorld(async (made) => {
      instances = await drained(made, 2);
      await setState(made, instances[1] ?? '', 'ACTIVE');
      task = await runTask(made, { launchType: 'EC2' });
      await made.pass(60_000);
    });
    await setState(world, instances[1] ?? '', 'DRAINING');
    const stream = await world.subscribe<Update>(DRAIN);
    await settle(world);
    expect(stream.isDone).toBe(false);
    await stop(world, task);
    await world.until(() => stream.isDone);
    const last = stream.events.at(-1);
    expect(last?.outcome).toBe('DRAINED');
    expect(last?.progress.instances?.map(({ containerInstanceArn }) => containerInstanceArn).sort()).toEqual(
      [...instances].sort(),
    );
  });

  it('follows the deployment that has just started, without the success of the previous one', async () => {
    await using world = await lateWorld(async (made) => {
      await createCluster(made);
      await registerRevision(made);
      await createService(made, { desiredCount: 1 });
      await made.pass(300_000);
    });
    const before = await world.subscribe<Update>(DEPLOYMENT);
    await world.until(() => before.isDone);
    expect(before.events).toMatchObject([{ type: 'ENDED', outcome: 'SUCCEEDED' }]);
    await update(world, { forceNewDeployment: true });
    const stream = await world.subscribe<Update>(DEPLOYMENT);
    await settle(world);
    expect(stream.events[0]?.type).toBe('SNAPSHOT');
    await world.until(() => stream.isDone);
    const [first, last] = [stream.events[0], stream.events.at(-1)];
    expect(last?.outcome).toBe('SUCCEEDED');
    expect(first?.progress.deploymentId).toBe(last?.progress.deploymentId);
    expect(last?.progress.deploymentId).not.toBe(before.events[0]?.progress.deploymentId);
    expect(stream.events.filter(({ outcome }) => outcome !== null)).toHaveLength(1);
  });

  it('follows the deployment that replaces one in progress, without SUPERSEDED', async () => {
    await using world = await lateWorld(async (made) => {
      await createCluster(made);
      await registerRevision(made);
      await createService(made, { desiredCount: 1 });
      await made.pass(300_000);
      await update(made, { forceNewDeployment: true });
      await made.pass(staleReadsMs);
    });
    await update(world, { forceNewDeployment: true });
    const stream = await world.subscribe<Update>(DEPLOYMENT);
    await world.until(() => stream.isDone);
    expect(stream.events.at(-1)?.outcome).toBe('SUCCEEDED');
    expect(stream.events.filter(({ outcome }) => outcome !== null)).toHaveLength(1);
  });

  it('reports a deployment that is named and has long succeeded at once, and one that has just succeeded later', async () => {
    await using world = await lateWorld(async (made) => {
      await createCluster(made);
      await registerRevision(made);
      await createService(made, { desiredCount: 1 });
      await made.pass(300_000);
    });
    const newest = async () => {
      const { serviceDeployments } = await world.run<{ serviceDeployments: { nodes: Newest[] } }>(
        '{ serviceDeployments(cluster: "prod", service: "web", first: 1) { nodes { serviceDeploymentArn status } } }',
      );
      const [found] = serviceDeployments.nodes;
      if (found === undefined) throw new Error('no deployment');
      return found;
    };
    const id = (await newest()).serviceDeploymentArn;
    const long = await world.subscribe<Update>(DEPLOYMENT, { id });
    expect(long.events).toMatchObject([{ type: 'ENDED', outcome: 'SUCCEEDED' }]);
    // The current one may have a successor that ECS does not show yet.
    const unnamed = await world.subscribe<Update>(DEPLOYMENT);
    expect(unnamed.events).toEqual([]);
    await update(world, { forceNewDeployment: true });
    let next = await newest();
    while (next.serviceDeploymentArn === id || next.status !== 'SUCCESSFUL') {
      await world.pass(1_000);
      next = await newest();
    }
    const fresh = await world.subscribe<Update>(DEPLOYMENT, { id: next.serviceDeploymentArn });
    if (staleReadsMs + 1_000 < (confirmMs ?? 5_000)) expect(fresh.events).toEqual([]);
    await world.until(() => fresh.isDone && unnamed.isDone);
    expect(fresh.events).toMatchObject([{ type: 'ENDED', outcome: 'SUCCEEDED' }]);
    expect((await world.subscribe<Update>(DEPLOYMENT, { id })).events).toMatchObject([{ outcome: 'SUCCEEDED' }]);
  });

  it('reports a stopped task at once, because it never runs again', async () => {
    await using world = await lateWorld(async (made) => {
      await createCluster(made);
      await registerRevision(made, 'sandbox/exit-after:30-0');
    });
    const arn = await runTask(world, {
      launchType: 'FARGATE',
      networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } },
    });
    await world.pass(staleReadsMs + 2_000);
    const stream = await world.subscribe<Update>(
      `subscription { taskProgress(cluster: "prod", tasks: ["${arn}"]) { type outcome observedAt } }`,
    );
    await world.until(() => stream.isDone);
    expect([stream.events[0]?.type, stream.events.at(-1)?.outcome]).toEqual(['SNAPSHOT', 'SUCCEEDED']);
    world.sandbox.resetCalls();
    const over = await world.subscribe<Update>(
      `subscription { taskProgress(cluster: "prod", tasks: ["${arn}"]) { type outcome observedAt } }`,
    );
    expect(over.events).toMatchObject([{ type: 'ENDED', outcome: 'SUCCEEDED' }]);
    expect(world.sandbox.calls()).toMatchObject({ DescribeTasks: 2 });
  });
});
