import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorld, type World } from '../../../support/gateway/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.dispose());

interface Job {
  readonly runJob: {
    readonly tasks: readonly {
      readonly launchType: string;
      readonly group: string;
      readonly taskDefinitionArn: string;
    }[];
    readonly taskArns: readonly string[];
    readonly failures: readonly { readonly reason: string }[];
    readonly followCursor: string | null;
    readonly plan: readonly { readonly operation: string; readonly input: Readonly<Record<string, unknown>> }[];
  } | null;
}

const run = (args: string) =>
  world.count<Job>(
    `mutation { runJob(${args}) { tasks { launchType group taskDefinitionArn } taskArns failures { reason } followCursor plan { operation input } } }`,
  );
const CART = 'cluster: "storefront", service: "cart"';

describe('runJob', () => {
  it('runs a task as those of a service run, in one call', async () => {
    const { data, errors, calls } = await run(`${CART}, startedBy: "migration"`);
    expect(errors).toBeUndefined();
    expect(calls).toEqual({ DescribeServices: 1, RunTask: 1 });
    const job = data?.runJob;
    expect(job?.tasks).toMatchObject([
      { launchType: 'FARGATE', group: 'family:cart', taskDefinitionArn: expect.stringMatching(/cart:1$/) },
    ]);
    expect(job?.taskArns).toHaveLength(1);
    expect(job?.failures).toEqual([]);
    expect(job?.plan).toMatchObject([
      {
        operation: 'RunTask',
        input: {
          startedBy: 'migration',
          taskDefinition: expect.stringMatching(/cart:1$/),
          networkConfiguration: { awsvpcConfiguration: { subnets: expect.any(Array) } },
        },
      },
    ]);
    const followed = await world.data<{ task: { lastStatus: string } }>(
      `{ task(task: "${job?.taskArns[0]}") { lastStatus } }`,
    );
    expect(followed.task.lastStatus).toBe('PROVISIONING');
    expect(job?.followCursor).not.toBeNull();
  });

  it('prefers what the caller gives to what the service has', async () => {
    const { data, errors } = await run(`${CART}, taskDefinition: "search-api", dryRun: true, launchType: FARGATE,
      overrides: { containerOverrides: [{ name: "search-api", command: ["reindex"] }] }`);
    expect(errors).toBeUndefined();
    expect(data?.runJob?.plan[0]?.input).toMatchObject({
      taskDefinition: 'search-api',
      launchType: 'FARGATE',
      overrides: { containerOverrides: [{ name: 'search-api' }] },
    });
    expect(data?.runJob?.plan[0]?.input).not.toHaveProperty('capacityProviderStrategy');
  });

  it('makes no write in a dry run, and uses no key', async () => {
    const dry = await run(`${CART}, dryRun: true, idempotencyKey: "dry"`);
    expect(dry.errors).toBeUndefined();
    expect(dry.calls).toEqual({ DescribeServices: 1 });
    expect(dry.data?.runJob).toMatchObject({
      tasks: [],
      taskArns: [],
      followCursor: null,
      plan: [{ operation: 'RunTask' }],
    });
    const made = await run(`${CART}, idempotencyKey: "dry"`);
    expect(made.calls).toEqual({ DescribeServices: 1, RunTask: 1 });
  });

  it('starts the tasks once for a key', async () => {
    const args = `${CART}, count: 2, idempotencyKey: "once"`;
    const first = await run(args);
    expect(first.data?.runJob?.taskArns).toHaveLength(2);
    const again = await run(args);
    expect(again.data?.runJob?.taskArns).toEqual(first.data?.runJob?.taskArns);
    expect(again.calls).toEqual({});
    expect(again.extensions?.replayed).toBe(true);
    const other = await run(`${CART}, count: 3, idempotencyKey: "once"`);
    expect(other.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'idempotencyKey' });
  });

  it('shows why a task could not start, with nothing to follow', async () => {
    const { data, errors } = await run(
      'cluster: "platform", taskDefinition: "orders-api", launchType: EC2, startedBy: "x", placementConstraints: [{ type: MEMBER_OF, expression: "attribute:rack == none" }]',
    );
    expect(errors).toBeUndefined();
    expect(data?.runJob).toMatchObject({ tasks: [], taskArns: [], followCursor: null });
    // ECS gives a reason for each of the six instances of the cluster.
    expect(data?.runJob?.failures).toHaveLength(6);
  });

  it.each([
    ['cluster: "storefront"', 'BAD_USER_INPUT', 'taskDefinition'],
    [`${CART}, count: 11`, 'BAD_USER_INPUT', 'count'],
    [`${CART}, count: 0`, 'BAD_USER_INPUT', 'count'],
    [`${CART}, expectedRevision: 9`, 'FAILED_PRECONDITION', 'expectedRevision'],
    ['taskDefinition: "cart", expectedRevision: 9', 'BAD_USER_INPUT', 'expectedRevision'],
    [`${CART}, idempotencyKey: ""`, 'BAD_USER_INPUT', 'idempotencyKey'],
    ['cluster: "storefront", service: "nobody"', 'NOT_FOUND', 'service'],
    ['cluster: "nowhere", taskDefinition: "cart"', 'NOT_FOUND', 'cluster'],
  ])('refuses %s', async (args, code, argument) => {
    const { errors, calls } = await run(args);
    expect(errors?.[0]?.extensions).toMatchObject({ code, argument });
    if (code !== 'NOT_FOUND') expect(calls.RunTask).toBeUndefined();
  });
});
