import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPolicedWorld } from '../../../policy/support/policy-world.ts';
import { createWorld, type World } from '../../../support/gateway/world.ts';
import { LeapingTimers } from '../../../support/time/leaping-timers.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld({}, {}, { timers: new LeapingTimers() });
});
afterEach(() => world.dispose());

interface CleanUp {
  readonly cleanUpTaskDefinitions: {
    readonly results: readonly {
      readonly taskDefinitionArn: string;
      readonly status: string;
      readonly code: string | null;
    }[];
    readonly removedCount: number;
    readonly remainingCount: number;
    readonly kept: readonly {
      readonly taskDefinitionArn: string;
      readonly isNewest: boolean;
      readonly useCount: number;
      readonly uses: readonly { readonly kind: string; readonly service: { readonly serviceName: string } | null }[];
    }[];
    readonly plan: readonly { readonly operation: string }[];
  } | null;
}

const FIELDS =
  'results { taskDefinitionArn status code } removedCount remainingCount kept { taskDefinitionArn isNewest useCount uses { kind service { serviceName } task { taskArn } } } plan { operation }';
const text = (args: string) => `mutation { cleanUpTaskDefinitions(${args}) { ${FIELDS} } }`;
const cleanUp = (args: string) => world.count<CleanUp>(text(args));
const short = (items: readonly { readonly taskDefinitionArn: string }[] = []) =>
  items.map(({ taskDefinitionArn }) => taskDefinitionArn.split('/').at(-1));

/** Registers revisions 2, 3, ... of cart, of which the demo world uses revision 1. */
async function register(count: number, family = 'cart') {
  for (let index = 0; index < count; index += 1)
    await world.data(
      `mutation { registerTaskDefinition(input: { family: "${family}", requiresCompatibilities: [FARGATE], networkMode: AWSVPC, cpu: "256", memory: "512",
        containerDefinitions: [{ name: "cart", image: "cart:${index}" }] }) { taskDefinition { revision } } }`,
    );
}
const statusOf = async (revision: number) =>
  (
    await world.data<{ taskDefinition: { status: string } }>(
      `{ taskDefinition(taskDefinition: "cart:${revision}") { status } }`,
    )
  ).taskDefinition.status;

