import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isFailure } from '../../../src/live/core/fleet-looks.ts';
import { createFakeWorld } from '../../support/ecs/fake-ecs.ts';
import { createWorld, type World } from '../../support/gateway/world.ts';

it('a failed task is one of a service that exits, or another that does not exit with 0', () => {
  const stopped = { lastStatus: 'STOPPED', stopCode: 'EssentialContainerExited', startedAt: new Date(1) } as const;
  const containers = [{ exitCode: 0 }];
  expect(isFailure({ ...stopped, group: 'service:web', containers })).toBe(true);
  expect(isFailure({ ...stopped, group: 'family:job', containers })).toBe(false);
  expect(isFailure({ ...stopped, group: 'family:job', containers: [{ exitCode: 1 }] })).toBe(true);
  expect(isFailure({ ...stopped, group: 'family:job', containers: [], startedAt: undefined })).toBe(true);
  expect(isFailure({ ...stopped, group: 'service:web', stopCode: 'ServiceSchedulerInitiated' })).toBe(false);
  expect(isFailure({ ...stopped, group: 'service:web', lastStatus: 'DEPROVISIONING' })).toBe(false);
});

it('tasks by launch type are null where ECS does not count them, and summed where it does', async () => {
  const counted = {
    clusterArn: 'arn:aws:ecs:us-east-1:123456789012:cluster/counted',
    clusterName: 'counted',
    runningTasksCount: 3,
    // As AWS's reference spells it.
    statistics: [
      { name: 'runningEC2TasksCount', value: '1' },
      { name: 'RunningFargateTasksCount', value: '2' },
    ],
  };
  const bare = {
    clusterArn: counted.clusterArn.replace('counted', 'bare'),
    clusterName: 'bare',
    runningTasksCount: 4,
  };
  await using world = await createFakeWorld((operation) =>
    operation === 'DescribeClusters' ? { clusters: [counted, bare] } : {},
  );
  const counts = 'taskCounts { running ec2Running fargateRunning ec2Pending }';
  const { data, errors } = await world.query(
    `{ cluster(cluster: "counted") { ${counts} } overview(clusters: ["counted", "bare"]) { ${counts} } }`,
  );
  expect(errors).toBeUndefined();
  expect(data).toEqual({
    cluster: { taskCounts: { running: 3, ec2Running: 1, fargateRunning: 2, ec2Pending: null } },
    overview: { taskCounts: { running: 7, ec2Running: null, fargateRunning: null, ec2Pending: null } },
  });
});

const ROLLOUTS = 'serviceCounts { total steady deploying rollingBack failed underDesired asOf }';

describe('on the fleet seed', () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld({ seed: 'fleet' }, { MEMORY_TTL: '60s' });
  });
  afterAll(() => world.dispose());

  it('a header of four numbers costs at most 25 calls', async () => {
    const { data, calls, errors, extensions } = await world.count(
      '{ overview { clusterCount serviceCount taskCounts { running pending ec2Running fargateRunning } failedTaskCount } }',
    );
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      overview: {
        clusterCount: 20,
        serviceCount: 1_000,
        taskCounts: { running: 10_000, pending: 0, ec2Running: 5_000, fargateRunning: 5_000 },
        failedTaskCount: 0,
      },
    });
    expect(calls).toEqual({ ListClusters: 1, DescribeClusters: 1, ListTasks: 20 });
    expect(extensions?.ecs.calls).toBe(2);
  });

  it('a header by rollout is read once for all callers, on no request’s account', async () => {
    const query = `{ overview { ${ROLLOUTS} failedTaskCount } }`;
    const [first, second] = await Promise.all([world.query(query), world.count(query)]);
    expect(first.data).toMatchObject({
      overview: {
        serviceCounts: { total: 1_000, steady: 1_000, deploying: 0, failed: 0, underDesired: 0 },
        failedTaskCount: 0,
      },
    });
    expect(second.data).toEqual(first.data);
    expect(second.calls).toEqual({ ListServices: 20, DescribeServices: 100 });
    for (const { extensions } of [first, second]) expect(extensions?.ecs.calls).toBeLessThanOrEqual(25);
    const third = await world.count(query);
    expect(third.calls).toEqual({});
    expect(third.data).toEqual(first.data);
  });

  it('a cluster that is named and missing is an error, not 0', async () => {
    for (const field of ['serviceCount', 'taskCounts { running }', 'serviceCounts { total }', 'failedTaskCount']) {
      const { data, errors } = await world.query<{ overview: object }>(
        `{ overview(clusters: ["fleet-01", "nope"]) { ${field} } }`,
      );
      expect(Object.values(data?.overview ?? {}), field).toEqual([null]);
      expect(errors?.[0]?.extensions, field).toMatchObject({ code: 'NOT_FOUND', argument: 'clusters' });
    }
  });

  it('a write makes the look at its cluster a new one, and no other', async () => {
    await world.query(
      'mutation { updateService(input: { cluster: "fleet-01", service: "service-01", desiredCount: 20 }) { service { id } } }',
    );
    const { data, calls } = await world.count<{ overview: { serviceCounts: object } }>(`{ overview { ${ROLLOUTS} } }`);
    expect(data?.overview.serviceCounts).toMatchObject({ total: 1_000, steady: 999, underDesired: 1 });
    expect(calls).toMatchObject({ ListServices: 1, DescribeServices: 5 });
    const one = await world.count<{ cluster: object }>(
      '{ cluster(cluster: "fleet-01") { serviceCounts { total underDesired } taskCounts { running } } }',
    );
    expect(one.data?.cluster).toEqual({ serviceCounts: { total: 50, underDesired: 1 }, taskCounts: { running: 500 } });
    expect(one.calls).toEqual({ DescribeClusters: 1 });
  });
});

