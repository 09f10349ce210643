import {
  DeregisterContainerInstanceCommand,
  ListTasksCommand,
  StopTaskCommand,
  UpdateTaskProtectionCommand,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { type LiveWorld, liveWorld } from '../support/live-world.ts';
import {
  createCluster,
  createServiceOnInstances,
  registerInstances,
  runTask,
  setStatus,
  updateService,
} from '../support/setting.ts';

interface Update {
  readonly type: string;
  readonly sequence: number;
  readonly cursor: string;
  readonly outcome: string | null;
  readonly summary: string;
  readonly progress: {
    readonly remainingTaskCount: number;
    readonly movedTaskCount: number | null;
    readonly percent: number | null;
    readonly protectedTaskCount: number | null;
    readonly blockedBy: { readonly reason: string }[];
    readonly instances: {
      readonly outcome: string | null;
      readonly tasks: {
        readonly nodes: {
          kind: string;
          state: string;
          isProtected: boolean | null;
          isReplacementHealthy: boolean;
          probableReplacement: { taskArn: string } | null;
        }[];
      };
    }[];
  };
}

interface Forecast {
  readonly tasks: { readonly nodes: readonly { readonly isProtected: boolean | null }[] };
}

const FIELDS = `type sequence cursor outcome summary changes { field before after } progress {
  remainingTaskCount movedTaskCount percent stoppingTaskCount standaloneTaskCount protectedTaskCount blockedBy { reason message }
  changedTaskCount changedTasks { state task { taskArn } } instanceCount
  instances { outcome containerInstance { status } tasks { nodes { kind state isProtected isReplacementHealthy probableReplacement { taskArn } task { lastStatus } } } } }`;
const QUERY = `subscription ($instances: [ID!], $timeout: Duration, $after: String) {
  drainProgress(cluster: "prod", containerInstances: $instances, timeout: $timeout, after: $after) { ${FIELDS} } }`;

/** A steady service of four on two instances, with room for two on a third. */
async function setting(
  more: Parameters<typeof createServiceOnInstances>[1] = {},
): Promise<{ world: LiveWorld; instances: string[] }> {
  const world = await liveWorld();
  await createCluster(world);
  const instances = await registerInstances(world, 3, 1_024);
  await createServiceOnInstances(world, more);
  await world.pass(120_000);
  return { world, instances };
}

const reasons = (update: Update | undefined) => update?.progress.blockedBy.map(({ reason }) => reason);

describe('drainProgress, end to end', () => {
  it('follows the tasks to other instances until the instance is empty, and can be picked up at every event', async () => {
    const { world, instances } = await setting();
    await using _ = world;
    const [first = ''] = instances;
    await setStatus(world, [first], 'DRAINING');
    const stream = await world.subscribe<Update>(QUERY);
    await world.until(() => stream.isDone);
    expect(stream.errors).toEqual([]);
    const last = stream.events.at(-1);
    expect(last).toMatchObject({
      type: 'ENDED',
      outcome: 'DRAINED',
      progress: { remainingTaskCount: 0, percent: 100 },
    });
    expect(stream.events.length).toBeGreaterThan(3);
    const tasks = last?.progress.instances[0]?.tasks.nodes ?? [];
    expect(tasks.length).toBeGreaterThan(0);
    expect(tasks.every(({ state, probableReplacement }) => state === 'STOPPED' && probableReplacement !== null)).toBe(
      true,
    );
    for (const [i, event] of stream.events.entries()) {
      const again = await world.subscribe<Update>(QUERY, { instances: [first], after: event.cursor });
      await world.until(() => again.isDone);
      expect(again.events.map(({ sequence }) => sequence)).toEqual(
        stream.events.slice(i + 1).map(({ sequence }) => sequence),
      );
    }
    const none = await world.subscribe<Update>(QUERY, { instances: [first] });
    await world.until(() => none.isDone, 10_000);
    expect(none.events[0]).toMatchObject({ type: 'ENDED', outcome: 'DRAINED' });
  });

  it('says which tasks never move, and ends when they do', async () => {
    const { world, instances } = await setting({ desiredCount: 1 });
    await using _ = world;
    const jobs: string[] = [];
    for (let i = 0; i < 3; i += 1) jobs.push(await runTask(world, { launchType: 'EC2' }));
    await world.pass(30_000);
    await setStatus(world, instances.slice(0, 1), 'DRAINING');
    await setStatus(world, instances.slice(1, 2), 'DRAINING');
    const stream = await world.subscribe<Update>(QUERY);
    await world.pass(120_000);
    expect(stream.isDone).toBe(false);
    expect(reasons(stream.events.at(-1))).toEqual(['STANDALONE_TASKS']);
    for (const task of jobs) await world.ecs.send(new StopTaskCommand({ cluster: 'prod', task }));
    await world.until(() => stream.isDone);
    expect(stream.events.at(-1)?.outcome).toBe('DRAINED');
  });

  it('says that 100/100 allows nothing, and times out', async () => {
    const { world, instances } = await setting();
    await using _ = world;
    await updateService(world, { deploymentConfiguration: { minimumHealthyPercent: 100, maximumPercent: 100 } });
    await setStatus(world, instances.slice(0, 1), 'DRAINING');
    const stream = await world.subscribe<Update>(QUERY, { timeout: 'PT4M' });
    await world.until(() => stream.isDone);
    expect(reasons(stream.events.at(-1))).toContain('PERCENTAGES_ALLOW_NOTHING');
    expect(stream.events.at(-1)).toMatchObject({ outcome: 'TIMED_OUT' });
  });

  it('says that there is no room elsewhere', async () => {
    const { world, instances } = await setting({ desiredCount: 12 });
    await using _ = world;
    await setStatus(world, instances.slice(0, 1), 'DRAINING');
    const stream = await world.subscribe<Update>(QUERY, { timeout: 'PT4M' });
    await world.until(() => stream.isDone);
    expect(reasons(stream.events.at(-1))).toContain('NO_CAPACITY');
  });

  it('shows protected tasks', async () => {
    const { world, instances } = await setting();
    await using _ = world;
    const { taskArns = [] } = await world.ecs.send(
      new ListTasksCommand({ cluster: 'prod', containerInstance: instances[0] }),
    );
    await world.ecs.send(
      new UpdateTaskProtectionCommand({
        cluster: 'prod',
        tasks: taskArns,
        protectionEnabled: true,
        expiresInMinutes: 2,
      }),
    );
    await setStatus(world, instances.slice(0, 1), 'DRAINING');
    const stream = await world.subscribe<Update>(QUERY, { timeout: 'PT1H' });
    expect(stream.events[0]?.progress.protectedTaskCount).toBe(taskArns.length);
    expect(reasons(stream.events[0])).toContain('PROTECTED_TASKS');
    await world.until(() => stream.isDone);
    expect(stream.events.at(-1)?.outcome).toBe('DRAINED');
  });

  it('shows no protection where it may not be read, in a forecast either', async () => {
    const { world, instances } = await setting();
    await using _ = world;
    world.sandbox.faults.set({ rules: [{ operations: ['GetTaskProtection'], fault: 'accessDenied' }] });
    const { drainForecast } = await world.run<{ drainForecast: Forecast }>(
      `query ($instances: [ID!]!) { drainForecast(cluster: "prod", containerInstances: $instances) {
         notEvaluated blockedBy { reason } tasks { nodes { isProtected } } } }`,
      { instances: instances.slice(0, 1) },
    );
    expect(drainForecast).toMatchObject({ notEvaluated: ['scale-in protection'], blockedBy: [] });
    expect(new Set(drainForecast.tasks.nodes.map(({ isProtected }) => isProtected))).toEqual(new Set([null]));
    await setStatus(world, instances.slice(0, 1), 'DRAINING');
    const [first] = (await world.subscribe<Update>(QUERY)).events;
    expect(first?.progress.protectedTaskCount).toBeNull();
    const tasks = first?.progress.instances.flatMap((instance) => instance.tasks.nodes) ?? [];
    expect(new Set(tasks.map(({ isProtected }) => isProtected))).toEqual(new Set([null]));
  });

  it('ends when the instance is taken back or taken out', async () => {
    const { world, instances } = await setting();
    await using _ = world;
    const [first = '', second = ''] = instances;
    await setStatus(world, [first, second], 'DRAINING');
    const streams = [
      await world.subscribe<Update>(QUERY, { instances: [first] }),
      await world.subscribe<Update>(QUERY, { instances: [second] }),
    ];
    await setStatus(world, [first], 'ACTIVE');
    await world.ecs.send(
      new DeregisterContainerInstanceCommand({ cluster: 'prod', containerInstance: second, force: true }),
    );
    await world.until(() => streams.every(({ isDone }) => isDone));
    expect(streams.map(({ events }) => events.at(-1)?.outcome)).toEqual(['REACTIVATED', 'DEREGISTERED']);
    for (const { events } of streams) {
      expect(events.at(-1)?.progress.remainingTaskCount).toBeGreaterThan(0);
      expect(events.at(-1)?.progress.percent).toBe(0);
    }
  });

  it('goes on behind a cursor with the same instances, though one of them was taken back', async () => {
    const { world, instances } = await setting();
    await using _ = world;
    const two = instances.slice(0, 2);
    await setStatus(world, two, 'DRAINING');
    const stream = await world.subscribe<Update>(QUERY);
    await stream.leave();
    await setStatus(world, two.slice(0, 1), 'ACTIVE');
    const again = await world.subscribe<Update>(QUERY, { after: stream.events[0]?.cursor });
    await world.until(() => again.isDone);
    expect(again.events.at(-1)).toMatchObject({ outcome: 'REACTIVATED' });
    expect(again.events.at(-1)?.progress.instances.map(({ outcome }) => outcome)).toEqual(['REACTIVATED', 'DRAINED']);
    expect(again.events.at(-1)?.progress.percent).toBeLessThan(100);
  });

  it('refuses what does not exist, and has nothing to wait for when nothing drains', async () => {
    const { world } = await setting();
    await using _ = world;
    const none = await world.subscribe<Update>(QUERY);
    await world.until(() => none.isDone, 20_000);
    expect(none.events).toMatchObject([
      { type: 'ENDED', outcome: 'DRAINED', summary: 'prod: no instance is draining' },
    ]);
    await expect(world.subscribe(QUERY, { instances: ['0123456789abcdef0123456789abcdef'] })).rejects.toMatchObject({
      extensions: { code: 'NOT_FOUND' },
    });
    await expect(world.subscribe('subscription { drainProgress(cluster: "none") { type } }')).rejects.toMatchObject({
      extensions: { code: 'NOT_FOUND' },
    });
  });
});

describe('before and beside a drain', () => {
  it('a forecast touches nothing and says what would move', async () => {
    const { world, instances } = await setting();
    await using _ = world;
    world.sandbox.resetCalls();
    const { drainForecast } = await world.run<{ drainForecast: Record<string, unknown> }>(
      `query ($instances: [ID!]!) { drainForecast(cluster: "prod", containerInstances: $instances) {
        summary hasRoom movingTaskCount stayingTaskCount blockedTaskCount notEvaluated blockedBy { reason } tasks { nodes { fate kind roomOn { containerInstanceArn } } } } }`,
      { instances: instances.slice(0, 1) },
    );
    expect(drainForecast).toMatchObject({ hasRoom: true, blockedTaskCount: 0, blockedBy: [] });
    expect(Object.keys(world.sandbox.calls()).filter((name) => !/^(Describe|List|Get)/.test(name))).toEqual([]);
  });

  it('many instances are drained in tens, with an answer for each', async () => {
    await using world = await liveWorld();
    await createCluster(world);
    const instances = await registerInstances(world, 23);
    await world.pass(10_000);
    world.sandbox.resetCalls();
    const missing = '0123456789abcdef0123456789abcdef';
    const mutation = `mutation ($instances: [ID!]!) { drainContainerInstances(input: { cluster: "prod", containerInstances: $instances }) {
      failedInstanceCount results { requested reason code message containerInstance { status } } } }`;
    const { drainContainerInstances } = await world.run<{
      drainContainerInstances: {
        failedInstanceCount: number;
        results: {
          requested: string;
          reason: string | null;
          code: string | null;
          containerInstance: { status: string } | null;
        }[];
      };
    }>(mutation, { instances: [...instances, missing] });
    expect(world.sandbox.calls().UpdateContainerInstancesState).toBe(3);
    expect(drainContainerInstances.failedInstanceCount).toBe(1);
    expect(drainContainerInstances.results.map(({ requested }) => requested)).toEqual([...instances, missing]);
    expect(drainContainerInstances.results.at(-1)).toMatchObject({
      reason: 'MISSING',
      code: 'NOT_FOUND',
      containerInstance: null,
    });
    expect(
      drainContainerInstances.results
        .slice(0, 23)
        .every(({ containerInstance }) => containerInstance?.status === 'DRAINING'),
    ).toBe(true);
  });

  it('a key drains once, however often the mutation is sent', async () => {
    const { world, instances } = await setting();
    await using _ = world;
    world.sandbox.resetCalls();
    const mutation = `mutation ($instances: [ID!]!) {
      drainContainerInstances(input: { cluster: "prod", containerInstances: $instances }, idempotencyKey: "k") {
        failedInstanceCount results { requested containerInstance { status registeredAt } } } }`;
    const first = await world.run(mutation, { instances: instances.slice(0, 1) });
    expect(first).toMatchObject({
      drainContainerInstances: {
        failedInstanceCount: 0,
        results: [{ requested: instances[0], containerInstance: { status: 'DRAINING' } }],
      },
    });
    expect(await world.run(mutation, { instances: instances.slice(0, 1) })).toEqual(first);
    expect(world.sandbox.calls().UpdateContainerInstancesState).toBe(1);
    await expect(world.run(mutation, { instances: instances.slice(1, 2) })).rejects.toThrow(
      '"idempotencyKey" was sent before with another input',
    );
    expect(world.sandbox.calls().UpdateContainerInstancesState).toBe(1);
  });

  it('an instance shows its drain in one poll', async () => {
    const { world, instances } = await setting();
    await using _ = world;
    const query = `query ($id: ID!) { containerInstance(cluster: "prod", containerInstance: $id) { status drainProgress { ${FIELDS} } } }`;
    type Answer = { containerInstance: { drainProgress: Update | null } };
    expect((await world.run<Answer>(query, { id: instances[0] })).containerInstance.drainProgress).toBeNull();
    await setStatus(world, instances.slice(0, 1), 'DRAINING');
    const { containerInstance } = await world.run<Answer>(query, { id: instances[0] });
    expect(containerInstance.drainProgress).toMatchObject({ type: 'SNAPSHOT', outcome: null });
    expect(containerInstance.drainProgress?.progress.remainingTaskCount).toBeGreaterThan(0);
  });
});
