import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { estimateCost } from '../../../src/pipeline/admission/cost-estimate.ts';
import { sharedSchema } from '../../support/gateway/shared-schema.ts';
import { startTestApp } from '../../support/gateway/test-app.ts';
import { createTestSchema } from '../../support/gateway/test-schema.ts';
import { createWorld } from '../../support/gateway/world.ts';

const { schema } = createTestSchema();
const cost = (query: string, variables: Record<string, unknown> = {}) => {
  const { calls, objects } = estimateCost(parse(query), undefined, variables, schema);
  return [calls, objects];
};

describe('estimateCost', () => {
  it.each([
    ['a field without a cost', '{ hello }', {}, 0, 0],
    ['a look-up', '{ item { name } }', {}, 1, 1],
    ['a link: one Describe for 10 objects', '{ item { item { name } } }', {}, 2, 2],
    ['a page: one List, a Describe for each 10', '{ items(first: 25) { name } }', {}, 1 + 3, 25],
    ['a page whose size nobody asked for: 20', '{ items { name } }', {}, 1 + 2, 20],
    ['several pages of ECS', '{ items(first: 250) { name } }', {}, 3 + 25, 250],
    ['a page for each of a page', '{ items(first: 10) { items(first: 20) { name } } }', {}, 2 + 10 + 20, 10 + 200],
    ['a size from a variable', 'query ($n: Int) { items(first: $n) { name } }', { n: 1000 }, 10 + 100, 1000],
    ['a size from a default', 'query ($n: Int = 50) { items(first: $n) { name } }', {}, 1 + 5, 50],
    ['a variable that is absent', 'query ($n: Int) { items(first: $n) { name } }', {}, 1 + 2, 20],
    ['a variable that is no number', 'query ($n: Int) { items(first: $n) { name } }', { n: '1e9' }, 1 + 2, 20],
    ['a list of ids', '{ nodes(ids: ["a", "b", "c"]) { item { name } } }', {}, 1 + 1, 3 + 3],
    ['ids in a variable', 'query ($i: [String]) { nodes(ids: $i) { name } }', { i: Array(95).fill('a') }, 10, 95],
    ['fragments', '{ ...Q } fragment Q on Query { item { ... on Item { item { name } } } }', {}, 2, 2],
    [
      'a connection: itself, and the nodes that were asked for',
      '{ page(first: 30) { nodes { name } } }',
      {},
      1 + 3,
      31,
    ],
    [
      'its edges and their nodes',
      '{ page(first: 30) { edges { node { item { name } } } } }',
      {},
      1 + 3 + 3,
      1 + 30 + 30 + 30,
    ],
    ['lists that nothing bounds: two of each', '{ item { parts { parts { name } } } }', {}, 1, 1 + 2 + 4],
    ['an unknown field', '{ nope { item } }', {}, 0, 0],
    ['introspection', '{ __schema { types { fields { name } } } }', {}, 0, 0],
  ])('%s', (_name, query, variables, calls, objects) => {
    expect(cost(query, variables)).toEqual([calls, objects]);
  });

  it('counts a write as a call', () => {
    const writes = `mutation { a: stopTask(input: { task: "1" }) { __typename }
      updateService(input: { service: "web" }) { __typename } }`;
    expect(estimateCost(parse(writes), undefined, {}, sharedSchema()).calls).toBe(2);
  });

  it('takes the length of an event list from `recent`', () => {
    const real = sharedSchema();
    const of = (recent: string) =>
      estimateCost(
        parse(`subscription { clusterEvents${recent} { type events { event { message } service { id } } } }`),
        undefined,
        {},
        real,
      );
    expect(of('(recent: 100)')).toEqual({ calls: 10 + 100, objects: 1 + 100 * 3 });
    expect(of('')).toEqual(of('(recent: 20)'));
  });
});

describe('the limit of the cost', () => {
  it('is compared with what the variables say', async () => {
    const server = await startTestApp({ maxCost: 20 });
    const query = 'query ($n: Int) { items(first: $n) { name } }';
    expect((await server.query(query, { n: 100 })).errors).toBeUndefined();
    const answer = await server.query(query, { n: 1_000_000_000 });
    expect(answer).toMatchObject({ status: 400, errors: [{ extensions: { code: 'QUERY_TOO_EXPENSIVE', limit: 20 } }] });
    await server[Symbol.asyncDispose]();
  });

  it.each([
    ['objects', { maxObjects: 30 }, '{ items(first: 31) { name } }', 'MAX_OBJECTS'],
    ['calls', { maxCost: 3 }, '{ items(first: 31) { name } }', 'MAX_COST'],
  ])('names the setting: %s', async (_name, settings, query, setting) => {
    const server = await startTestApp(settings);
    const answer = await server.query(query);
    expect(answer.errors?.[0]).toMatchObject({ extensions: { code: 'QUERY_TOO_EXPENSIVE' } });
    expect(answer.errors?.[0]?.message).toContain(setting);
    await server[Symbol.asyncDispose]();
  });

  it('is off at 0', async () => {
    const server = await startTestApp({ maxCost: 0, maxObjects: 0 });
    expect((await server.query('{ items(first: 2000000) { name } }')).errors).toBeUndefined();
    await server[Symbol.asyncDispose]();
  });

  it('holds while executing: an answer of three times the objects of an estimate ends there', async () => {
    const server = await startTestApp({ maxObjects: 4 });
    expect((await server.query('{ many(count: 12) { name } }')).errors).toBeUndefined();
    const answer = await server.query('{ many(count: 13) { name } }');
    expect(answer).toMatchObject({
      status: 400,
      errors: [{ extensions: { code: 'RESPONSE_TOO_LARGE', retryable: false } }],
    });
    expect(answer.data).toBeUndefined();
    await server[Symbol.asyncDispose]();
  });

  it('holds while writing: an answer that is too long ends there', async () => {
    const server = await startTestApp({ maxResponse: 1_000 });
    expect((await server.query('{ filler(length: 900) }')).errors).toBeUndefined();
    const answer = await server.query('{ filler(length: 1000) }');
    expect(answer).toMatchObject({ status: 400, errors: [{ extensions: { code: 'RESPONSE_TOO_LARGE' } }] });
    await server[Symbol.asyncDispose]();
  });
});

describe('what is known of the fleet', () => {
  const real = sharedSchema();
  const tree = '{ clusters(first: 1000) { nodes { services(first: 1000) { nodes { serviceName status } } } } }';
  const of = (query: string, known = {}) => estimateCost(parse(query), undefined, {}, real, known).calls;

  it('bounds lists, with room for more', () => {
    expect(of(tree)).toBeGreaterThan(100_000);
    // 3 clusters are taken for 15 at most, 12 services for 28.
    expect(of(tree, { clusters: 3, services: 12, tasks: 60, containerInstances: 6 })).toBe(
      1 + 1 + 15 * 1 + 15 * Math.ceil(28 / 10),
    );
    expect(of('{ services(first: 1000) { nodes { status } } }', { clusters: 3 })).toBe(10 + 14 + 100);
    expect(of(tree, { clusters: 3 })).toBeGreaterThan(1_000);
  });

  it('is learnt from answers to others: nothing is read for an estimate then', async () => {
    const world = await createWorld();
    await world.query('{ clusters { nodes { runningTasksCount } } }');
    const { data, errors } = await world.query<{ clusters: { nodes: object[] } }>(tree);
    expect(errors).toBeUndefined();
    expect(data?.clusters.nodes).toHaveLength(3);
    expect(world.sandbox.calls()).toMatchObject({ ListClusters: 2, DescribeClusters: 1 });
    await world.dispose();
  });
});
