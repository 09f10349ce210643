import { buildSchema, execute, GraphQLObjectType, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { inspect } from '../../src/execution/inspect.ts';

/** A value as graphql-js shows it, in the error of a type that does not know the value. */
async function shownByGraphql(value: unknown): Promise<string> {
  const schema = buildSchema('type Query { thing: Thing } type Thing { a: Int }');
  const thing = schema.getType('Thing');
  if (thing instanceof GraphQLObjectType) thing.isTypeOf = () => false;
  const { errors } = await execute({ schema, document: parse('{ thing { a } }'), rootValue: { thing: () => value } });
  return /^Expected value of type "Thing" but got: (.*)\.$/s.exec(errors?.[0]?.message ?? '')?.[1] ?? 'no error';
}

class Box {
  readonly inner: unknown;
  constructor(inner: unknown) {
    this.inner = inner;
  }
}

const circle: { self?: object } = {};
circle.self = circle;

describe('a value in a message', () => {
  it.each([
    ['text', 'a "quoted" text'],
    ['numbers', 12.5],
    ['a date', new Date(0)],
    ['an empty object and list', { a: {}, b: [] }],
    ['a nested object', { a: { b: { c: { d: 1 } } } }],
    ['nested lists', [[[[1]]]]],
    ['a long list', Array.from({ length: 11 }, (_, index) => index)],
    ['a longer list', { list: Array.from({ length: 20 }, (_, index) => index) }],
    ['an object of a class, deep', { a: new Box(new Box(1)) }],
    ['a circle', circle],
    ['a function', { run: shownByGraphql, other: () => 1 }],
    ['an object that is its own JSON', { toJSON: () => ({ a: 1 }) }],
    ['a map', { deep: { deeper: new Map([[1, 2]]) } }],
  ])('is shown as graphql-js shows it: %s', async (_name, value) => {
    expect(inspect(value)).toBe(await shownByGraphql(value));
  });
});
