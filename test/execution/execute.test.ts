import { setImmediate as nextTurn } from 'node:timers/promises';
import { buildSchema, execute as executeByGraphqlJs, type GraphQLSchema, isObjectType, parse } from 'graphql';
import { describe, expect, it, vi } from 'vitest';
import { createTurns, type Turns } from '../../src/execution/event-loop-turns.ts';
import { createExecute } from '../../src/execution/execute.ts';
import { createSchema } from '../../src/schema/index.ts';
import { countUnhandled, ENDLESS, textOf } from './support/compare.ts';

const SDL = `
  type Query { items(count: Int = 3): [Item!] names: [String!] item: Item }
  type Mutation { write(value: Int!): Int }
  type Item { name(suffix: String = "!"): String item: Item items: [Item!] }`;

/** Executes by ours and by graphql-js, and gives what ours answers once both answer the same. */
async function execute(schema: GraphQLSchema, query: string, rootValue: unknown = {}, operationName?: string) {
  const args = { document: parse(query), rootValue, operationName };
  const result = await createExecute(schema, ENDLESS)(args);
  const [theirs] = await countUnhandled(async () => executeByGraphqlJs({ schema, ...args }));
  expect(textOf(result)).toBe(textOf(theirs));
  return result;
}

describe('an execution', () => {
  const schema = buildSchema(SDL);

  it('answers without a promise where no resolver gave one', () => {
    const ours = createExecute(schema, ENDLESS);
    expect(ours({ document: parse('{ items { name } }'), rootValue: { items: [{ name: 'a' }] } })).toEqual({
      data: { items: [{ name: 'a' }] },
    });
  });

  it('plans a document once, for all requests and objects', () => {
    const item = schema.getType('Item');
    const look = vi.spyOn(isObjectType(item) ? item : ({} as never), 'getFields');
    const ours = createExecute(schema, ENDLESS);
    const document = parse('{ items { name items { name } } }');
    const rootValue = { items: [{ items: [{}, {}] }, { items: [{}] }] };
    ours({ document, rootValue });
    // Two fields of the items, and one of theirs.
    expect(look).toHaveBeenCalledTimes(3);
    ours({ document, rootValue });
    expect(look).toHaveBeenCalledTimes(3);
    look.mockRestore();
  });

  it('leaves no promise alone in a list that has failed', async () => {
    const names = () => [Promise.reject(new Error('late')), null];
    const [result, unhandled] = await countUnhandled(() => execute(schema, '{ names }', { names }));
    expect(result.errors?.map(({ message }) => message)).toEqual([
      'Cannot return null for non-nullable field Query.names.',
    ]);
    // One that graphql-js leaves alone is counted where it runs.
    expect(unhandled).toBe(0);
  });

  it('tells of errors that come at the same time in the order in which they come', async () => {
    const late = (depth: number, error: string): Promise<never> => {
      let promise: Promise<unknown> = Promise.resolve();
      for (let tick = 0; tick < depth; tick += 1) promise = promise.then(() => undefined);
      return promise.then(() => Promise.reject(new Error(error)));
    };
    // However deep each lies: below objects and lists of promises, and beside others that are there.
    const item = (depth: number, error: string) => ({
      name: () => late(depth, `name ${error}`),
      item: Promise.resolve({ name: () => late(depth, `below ${error}`), item: null }),
      items: [
        Promise.resolve({ name: () => late(depth, `listed ${error}`) }),
        { name: 'x' },
        Promise.reject(new Error(error)),
      ],
    });
    const query = '{ items { name item { name item { name } } items { name other: name } } item { name } names }';
    const document = parse(query);
    for (let depth = 0; depth < 8; depth += 1) {
      const root = () => ({
        items: () => [item(depth, 'a'), Promise.resolve(item(3, 'b')), item(7 - depth, 'c')],
        item: () => Promise.resolve(item(5 - (depth % 5), 'd')),
        names: () => [late(depth, 'n'), 'x'],
      });
      const ours = await createExecute(schema, ENDLESS)({ document, rootValue: root() });
      const theirs = await executeByGraphqlJs({ schema, document, rootValue: root() });
      expect(textOf(ours)).toBe(textOf(theirs));
    }
  });

  it('reads what it is given as often as graphql-js does', async () => {
    const read = async (run: typeof execute | typeof executeByGraphqlJs) => {
      const reads: string[] = [];
      const log = <T>(name: string, value: T): T => {
        reads.push(name);
        return value;
      };
      const rootValue = {
        get item() {
          return log('property', { name: 'a' });
        },
        get names() {
          return log('method', () => log('call', ['b']));
        },
      };
      const args = { schema, document: parse('{ item { name } names }'), rootValue };
      await (run === executeByGraphqlJs ? executeByGraphqlJs(args) : createExecute(schema, ENDLESS)(args));
      return reads;
    };
    expect(await read(execute)).toEqual(await read(executeByGraphqlJs));
  });

  it('gives each resolver arguments of its own', async () => {
    const seen: unknown[] = [];
    const name = (args: { suffix: string }) => {
      seen.push(args.suffix);
      args.suffix += '?';
      return args.suffix;
    };
    await execute(schema, '{ items { name } }', { items: [{ name }, { name }] });
    expect(seen).toEqual(['!', '!', '!', '!']);
  });

  it('writes one after the other, whether they fail or not', async () => {
    const order: string[] = [];
    const write = async ({ value }: { value: number }) => {
      order.push(`begin ${value}`);
      await nextTurn();
      order.push(`end ${value}`);
      if (value === 2) throw new Error('refused');
      return value;
    };
    const result = await createExecute(schema)({
      document: parse('mutation { a: write(value: 1) b: write(value: 2) c: write(value: 3) }'),
      rootValue: { write },
    });
    expect(order).toEqual(['begin 1', 'end 1', 'begin 2', 'end 2', 'begin 3', 'end 3']);
    expect(result).toMatchObject({ data: { a: 1, b: null, c: 3 }, errors: [{ message: 'refused' }] });
  });

  it('answers to names that objects have already', async () => {
    const { data } = await execute(schema, '{ items { __proto__: name toString: name constructor: __typename } }', {
      items: Array.from({ length: 200 }, () => ({ name: 'a' })),
    });
    expect(new Set(((data?.items ?? []) as unknown[]).map((item) => JSON.stringify(item)))).toEqual(
      new Set(['{"__proto__":"a","toString":"a","constructor":"Item"}']),
    );
  });

  it.each([
    ['none', 'fragment F on Item { name }', undefined],
    ['one of several', '{ a: __typename } query B { __typename }', undefined],
    ['an unknown one', 'query B { __typename }', 'C'],
    ['one of a kind that the schema lacks', 'subscription { __typename }', undefined],
  ])('says as graphql-js which operation there is to execute: %s', async (_name, query, operationName) => {
    expect(await execute(schema, query, {}, operationName)).toMatchObject({ errors: [{}] });
  });
});

