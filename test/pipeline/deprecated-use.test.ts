import { buildSchema, parse } from 'graphql';
import { expect, it } from 'vitest';
import { countDeprecatedUse } from '../../src/pipeline/deprecated-use.ts';
import type { Operations } from '../../src/pipeline/run-operation.ts';
import { createFakeWorld } from '../support/ecs/fake-ecs.ts';

const schema = buildSchema(`
  type Query { a(old: Int @deprecated, e: E): Int b: B @deprecated c(i: I, list: [I!]): Int }
  type B { d: Int @deprecated }
  enum E { P Q @deprecated }
  input I { x: Int y: Int @deprecated j: J }
  input J { z: Int @deprecated i: [I!] }
`);

async function used(query: string, variableValues?: Record<string, unknown>): Promise<string[]> {
  const found: string[] = [];
  const none: Operations = { execute: async () => ({}), subscribe: async () => ({}) };
  const operations = countDeprecatedUse(none, schema, { deprecated: (coordinate) => found.push(coordinate) });
  const operation = { document: parse(query), operationName: undefined, variableValues };
  await operations.execute(operation as never, undefined as never);
  const once = [...found];
  await operations.subscribe(operation as never, undefined as never);
  expect(found).toEqual([...once, ...once]);
  return once.sort();
}

it.each([
  ['nothing', '{ a(e: P) c(i: { x: 1 }) }', []],
  ['fields, once each, in fragments too', '{ b { ...F } again: b { ...F } } fragment F on B { d }', ['B.d', 'Query.b']],
  ['arguments and enum values', '{ a(old: 1, e: Q) }', ['E.Q', 'Query.a(old:)']],
  ['members of inputs', '{ c(i: { y: 1, j: { z: 2 } }) }', ['I.y', 'J.z']],
])('counts %s in the document', async (_what, query, coordinates) => {
  expect(await used(query)).toEqual(coordinates);
});

it('counts members of inputs in variables, at any depth and in lists', async () => {
  const query = 'query ($i: I, $list: [I!]) { c(i: $i, list: $list) }';
  expect(await used(query, { i: { x: 1 }, list: [] })).toEqual([]);
  expect(await used(query, { i: { x: 1, j: { i: [{ y: 2 }] } } })).toEqual(['I.y']);
  expect(await used(query, { list: [{ x: 1 }, { j: { z: 3 } }] })).toEqual(['J.z']);
  expect(await used(query, { list: { y: null }, i: 'not an object' })).toEqual(['I.y']);
  expect(await used(query)).toEqual([]);
});

it('shows in the metrics by coordinate', async () => {
  await using world = await createFakeWorld((operation) => (operation === 'DescribeTasks' ? { tasks: [] } : {}));
  await world.query('{ task(task: "a") { inferenceAccelerators { deviceName } } }');
  await world.query('{ task(task: "a") { inferenceAccelerators { deviceName } group } }');
  expect(await world.metrics()).toContain(
    'ecs_graphql_deprecated_uses_total{coordinate="Task.inferenceAccelerators"} 2',
  );
});
