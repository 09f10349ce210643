import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { estimateCost } from '../../../src/pipeline/admission/cost-estimate.ts';
import { startTestApp } from '../../support/test-app.ts';
import { createTestSchema } from '../../support/test-schema.ts';

const { schema } = createTestSchema();
const cost = (query: string, variables: Record<string, unknown> = {}) =>
  estimateCost(parse(query), undefined, variables, schema);

describe('estimateCost', () => {
  it.each([
    ['a field without a cost', '{ hello }', {}, 0],
    ['a look-up', '{ item { name } }', {}, 1],
    ['a link: one Describe for 10 objects', '{ item { item { name } } }', {}, 2],
    ['a page: one List, a Describe for each 10', '{ items(first: 25) { name } }', {}, 1 + 3],
    ['a page whose size nobody asked for: 20', '{ items { name } }', {}, 1 + 2],
    ['several pages of ECS', '{ items(first: 250) { name } }', {}, 3 + 25],
    ['a page for each of a page', '{ items(first: 10) { items(first: 20) { name } } }', {}, 2 + 10 + 20],
    ['a size from a variable', 'query ($n: Int) { items(first: $n) { name } }', { n: 1000 }, 10 + 100],
    ['a size from a default', 'query ($n: Int = 50) { items(first: $n) { name } }', {}, 1 + 5],
    ['a variable that is absent', 'query ($n: Int) { items(first: $n) { name } }', {}, 1 + 2],
    ['a variable that is no number', 'query ($n: Int) { items(first: $n) { name } }', { n: '1e9' }, 1 + 2],
    ['a list of ids', '{ nodes(ids: ["a", "b", "c"]) { item { name } } }', {}, 1 + 1],
    ['a list of ids in a variable', 'query ($i: [String]) { nodes(ids: $i) { name } }', { i: Array(95).fill('a') }, 10],
    ['fragments', '{ ...Q } fragment Q on Query { item { ... on Item { item { name } } } }', {}, 2],
    ['an unknown field', '{ nope { item } }', {}, 0],
  ])('%s', (_name, query, variables, expected) => {
    expect(cost(query, variables)).toBe(expected);
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

  it('is off at 0', async () => {
    const server = await startTestApp({ maxCost: 0 });
    expect((await server.query('{ items(first: 2000000) { name } }')).errors).toBeUndefined();
    await server[Symbol.asyncDispose]();
  });
});
