import {
  CreateClusterCommand,
  CreateServiceCommand,
  DeleteServiceCommand,
  ListTasksCommand,
  StopTaskCommand,
} from '@aws-sdk/client-ecs';
import type { GraphQLFormattedError } from 'graphql';
import { createClient } from 'graphql-ws';
import { describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { askFresh } from './support/ask-fresh.ts';
import { startInventoryWorld } from './support/inventory-world.ts';
import { createEcs, registerTask, runTasks } from './support/past-gateway.ts';

const TREE = `{
  clusters(first: 100) {
    nodes {
      clusterName
      services(first: 100) {
        nodes { serviceName status runningCount pendingCount tasks(first: 100) { nodes { taskArn lastStatus version startedAt containers { name lastStatus } } } }
      }
      containerInstances(first: 100) {
        nodes { containerInstanceArn status runningTasksCount tasks(first: 100) { nodes { taskArn group } } }
      }
    }
  }
}`;

describe('reads with a warm inventory', () => {
  it('need no calls for tasks and instances, and show what ECS shows', async () => {
    await using setup = await startInventoryWorld({}, { MAX_COST: '0', MAX_OBJECTS: '0' });
    const { world } = setup;
    const warm = await world.count(TREE);
    expect(warm.errors).toBeUndefined();
    expect(warm.calls).toEqual({ ListClusters: 1 });
    expect(warm.extensions?.ecs).toMatchObject({
      fromInventory: expect.any(Number),
      asOf: { 'default/eu-west-1': expect.stringMatching(/^\d{4}-/) },
    });
    world.sandbox.resetCalls();
    const read = await askFresh(world, TREE);
    expect(inOrder(read.data)).toEqual(inOrder(warm.data));
    expect(world.sandbox.calls()).toMatchObject({ ListTasks: expect.any(Number), DescribeTasks: expect.any(Number) });
    expect(read.extensions?.ecs).not.toHaveProperty('fromInventory');
  });
});

describe('a request that wants a read', () => {
  const TASKS = '{ tasks(clusters: "platform", first: 3) { nodes { taskArn lastStatus } } }';
  const READ = { ListTasks: 1, DescribeTasks: 1 };

  it('says so in its extensions, over HTTP and WebSocket', async () => {
    await using setup = await startInventoryWorld();
    const { app, sandbox } = setup.world;
    const extensions = { ecs: { fresh: true } };
    sandbox.resetCalls();
    const response = await app.fetch(
      new Request('http://127.0.0.1/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json' },
        body: JSON.stringify({ query: TASKS, extensions }),
      }),
    );
    expect(((await response.json()) as { errors?: unknown }).errors).toBeUndefined();
    expect(sandbox.calls()).toEqual(READ);
    const { url } = await app.listen();
    const client = createClient({ url: `${url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket });
    const ask = async (more: object) => {
      sandbox.resetCalls();
      const { value } = await client.iterate({ query: TASKS, ...more }).next();
      return {
        codes: value?.errors?.map(({ extensions }: GraphQLFormattedError) => extensions?.code),
        calls: { ...sandbox.calls() },
      };
    };
    expect(await ask({})).toEqual({ codes: undefined, calls: {} });
    expect(await ask({ extensions })).toEqual({ codes: undefined, calls: READ });
    // A wish that is no boolean is refused: an answer from memory would pass for the read that was asked for.
    expect(await ask({ extensions: { ecs: { fresh: 'yes' } } })).toEqual({ codes: ['BAD_USER_INPUT'], calls: {} });
    await client.dispose();
  });
});

describe('members that no event shows', () => {
  it.each([
    [
      'healthStatus',
      'task health',
      '{ tasks(clusters: "platform", first: 3) { nodes { healthStatus } } }',
      { DescribeTasks: 1 },
    ],
    [
      'containers { healthStatus }',
      'the health of containers',
      '{ tasks(clusters: "platform", first: 3) { nodes { containers { healthStatus } } } }',
      { DescribeTasks: 1 },
    ],
    ['tags', 'tags', '{ tasks(clusters: "platform", first: 3) { nodes { tags { key } } } }', { DescribeTasks: 1 }],
    [
      'attributes',
      'attributes',
      '{ containerInstances(clusters: "platform", first: 3) { nodes { attributes { name } } } }',
      { DescribeContainerInstances: 1 },
    ],
    [
      'containers { name }',
      'other members',
      '{ tasks(clusters: "platform", first: 3) { nodes { containers { name } platformFamily } } }',
      {},
    ],
  ] as const)('are read: %s (%s)', async (_members, _what, query, calls) => {
    await using setup = await startInventoryWorld();
    const answer = await setup.world.count(query);
    expect(answer.errors).toBeUndefined();
    expect(answer.calls).toEqual(calls);
  });
});

describe('services', () => {
  const LIST = '{ services(clusters: "prod") { nodes { serviceName status runningCount } } }';

  it('are listed from memory, and others that appear or go past the gateway are noticed', async () => {
    await using setup = await startInventoryWorld({ seed: 'empty' });
    const { world } = setup;
    const ecs = createEcs(world);
    await ecs.send(new CreateClusterCommand({ clusterName: 'prod' }));
    await registerTask(ecs);
    const create = (serviceName: string) =>
      ecs.send(
        new CreateServiceCommand({
          cluster: 'prod',
          serviceName,
          taskDefinition: 'web',
          desiredCount: 1,
          launchType: 'FARGATE',
          networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } },
        }),
      );
    const names = async () => {
      const { data, calls } = await world.count<{ services: { nodes: { serviceName: string }[] } }>(LIST);
      return { names: data?.services.nodes.map(({ serviceName }) => serviceName), calls };
    };
    await create('one');
    await setup.pass(60_000);
    expect(await names()).toEqual({ names: ['one'], calls: {} });
    await create('two');
    await setup.pass(60_000);
    expect(await names()).toEqual({ names: ['one', 'two'], calls: {} });
    await ecs.send(new DeleteServiceCommand({ cluster: 'prod', service: 'one', force: true }));
    await setup.pass(65_000);
    expect(await names()).toEqual({ names: ['two'], calls: {} });
    // Members that neither the list nor the tasks show are read.
    expect((await world.count('{ services(clusters: "prod") { nodes { desiredCount } } }')).calls).toEqual({
      DescribeServices: 1,
    });
    ecs.destroy();
  });
});

describe('a list from memory', () => {
  it('goes on from ECS if events stop between two pages', async () => {
    await using setup = await startInventoryWorld({ seed: 'empty' });
    const ecs = createEcs(setup.world);
    await ecs.send(new CreateClusterCommand({ clusterName: 'prod' }));
    await registerTask(ecs);
    setup.world.sandbox.faults.set({ launchRates: { enabled: false, scale: 1 } });
    const arns = await runTasks(ecs, 120);
    await setup.pass(5_000);
    interface Page {
      readonly tasks: {
        readonly nodes: readonly { readonly taskArn: string }[];
        readonly pageInfo: { readonly endCursor: string };
      };
    }
    const page = (after: string) =>
      setup.world.count<Page>(
        `{ tasks(clusters: "prod", first: 100${after}) { nodes { taskArn } pageInfo { endCursor } } }`,
      );
    const first = await page('');
    expect(first.calls).toEqual({});
    setup.source.isAway = true;
    await setup.pass(200_000);
    const second = await page(`, after: "${first.data?.tasks.pageInfo.endCursor}"`);
    expect(second.errors).toBeUndefined();
    expect(second.calls).toEqual({ ListTasks: 2 });
    const all = [first, second].flatMap(({ data }) => data?.tasks.nodes.map(({ taskArn }) => taskArn) ?? []);
    expect(all).toEqual(arns.sort());
    ecs.destroy();
  });
});

describe('an answer of ECS that lags behind an event', () => {
  it('is replaced by what the event announced', async () => {
    await using setup = await startInventoryWorld();
    const ecs = createEcs(setup.world);
    const { taskArns: [task = ''] = [] } = await ecs.send(new ListTasksCommand({ cluster: 'platform' }));
    setup.world.sandbox.faults.set({ staleReadsMs: 4_000 });
    await ecs.send(new StopTaskCommand({ cluster: 'platform', task }));
    await setup.source.deliver();
    const answer = await setup.world.count<{ task: object }>(
      `{ task(cluster: "platform", task: "${task}") { desiredStatus healthStatus } }`,
    );
    expect(answer.calls).toEqual({ DescribeTasks: 1 });
    expect(answer.data?.task).toEqual({ desiredStatus: 'STOPPED', healthStatus: expect.any(String) });
    ecs.destroy();
  });
});

/** ECS documents no order of container instances. */
function inOrder(data: unknown): unknown {
  if (Array.isArray(data)) return data.map(inOrder).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(Object.entries(data).map(([name, value]) => [name, inOrder(value)]));
}
