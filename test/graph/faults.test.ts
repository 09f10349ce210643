import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createFakeWorld, FakeException } from '../support/ecs/fake-ecs.ts';
import { createWorld, type World } from '../support/gateway/world.ts';
import { LeapingTimers } from '../support/time/leaping-timers.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const thing of open.splice(0)) await thing.close();
});

/** A gateway whose ECS is something else than the sandbox. */
async function gatewayOver(url: string, settings: Record<string, string> = {}): Promise<World> {
  const timers = new LeapingTimers();
  const world = await createWorld({ seed: 'empty' }, { AWS_ENDPOINT_URL: url, ...settings }, { timers });
  open.push({ close: () => world.dispose() });
  return world;
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push({
    close() {
      server.closeAllConnections();
      server.close();
    },
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('when ECS fails', () => {
  it('an unreachable one is an error at the path, and siblings survive', async () => {
    const server = createServer();
    const url = await listen(server);
    server.close();
    const world = await gatewayOver(url);
    const { data, errors } = await world.query('{ __typename cluster { id } }');
    expect(data).toEqual({ __typename: 'Query', cluster: null });
    expect(errors).toEqual([
      expect.objectContaining({
        path: ['cluster'],
        extensions: expect.objectContaining({
          code: 'UPSTREAM_UNAVAILABLE',
          operation: 'DescribeClusters',
          retryable: true,
        }),
      }),
    ]);
  });

  it('one that never answers is given up within the deadline', async () => {
    const world = await gatewayOver(await listen(createServer(() => undefined)), { QUERY_DEADLINE: '200ms' });
    const { errors } = await world.query('{ cluster { id } clusters { nodes { id } } }');
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['UPSTREAM_TIMEOUT', 'UPSTREAM_TIMEOUT']);
  });

  it('an answer that stops midway ends its attempt, and a read is tried again', async () => {
    let attempts = 0;
    const url = await listen(
      createServer((_request, response) => {
        attempts += 1;
        response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' });
        response.write('{"clusters": [');
        if (attempts > 1) response.end(']}');
      }),
    );
    const world = await gatewayOver(url, { ATTEMPT_TIMEOUT: '300ms' });
    const { data, errors } = await world.query('{ cluster { id } }');
    expect(errors).toBeUndefined();
    expect(data).toEqual({ cluster: null });
    expect(attempts).toBeGreaterThan(1);
  });

  it('reports an unreadable answer as such', async () => {
    const url = await listen(createServer((_request, response) => response.end('{"clusters": [')));
    const { errors } = await (await gatewayOver(url)).query('{ cluster { id } }');
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'UPSTREAM_INVALID_RESPONSE', retryable: true });
  });

  it('a refusal keeps what AWS says of roles and accounts to itself', async () => {
    const url = await listen(
      createServer((_request, response) => {
        response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': 'req-1' });
        response.end(
          JSON.stringify({
            __type: 'AccessDeniedException',
            message: 'User: arn:aws:sts::123456789012:assumed-role/secret is not authorized',
          }),
        );
      }),
    );
    const { errors } = await (await gatewayOver(url)).query('{ cluster { id } }');
    expect(errors?.[0]?.extensions).toMatchObject({
      code: 'FORBIDDEN_UPSTREAM',
      awsCode: 'AccessDeniedException',
      requestId: 'req-1',
    });
    expect(JSON.stringify(errors)).not.toMatch(/secret|arn:aws/);
  });

  it('a status that the schema does not know reads UNRECOGNIZED, with the raw value beside', async () => {
    const url = await listen(
      createServer((_request, response) => {
        response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' });
        const clusterArn = 'arn:aws:ecs:eu-west-1:123456789012:cluster/default';
        response.end(JSON.stringify({ clusters: [{ clusterArn, clusterName: 'default', status: 'HIBERNATING' }] }));
      }),
    );
    const { data, errors, extensions } = await (await gatewayOver(url)).query('{ cluster { clusterName status } }');
    expect(errors).toBeUndefined();
    expect(data).toEqual({ cluster: { clusterName: 'default', status: 'UNRECOGNIZED' } });
    expect(extensions?.unrecognizedValues).toEqual([{ path: ['cluster', 'status'], value: 'HIBERNATING' }]);
  });

  it('a write that ECS may have carried out is not sent again, a read is', async () => {
    const seen: string[] = [];
    const url = await listen(
      createServer((request, response) => {
        seen.push(String(request.headers['x-amz-target']).split('.')[1] ?? '');
        response.writeHead(500, { 'content-type': 'application/x-amz-json-1.1' });
        response.end(JSON.stringify({ __type: 'ServerException', message: 'oops' }));
      }),
    );
    const world = await gatewayOver(url);
    const { errors } = await world.query('mutation { stopTask(input: { task: "x" }) { task { id } } }');
    expect(errors?.[0]?.extensions).toMatchObject({
      code: 'OUTCOME_UNKNOWN',
      operation: 'StopTask',
      retryable: false,
      check: 'task(task: "x") { lastStatus desiredStatus stoppedReason }',
    });
    expect(seen[0]).toBe('StopTask');
    expect(new Set(seen.slice(1))).toEqual(new Set(['DescribeTasks']));
    seen.length = 0;
    await world.query('{ cluster { id } }');
    expect(seen).toEqual(['DescribeClusters', 'DescribeClusters', 'DescribeClusters']);
  });

  it('a refusal is not sent again because the upstream has another time than we', async () => {
    const world = await createWorld({ seed: 'empty' });
    open.push({ close: () => world.dispose() });
    await world.query('{ clusters { nodes { id } } }');
    for (let minutes = 0; minutes < 3; minutes += 1) {
      world.sandbox.clock.advance(10 * 60_000);
      const { data, calls } = await world.count('{ tasks(clusters: ["nowhere"]) { nodes { taskArn } } }');
      expect(data).toEqual({ tasks: null });
      expect(calls).toEqual({ ListTasks: 1 });
    }
  });

  it('what a mutation reads after its write has the time of a mutation', async () => {
    const clusterArn = 'arn:aws:ecs:eu-west-1:123456789012:cluster/default';
    const url = await listen(
      createServer((request, response) => {
        const cluster = { clusterArn, clusterName: 'default', status: 'ACTIVE' };
        const isWrite = String(request.headers['x-amz-target']).endsWith('CreateCluster');
        response.end(JSON.stringify(isWrite ? { cluster } : { clusters: [{ ...cluster, runningTasksCount: 3 }] }));
      }),
    );
    const world = await gatewayOver(url, { QUERY_DEADLINE: '1ms' });
    const tags =
      'tagResource(input: { resourceArn: "CLUSTER", tags: [] }) { resource { ... on Cluster { runningTasksCount } } }';
    const { data, errors } = await world.query(`mutation {
      createCluster(input: {}) { cluster { clusterName } }
      ${tags.replace('CLUSTER', clusterArn)}
    }`);
    expect(errors).toBeUndefined();
    expect(data).toMatchObject({ tagResource: { resource: { runningTasksCount: 3 } } });
  });

  it('reports a quota after one call: a retry would not succeed', async () => {
    await using world = await createFakeWorld(() => {
      throw new FakeException('LimitExceededException', 'The limit for task sets was exceeded.');
    });
    const deletion =
      'deleteTaskSet(input: { cluster: "c", service: "s", taskSet: "t" }) { taskSet { stabilityStatus } }';
    for (const [operation, mutation] of [
      ['CreateCapacityProvider', 'createCapacityProvider(input: { name: "p" }) { capacityProvider { name } }'],
      ['DeleteTaskSet', deletion],
      ['PutAttributes', 'putAttributes(input: { attributes: [{ name: "a" }] }) { attributes { name } }'],
    ] as const) {
      const { errors } = await world.query(`mutation { ${mutation} }`);
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'LIMIT_EXCEEDED', operation, retryable: false });
      expect(world.counts()).toEqual({ [operation]: 1 });
    }
  });

  it.each([
    ['a list', '{ tasks(clusters: ["c"]) { nodes { taskArn } } }'],
    [
      'the tasks of a service',
      '{ service(cluster: "c", service: "s") { tasks(desiredStatus: STOPPED) { nodes { taskArn } } } }',
    ],
  ])('page tokens of %s that lead in a circle end it', async (_name, query) => {
    const arn = (type: string, name: string) => `arn:aws:ecs:eu-west-1:123456789012:${type}/${name}`;
    const service = { serviceArn: arn('service', 'c/s'), serviceName: 's', clusterArn: arn('cluster', 'c') };
    await using world = await createFakeWorld((operation, { serviceName }) => {
      if (operation === 'DescribeServices') return { services: [service], failures: [] };
      return serviceName === undefined ? { taskArns: [], nextToken: 'again' } : { taskArns: [] };
    });
    const { errors } = await world.query(query);
    expect(errors?.[0]).toMatchObject({ extensions: { code: 'UPSTREAM_INVALID_RESPONSE', operation: 'ListTasks' } });
    expect(world.counts().ListTasks).toBeLessThan(5);
  });

  it('a page token that ECS takes no more is an expired cursor, whatever ECS calls it', async () => {
    const clusterArns = ['arn:aws:ecs:eu-west-1:123456789012:cluster/a'];
    await using world = await createFakeWorld((_operation, { nextToken }) => {
      if (nextToken !== undefined) throw new FakeException('InvalidParameterException', `Invalid token ${nextToken}`);
      return { clusterArns, nextToken: 'one' };
    });
    const CLUSTERS = 'query ($after: String) { clusters(first: 1, after: $after) { pageInfo { endCursor } } }';
    const { data } = await world.query<{ clusters: { pageInfo: { endCursor: string } } }>(CLUSTERS);
    const { errors } = await world.query(CLUSTERS, { after: data?.clusters.pageInfo.endCursor });
    expect(errors?.[0]).toMatchObject({
      message: 'The cursor is too old for ECS: Invalid token one',
      path: ['clusters'],
      extensions: { code: 'PAGINATION_EXPIRED', awsCode: 'InvalidParameterException', retryable: false },
    });
  });

  it('a task definition that does not exist is a mistake that can be mended, not a broken answer', async () => {
    const world = await createWorld({ seed: 'demo' });
    open.push({ close: () => world.dispose() });
    const { errors } = await world.query(
      'mutation { runTask(input: { cluster: "storefront", taskDefinition: "nosuch" }) { tasks { id } } }',
    );
    expect(errors?.[0]).toMatchObject({
      message: 'TaskDefinition not found (named "nosuch").',
      extensions: { code: 'NOT_FOUND', argument: 'input.taskDefinition', awsCode: 'ClientException', retryable: false },
    });
  });
});