interface Stopped {
  readonly stoppedTasks: {
    readonly nodes: readonly {
      readonly taskArn: string;
      readonly group: string;
      readonly stoppedAt: string;
      readonly stopCode: string;
      readonly ending: { readonly verdict: string };
    }[];
    readonly totalCount: { readonly value: number };
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
  };
}

describe('stopped tasks', () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld();
  });
  afterAll(() => world.dispose());

  const list = (args: string) =>
    world.count<Stopped>(
      `{ stoppedTasks${args} { nodes { taskArn group stoppedAt stopCode ending { verdict } } totalCount { value } pageInfo { hasNextPage endCursor } } }`,
    );

  it('of all clusters come newest first, filtered by time, service, stop code and verdict', async () => {
    const all = await list('(first: 500)');
    expect(all.errors).toBeUndefined();
    const nodes = all.data?.stoppedTasks.nodes ?? [];
    expect(nodes.length).toBeGreaterThan(20);
    expect(nodes.map(({ stoppedAt }) => stoppedAt)).toEqual(
      nodes
        .map(({ stoppedAt }) => stoppedAt)
        .sort()
        .reverse(),
    );
    expect(all.data?.stoppedTasks.totalCount.value).toBe(nodes.length);
    const [middle] = nodes.slice(Math.floor(nodes.length / 2));
    const cases: readonly (readonly [string, (node: (typeof nodes)[number]) => boolean])[] = [
      [`since: "${middle?.stoppedAt}"`, ({ stoppedAt }) => stoppedAt >= (middle?.stoppedAt ?? '')],
      [`until: "${middle?.stoppedAt}"`, ({ stoppedAt }) => stoppedAt < (middle?.stoppedAt ?? '')],
      [`services: ["${middle?.group.replace('service:', '')}"]`, ({ group }) => group === middle?.group],
      [`stopCodes: [${middle?.stopCode}]`, ({ stopCode }) => stopCode === middle?.stopCode],
      [`verdicts: [${middle?.ending.verdict}]`, ({ ending }) => ending.verdict === middle?.ending.verdict],
    ];
    for (const [args, holds] of cases) {
      const { data, errors } = await list(`(${args}, first: 500)`);
      expect(errors).toBeUndefined();
      expect(data?.stoppedTasks.nodes, args).toEqual(nodes.filter(holds));
    }
    const none = await list('(services: ["nothing"])');
    expect(none.errors?.[0]?.extensions).toMatchObject({ code: 'NOT_FOUND', argument: 'services' });
  });

  it('of two windows that meet are all tasks once, at the calls of one', async () => {
    const { data: all } = await list('(first: 500)');
    const nodes = all?.stoppedTasks.nodes ?? [];
    const middle = nodes[Math.floor(nodes.length / 2)]?.stoppedAt;
    const cost = (await world.count('{ stoppedTasks(first: 500) { nodes { taskArn } } }')).calls;
    const reasons = (args: string) =>
      world.count<{ stopReasons: { count: number }[] }>(`{ stopReasons${args} { count } }`);
    const sum = (found: readonly { readonly count: number }[] = []) =>
      found.reduce((total, { count }) => total + count, 0);
    const older = await world.count<Stopped>(`{ stoppedTasks(until: "${middle}", first: 500) { nodes { taskArn } } }`);
    expect(older.calls).toEqual(cost);
    const newer = await list(`(since: "${middle}", first: 500)`);
    const shown = [...(newer.data?.stoppedTasks.nodes ?? []), ...(older.data?.stoppedTasks.nodes ?? [])];
    expect(shown.map(({ taskArn }) => taskArn)).toEqual(nodes.map(({ taskArn }) => taskArn));
    const [before, after] = [await reasons(`(until: "${middle}")`), await reasons(`(since: "${middle}")`)];
    expect(sum(before.data?.stopReasons)).toBe(older.data?.stoppedTasks.nodes.length);
    expect(sum(after.data?.stopReasons)).toBe(newer.data?.stoppedTasks.nodes.length);
    expect(sum((await reasons(`(since: "${middle}", until: "${middle}")`)).data?.stopReasons)).toBe(0);
    const first = await list('(first: 1)');
    const other = await list(`(until: "${middle}", after: "${first.data?.stoppedTasks.pageInfo.endCursor}")`);
    expect(other.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'after' });
  });

  it('cost a list and a description for each page of 100 of each cluster', async () => {
    const { calls } = await world.count('{ stoppedTasks(clusters: ["platform"]) { nodes { taskArn } } }');
    expect(calls).toEqual({ ListTasks: 1, DescribeTasks: 1 });
  });

  it('are paged, while others stop', async () => {
    const whole = await list('(first: 500)');
    const first = await list('(first: 3)');
    expect(first.data?.stoppedTasks.pageInfo.hasNextPage).toBe(true);
    const { tasks } = await world.data<{ tasks: { nodes: { taskArn: string }[] } }>(
      '{ tasks(clusters: ["storefront"], first: 1) { nodes { taskArn } } }',
    );
    await world.query(`mutation { stopTask(input: { task: "${tasks.nodes[0]?.taskArn}" }) { task { id } } }`);
    world.sandbox.clock.advance(60_000);
    const rest = await list(`(first: 500, after: "${first.data?.stoppedTasks.pageInfo.endCursor}")`);
    const shown = [...(first.data?.stoppedTasks.nodes ?? []), ...(rest.data?.stoppedTasks.nodes ?? [])].map(
      ({ taskArn }) => taskArn,
    );
    const before = whole.data?.stoppedTasks.nodes.map(({ taskArn }) => taskArn) ?? [];
    // ECS forgets the oldest meanwhile.
    expect(before.slice(0, shown.length)).toEqual(shown);
    expect(shown.length).toBeGreaterThan(before.length - 20);
    const other = await list(`(clusters: ["platform"], after: "${first.data?.stoppedTasks.pageInfo.endCursor}")`);
    expect(other.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'after' });
    const missing = await list('(clusters: ["nope"])');
    expect(missing.errors?.[0]?.extensions).toMatchObject({ code: 'NOT_FOUND', argument: 'clusters' });
  });

  it('are grouped by how they ended', async () => {
    const { data, errors } = await world.count<{
      stopReasons: {
        verdict: string;
        reason: string;
        count: number;
        services: { serviceName: string }[];
        latest: { stoppedAt: string };
      }[];
    }>(
      '{ stopReasons(clusters: ["storefront"]) { verdict stopCode reason count services { serviceName } latest { stoppedAt } } }',
    );
    expect(errors).toBeUndefined();
    const reasons = data?.stopReasons ?? [];
    expect(reasons.length).toBeGreaterThan(0);
    expect(reasons.map(({ count }) => count)).toEqual(reasons.map(({ count }) => count).sort((a, b) => b - a));
    const { data: all } = await list('(clusters: ["storefront"], first: 500)');
    expect(reasons.reduce((sum, { count }) => sum + count, 0)).toBe(all?.stoppedTasks.totalCount.value);
    expect(reasons.every(({ reason }) => !/[0-9a-f]{32}/.test(reason))).toBe(true);
    expect(reasons.flatMap(({ services }) => services).length).toBeGreaterThan(0);
  });
});