describe('a long execution', () => {
  const schema = buildSchema(SDL);
  const document = parse('{ items { items { name } } }');
  const rootValue = { items: Array.from({ length: 20 }, (_, index) => ({ items: [{ name: `${index}` }] })) };
  /** The first list in the first turn, then one a turn. */
  const shortTurns = (): Turns & { turns: () => number } => {
    const waiting: (() => void)[] = [];
    let turns = 0;
    const take = () => {
      turns += 1;
      waiting.shift()?.();
      if (waiting.length > 0) setImmediate(take);
    };
    return {
      isOver: () => true,
      next: () => {
        if (waiting.length === 0) setImmediate(take);
        return new Promise((resolve) => waiting.push(resolve));
      },
      turns: () => turns,
    };
  };

  it('takes several turns of the event loop, and answers the same', async () => {
    const turns = shortTurns();
    const result = await createExecute(schema, turns)({ document, rootValue });
    expect(turns.turns()).toBe(21);
    expect(textOf(result)).toBe(textOf(await executeByGraphqlJs({ schema, document, rootValue })));
  });

  it('does not put off what asks for more: what is asked for together costs one call', async () => {
    const linked = buildSchema(SDL);
    const item = linked.getType('Item');
    const link = isObjectType(item) ? item.getFields().item : undefined;
    let asked = 0;
    if (link) {
      link.resolve = () => {
        asked += 1;
        return null;
      };
    }
    const turns = shortTurns();
    const result = createExecute(
      linked,
      turns,
    )({ document: parse('{ items { items { item { name } } } }'), rootValue });
    expect(asked).toBe(20);
    expect(turns.turns()).toBe(0);
    expect((await result).data?.items).toHaveLength(20);
  });

  it('ends in the next turn once nobody waits for it', async () => {
    const turns = shortTurns();
    const controller = new AbortController();
    const result = createExecute(schema, turns)({ document, rootValue, signal: controller.signal });
    controller.abort(new Error('gone'));
    expect(await result).toMatchObject({ data: { items: null }, errors: [{ message: 'gone' }] });
    expect(turns.turns()).toBe(1);
  });
});

describe('turns of the event loop', () => {
  it('end when they took long enough, and go on in the next, first come first served', async () => {
    let now = 0;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now);
    try {
      const turns = createTurns(10);
      expect(turns.isOver()).toBe(false);
      now = 9;
      expect(turns.isOver()).toBe(false);
      now = 10;
      expect(turns.isOver()).toBe(true);
      const served: string[] = [];
      const wait = async (name: string, ms: number) => {
        await turns.next();
        served.push(name);
        now += ms;
      };
      const all = Promise.all([wait('a', 4), wait('b', 6), wait('c', 1)]);
      await nextTurn();
      expect(served).toEqual(['a', 'b']);
      await nextTurn();
      expect(served).toEqual(['a', 'b', 'c']);
      await all;
      await nextTurn();
      now = 50;
      expect(turns.isOver()).toBe(false);
    } finally {
      clock.mockRestore();
    }
  });
});

describe('fields of the graph that only read a property', () => {
  it('read the one that they are said to read', () => {
    const schema = createSchema();
    let count = 0;
    for (const type of Object.values(schema.getTypeMap())) {
      if (!isObjectType(type)) continue;
      for (const { name, args, extensions, resolve } of Object.values(type.getFields())) {
        const property = extensions.pothosExposedField;
        if (typeof property !== 'string' || extensions.pothosResolveWrapped === true) continue;
        count += 1;
        const value = {};
        const read = resolve?.({ [property]: value }, {}, {}, {} as never) ?? (property === name && value);
        expect(read, `${type.name}.${name}`).toBe(value);
        expect(args).toEqual([]);
      }
    }
    expect(count).toBeGreaterThan(500);
  });
});