describe('cleanUpTaskDefinitions', () => {
  it('deregisters what nothing uses, the oldest first, and keeps the newest and what a service runs', async () => {
    await register(5);
    const { data, errors, calls } = await cleanUp('families: ["cart"], keep: 2');
    expect(errors).toBeUndefined();
    const done = data?.cleanUpTaskDefinitions;
    expect(short(done?.results)).toEqual(['cart:2', 'cart:3', 'cart:4']);
    expect(done?.results.map(({ status, code }) => [status, code])).toEqual([1, 2, 3].map(() => ['INACTIVE', null]));
    expect(done).toMatchObject({ removedCount: 3, remainingCount: 0 });
    expect(short(done?.kept)).toEqual(['cart:6', 'cart:5', 'cart:1']);
    expect(done?.kept.map(({ isNewest, useCount }) => [isNewest, useCount > 0])).toEqual([
      [true, false],
      [true, false],
      [false, true],
    ]);
    expect(done?.kept.at(-1)?.uses).toContainEqual({ kind: 'SERVICE', service: { serviceName: 'cart' }, task: null });
    expect(calls).toMatchObject({ ListTaskDefinitions: 2, ListClusters: 1, DeregisterTaskDefinition: 3 });
    expect(calls.DeleteTaskDefinitions).toBeUndefined();
    expect([await statusOf(1), await statusOf(2), await statusOf(5)]).toEqual(['ACTIVE', 'INACTIVE', 'ACTIVE']);
    const again = await cleanUp('families: ["cart"], keep: 2');
    expect(again.data?.cleanUpTaskDefinitions).toMatchObject({ results: [], plan: [], remainingCount: 0 });
    expect(again.calls.DeregisterTaskDefinition).toBeUndefined();
  });

  it('deletes too if asked, what was INACTIVE before included', async () => {
    await register(3);
    await world.data(
      'mutation { deregisterTaskDefinition(input: { taskDefinition: "cart:2" }) { taskDefinition { status } } }',
    );
    const { data, errors, calls } = await cleanUp('families: ["cart"], keep: 1, delete: true');
    expect(errors).toBeUndefined();
    expect(short(data?.cleanUpTaskDefinitions?.results)).toEqual(['cart:2', 'cart:3']);
    expect(data?.cleanUpTaskDefinitions?.results.map(({ status }) => status)).toEqual([
      'DELETE_IN_PROGRESS',
      'DELETE_IN_PROGRESS',
    ]);
    expect(calls).toMatchObject({ DeregisterTaskDefinition: 1, DeleteTaskDefinitions: 1 });
  });

  it('keeps both sides of a deployment, the way back, and what a task runs or lately ran', async () => {
    await register(5);
    const deploy = (revision: number) =>
      world.data(
        `mutation { updateService(input: { cluster: "storefront", service: "cart", taskDefinition: "cart:${revision}" }) { service { id } } }`,
      );
    const kept = async () => {
      const { data } = await cleanUp('families: ["cart"], keep: 0, dryRun: true');
      return Object.fromEntries(
        (data?.cleanUpTaskDefinitions?.kept ?? []).map(({ taskDefinitionArn, uses }) => [
          taskDefinitionArn.split(':').at(-1),
          [...new Set(uses.map(({ kind }) => kind))].sort(),
        ]),
      );
    };
    await deploy(3);
    world.sandbox.clock.advance(10_000);
    expect(await kept()).toMatchObject({
      1: expect.arrayContaining(['SERVICE', 'TASK']),
      3: expect.arrayContaining(['SERVICE']),
    });
    // Over, and long enough ago for ECS to have forgotten the old tasks.
    world.sandbox.clock.advance(3 * 3_600_000);
    expect(await kept()).toEqual({ 1: ['ROLLBACK'], 3: ['SERVICE', 'TASK'] });
    const { taskArns } = (
      await world.data<{ runJob: { taskArns: string[] } }>(
        'mutation { runJob(cluster: "storefront", service: "cart", taskDefinition: "cart:4") { taskArns } }',
      )
    ).runJob;
    world.sandbox.clock.advance(60_000);
    expect((await kept())[4]).toEqual(['TASK']);
    await world.data(`mutation { stopTask(input: { cluster: "storefront", task: "${taskArns[0]}" }) { task { id } } }`);
    expect((await kept())[4]).toEqual(['TASK']);
    world.sandbox.clock.advance(300_000);
    expect((await kept())[4]).toEqual(['STOPPED_TASK']);
  });

  it('keeps the revision that a rollback would deploy, not a newer one that is INACTIVE', async () => {
    await register(2);
    for (const revision of [2, 3]) {
      await world.data(
        `mutation { updateService(input: { cluster: "storefront", service: "cart", taskDefinition: "cart:${revision}" }) { service { id } } }`,
      );
      world.sandbox.clock.advance(3 * 3_600_000);
    }
    await world.data(
      'mutation { deregisterTaskDefinition(input: { taskDefinition: "cart:2" }) { taskDefinition { status } } }',
    );
    const { data, calls } = await cleanUp('families: ["cart"], keep: 0, delete: true, dryRun: true');
    expect(short(data?.cleanUpTaskDefinitions?.kept)).toEqual(['cart:3', 'cart:1']);
    expect(data?.cleanUpTaskDefinitions?.kept[1]?.uses).toMatchObject([{ kind: 'ROLLBACK' }]);
    expect(data?.cleanUpTaskDefinitions?.plan).toEqual([{ operation: 'DeleteTaskDefinitions' }]);
    expect(calls.DescribeTaskDefinition).toBeUndefined();
  });

  it('keeps what a task set runs', async () => {
    await register(2);
    await world.data(
      `mutation { createService(input: { cluster: "storefront", serviceName: "sets", desiredCount: 1, deploymentController: { type: EXTERNAL } }) { service { id } } }`,
    );
    await world.data(`mutation { createTaskSet(input: { cluster: "storefront", service: "sets", taskDefinition: "cart:2", launchType: FARGATE,
      networkConfiguration: { awsvpcConfiguration: { subnets: ["subnet-1"] } } }) { taskSet { id } } }`);
    const { data, errors } = await cleanUp('families: ["cart"], keep: 0, dryRun: true');
    expect(errors).toBeUndefined();
    expect(
      data?.cleanUpTaskDefinitions?.kept.find(({ taskDefinitionArn }) => taskDefinitionArn.endsWith('cart:2'))?.uses[0],
    ).toMatchObject({
      kind: 'TASK_SET',
      service: { serviceName: 'sets' },
    });
  });

  it('writes nothing in a dry run, and shows every call', async () => {
    await register(3);
    const { data, calls } = await cleanUp(
      'families: ["cart"], keep: 1, delete: true, dryRun: true, idempotencyKey: "k"',
    );
    expect(data?.cleanUpTaskDefinitions).toMatchObject({
      results: [],
      plan: [
        { operation: 'DeregisterTaskDefinition' },
        { operation: 'DeregisterTaskDefinition' },
        { operation: 'DeleteTaskDefinitions' },
      ],
    });
    expect(Object.keys(calls).filter((operation) => !/^(List|Describe)/.test(operation))).toEqual([]);
  });

  it('removes up to a limit, and says how many are left', async () => {
    await register(5);
    const { data } = await cleanUp('families: ["cart"], keep: 1, limit: 3');
    expect(data?.cleanUpTaskDefinitions).toMatchObject({ removedCount: 3, remainingCount: 1 });
  });

  it.each(['lostAnswer', 'accessDenied', 'throttle'] as const)(
    'goes on behind the last completed call after %s, with the plan of the first time',
    async (fault) => {
      await register(5);
      const args = 'families: ["cart"], keep: 1, delete: true, idempotencyKey: "k"';
      // Reads that lag behind do not show what became of the call.
      world.sandbox.clock.advance(60_000);
      world.sandbox.faults.set({
        rules: [{ operations: ['DeregisterTaskDefinition'], fault, times: fault === 'throttle' ? 5 : 1 }],
        staleReadsMs: fault === 'lostAnswer' ? 10_000 : 0,
      });
      const failed = await cleanUp(args);
      const code = {
        lostAnswer: 'OUTCOME_UNKNOWN',
        accessDenied: 'FORBIDDEN_UPSTREAM',
        throttle: 'UPSTREAM_THROTTLED',
      }[fault];
      expect(failed.errors?.[0]?.extensions).toMatchObject({
        code,
        done: [],
        pending: [
          { operation: 'DeregisterTaskDefinition', resource: 'cart:2' },
          { operation: 'DeregisterTaskDefinition', resource: 'cart:3' },
          { operation: 'DeregisterTaskDefinition', resource: 'cart:4' },
          { operation: 'DeregisterTaskDefinition', resource: 'cart:5' },
          { operation: 'DeleteTaskDefinitions', resource: 'cart:2, cart:3, cart:4, cart:5' },
        ],
      });
      world.sandbox.faults.clear();
      const done = await cleanUp(args);
      expect(done.errors).toBeUndefined();
      expect(short(done.data?.cleanUpTaskDefinitions?.results)).toEqual(['cart:2', 'cart:3', 'cart:4', 'cart:5']);
      expect(done.calls.DeregisterTaskDefinition).toBe(fault === 'lostAnswer' ? 3 : 4);
      expect(done.calls.DeleteTaskDefinitions).toBe(1);
      const again = await cleanUp(args);
      expect(again.calls).toEqual({});
      expect(again.data).toEqual(done.data);
      expect(again.extensions?.replayed).toBe(true);
    },
  );

  it('goes on with the same plan in the middle', async () => {
    await register(4);
    const args = 'families: ["cart"], keep: 1, delete: true, idempotencyKey: "k"';
    world.sandbox.faults.set({ rules: [{ operations: ['DeleteTaskDefinitions'], fault: 'accessDenied' }] });
    const failed = await cleanUp(args);
    expect(failed.errors?.[0]?.extensions).toMatchObject({
      code: 'FORBIDDEN_UPSTREAM',
      done: [{ resource: 'cart:2' }, { resource: 'cart:3' }, { resource: 'cart:4' }],
      pending: [{ operation: 'DeleteTaskDefinitions', resource: 'cart:2, cart:3, cart:4' }],
    });
    world.sandbox.faults.clear();
    // A newer revision would change what is decided anew.
    await register(1);
    const { data, calls } = await cleanUp(args);
    expect(short(data?.cleanUpTaskDefinitions?.results)).toEqual(['cart:2', 'cart:3', 'cart:4']);
    expect(calls).toEqual({ DeleteTaskDefinitions: 1 });
    expect(await statusOf(5)).toBe('ACTIVE');
  });

  it('counts a revision that another caller deregistered meanwhile as removed', async () => {
    await register(4);
    const both = await Promise.all([1, 2].map(() => cleanUp('families: ["cart"], keep: 1')));
    for (const { data } of both)
      expect(data?.cleanUpTaskDefinitions?.results.map(({ status, code }) => [status, code])).toEqual(
        [2, 3, 4].map(() => ['INACTIVE', null]),
      );
    expect([await statusOf(2), await statusOf(4), await statusOf(5)]).toEqual(['INACTIVE', 'INACTIVE', 'ACTIVE']);
  });

  it('has the refusal of one revision in the results, and goes on', async () => {
    await register(4);
    const rules = [
      {
        operations: ['DeregisterTaskDefinition'],
        fault: 'error' as const,
        code: 'ClientException',
        message: 'No.',
        times: 1,
      },
    ];
    world.sandbox.faults.set({ rules });
    const { data, errors } = await cleanUp('families: ["cart"], keep: 1, delete: true');
    expect(errors).toBeUndefined();
    expect(data?.cleanUpTaskDefinitions?.results.map(({ status, code }) => [status, code])).toEqual([
      ['ACTIVE', 'INVALID_PARAMETER'],
      ['DELETE_IN_PROGRESS', null],
      ['DELETE_IN_PROGRESS', null],
    ]);
    expect(data?.cleanUpTaskDefinitions?.removedCount).toBe(2);
  });

  it.each([
    ['families: []', 'BAD_USER_INPUT', 'families'],
    ['families: ["cart", "cart"]', 'BAD_USER_INPUT', 'families.1'],
    ['families: ["cart:1"]', 'BAD_USER_INPUT', 'families.0'],
    ['families: ["cart"], keep: -1', 'BAD_USER_INPUT', 'keep'],
    ['families: ["cart"], limit: 21', 'BAD_USER_INPUT', 'limit'],
    ['families: ["cart"], limit: 0', 'BAD_USER_INPUT', 'limit'],
    ['families: ["cart", "nothing"]', 'NOT_FOUND', 'families.1'],
    ['families: ["cart"], idempotencyKey: ""', 'BAD_USER_INPUT', 'idempotencyKey'],
  ])('refuses %s', async (args, code, argument) => {
    const { errors, calls } = await cleanUp(args);
    expect(errors?.[0]?.extensions).toMatchObject({ code, argument });
    expect(calls.DeregisterTaskDefinition).toBeUndefined();
  });

  it('proves nothing where there are more clusters than may be read', async () => {
    await using few = await createFew();
    const { errors } = await few.world.query(text('families: ["cart"]'));
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'QUERY_TOO_EXPENSIVE' });
  });

  it('counts as destructive, but for a dry run', async () => {
    const two = `mutation { a: cleanUpTaskDefinitions(families: ["cart"]) { removedCount } b: cleanUpTaskDefinitions(families: ["cart"]) { removedCount } }`;
    expect((await world.query(two)).errors?.[0]?.extensions).toMatchObject({ code: 'TOO_MANY_DESTRUCTIVE_FIELDS' });
    const dry = await world.query(two.replaceAll('["cart"]', '["cart"], dryRun: true'));
    expect(dry.errors).toBeUndefined();
  });
});

describe('cleanUpTaskDefinitions under policies', () => {
  const ELSEWHERE = `@id("elsewhere") permit(principal in Ecs::Role::"one", action, resource)
    unless { resource in Ecs::Cluster::"arn:aws:ecs:eu-west-1:123456789012:cluster/storefront" };`;

  it('counts what the caller may not read, without naming it', async () => {
    await using policed = await createPolicedWorld(ELSEWHERE);
    const { data, errors } = await policed.as<CleanUp>('one', text('families: ["cart"], keep: 0, dryRun: true'));
    expect(errors).toBeUndefined();
    expect(short(data?.cleanUpTaskDefinitions?.kept)).toEqual(['cart:1']);
    const uses = data?.cleanUpTaskDefinitions?.kept[0]?.uses;
    expect(uses?.length).toBeGreaterThan(1);
    for (const use of uses ?? []) expect(use).toMatchObject({ service: null, task: null });
  });

  it('needs the right to remove each revision, before anything is done', async () => {
    await using policed = await createPolicedWorld('');
    await policed.as(
      'admin',
      'mutation { registerTaskDefinition(input: { family: "cart", containerDefinitions: [{ name: "cart", image: "cart:2", memory: 64 }] }) { __typename } }',
    );
    for (const more of ['', ', dryRun: true']) {
      // The newest is cart:2, which nothing uses.
      const args = `families: ["cart"], keep: 0${more}`;
      const { errors, calls } = await policed.as<CleanUp>('viewer', text(args));
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', action: 'DeregisterTaskDefinition' });
      expect(calls.DeregisterTaskDefinition).toBeUndefined();
    }
    const { data } = await policed.as<CleanUp>('deployer', text('families: ["cart"], keep: 0'));
    expect(short(data?.cleanUpTaskDefinitions?.results)).toEqual(['cart:2']);
  });
});

async function createFew() {
  const few = await createWorld({}, { MAX_CLUSTERS: '1' });
  return { world: few, [Symbol.asyncDispose]: () => few.dispose() };
}
