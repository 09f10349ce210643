import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  buildSchema,
  execute as executeByGraphqlJs,
  GraphQLError,
  type GraphQLSchema,
  isObjectType,
  parse,
} from 'graphql';
import { describe, expect, it, vi } from 'vitest';
import { createExecute } from '../../src/execution/execute.ts';
import type { Turns } from '../../src/turns/turns.ts';
import { sharedSchema } from '../support/gateway/shared-schema.ts';
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
    const later = () => [null, Promise.reject(new Error('later'))];
    const args = { document: parse('{ names }'), rootValue: { names: later } };
    const [again, alone] = await countUnhandled(async () => createExecute(schema, ENDLESS)(args));
    expect(again.errors?.map(({ message }) => message)).toEqual(result.errors?.map(({ message }) => message));
    expect(alone).toBe(0);
  });

  it('reports simultaneous errors in the order in which they come', async () => {
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
  const rootValue = { items: Array.from({ length: 300 }, (_, index) => ({ items: [{ name: `${index}` }] })) };
  /** Turns in which one piece of work is done. */
  const shortTurns = (isCrowding = false) => {
    const waiting: (() => void)[] = [];
    const seen = { turns: 0, forgotten: 0 };
    const take = () => {
      seen.turns += 1;
      waiting.shift()?.();
      if (waiting.length > 0) setImmediate(take);
    };
    const turns: Turns = {
      isOver: () => true,
      next: () => {
        if (waiting.length === 0) setImmediate(take);
        return new Promise<void>((resolve) => waiting.push(resolve));
      },
      take: () => undefined,
      isCrowding: () => isCrowding,
      forget: () => {
        seen.forgotten += waiting.length;
        waiting.length = 0;
      },
    };
    return { turns, seen };
  };
  /** The schema with `Item.item` resolved by a function. */
  const linked = (resolve: () => unknown) => {
    const own = buildSchema(SDL);
    const item = own.getType('Item');
    const link = isObjectType(item) ? item.getFields().item : undefined;
    if (link) link.resolve = resolve;
    return own;
  };

  it('takes several turns of the event loop, and answers the same', async () => {
    const { turns, seen } = shortTurns();
    const result = await createExecute(schema, turns)({ document, rootValue });
    // The first 200 objects are of 100 items; each of the other items, and its list, waits.
    expect(seen.turns).toBeGreaterThan(200);
    expect(textOf(result)).toBe(textOf(await executeByGraphqlJs({ schema, document, rootValue })));
  });

  const failing = (text: string) => Promise.reject(new Error(text));
  const LISTS: Readonly<Record<string, () => Iterable<unknown>>> = {
    'an array': () => [failing('first'), { name: 'a' }, failing('second'), failing('third')],
    'an iterable': () => new Set([failing('first'), { name: 'a' }, failing('second')]),
    'an array whose later items fail': () => [{ name: 'a' }, { name: 'b' }, failing('late')],
  };
  /** Turns that end after so many checks. */
  const turnsAfter = (checks: number): Turns => {
    let left = checks;
    const isOver = () => {
      left -= 1;
      return left < 0;
    };
    return { ...shortTurns(true).turns, isOver };
  };
  it.each(Object.entries(LISTS).flatMap(([name, items]) => [0, 1, 2, 3].map((checks) => ({ name, items, checks }))))(
    'leaves no promise alone in $name that waits after $checks checks of its turn',
    async ({ items, checks }) => {
      for (const type of ['[Item]', '[Item!]']) {
        const own = buildSchema(`type Query { items: ${type} } type Item { name: String }`);
        const args = { document: parse('{ items { name } }'), rootValue: { items } };
        const [ours, unhandled] = await countUnhandled(async () => createExecute(own, turnsAfter(checks))(args));
        const [theirs] = await countUnhandled(async () => executeByGraphqlJs({ schema: own, ...args }));
        expect(textOf(ours)).toBe(textOf(theirs));
        expect(ours.errors?.length).toBeGreaterThan(0);
        expect(unhandled).toBe(0);
      }
    },
  );

  it('leaves no promise alone in a list that waited when the execution was ended', async () => {
    const nullable = buildSchema('type Query { items: [Item] } type Item { name: String }');
    const items = () => [{ name: 'a' }, new Promise((_, reject) => setImmediate(reject, new Error('late')))];
    const controller = new AbortController();
    const [, unhandled] = await countUnhandled(async () => {
      const args = { document: parse('{ items { name } }'), rootValue: { items }, signal: controller.signal };
      const running = createExecute(nullable, shortTurns(true).turns)(args);
      controller.abort();
      await running;
      await nextTurn();
    });
    expect(unhandled).toBe(0);
  });

  it('takes one turn where it is short', async () => {
    const { turns, seen } = shortTurns();
    const short = { items: rootValue.items.slice(0, 90) };
    const result = createExecute(schema, turns)({ document, rootValue: short });
    expect(result).toMatchObject({ data: { items: { length: 90 } } });
    expect(seen.turns).toBe(0);
  });

  it('takes several turns also where it is short, if its principal crowds out others', async () => {
    const { turns, seen } = shortTurns(true);
    const short = { items: rootValue.items.slice(0, 90) };
    const result = await createExecute(schema, turns)({ document, rootValue: short });
    expect(seen.turns).toBeGreaterThan(90);
    expect(textOf(result)).toBe(textOf(await executeByGraphqlJs({ schema, document, rootValue: short })));
  });

  it('holds batches while parts of it wait, so that keys of one operation still cost one call', async () => {
    const { turns } = shortTurns();
    let held = 0;
    const hold = () => {
      held += 1;
      return () => {
        held -= 1;
      };
    };
    const heldAt: number[] = [];
    const own = linked(() => {
      heldAt.push(held);
      return null;
    });
    const query = parse('{ items { items { item { name } } } }');
    const result = await createExecute(own, turns)({ document: query, rootValue, hold });
    expect(result.data?.items).toHaveLength(300);
    expect(heldAt).toHaveLength(300);
    expect(heldAt.slice(0, 50).every((count) => count === 0)).toBe(true);
    expect(heldAt.slice(150).every((count) => count === 1)).toBe(true);
    expect(held).toBe(0);
  });

  it('waits behind a promise that thousands wait for', async () => {
    const { turns, seen } = shortTurns();
    const shared = Promise.resolve({ name: 'shared' });
    const own = linked(() => shared);
    const query = parse('{ items { item { name } } }');
    const result = await createExecute(own, turns)({ document: query, rootValue });
    expect(result.errors).toBeUndefined();
    expect(seen.turns).toBeGreaterThan(200);
  });

  it('stops once nothing waits for it', async () => {
    const { turns, seen } = shortTurns();
    const controller = new AbortController();
    let asked = 0;
    const own = linked(() => {
      asked += 1;
      return Promise.resolve(null);
    });
    const query = parse('{ items { items { item { name } } } }');
    const result = createExecute(own, turns)({ document: query, rootValue, signal: controller.signal });
    const askedBefore = asked;
    controller.abort(new Error('gone'));
    expect(await result).toMatchObject({ errors: [{ message: 'The execution was ended.' }] });
    await nextTurn();
    await nextTurn();
    expect(asked).toBe(askedBefore);
    // The turn that was asked for comes, and finds nothing to do.
    expect(seen.turns).toBe(1);
    expect(seen.forgotten).toBeGreaterThan(0);
  });

  it.each([
    ['at once', {}],
    ['behind promises', { items: Promise.resolve(rootValue.items) }],
  ])('ends with the first object that is too many: %s', async (_name, root) => {
    const tooLarge = () => new GraphQLError('too large');
    const run = (maxObjects: number) =>
      createExecute(schema, ENDLESS)({ document, rootValue: { ...rootValue, ...root }, maxObjects, tooLarge });
    expect(await run(599)).toMatchObject({ errors: [{ message: 'too large' }] });
    expect((await run(599)).data).toBeUndefined();
    expect((await run(600)).data?.items).toHaveLength(300);
    expect((await run(0)).data?.items).toHaveLength(300);
  });

  it('does not count what introspection adds', async () => {
    const query = parse('{ __schema { types { name fields { name } } } }');
    const result = await createExecute(schema, ENDLESS)({ document: query, maxObjects: 1 });
    expect(result.errors).toBeUndefined();
  });
});

describe('fields of the graph that only read a property', () => {
  it('read the one that they are said to read', () => {
    const schema = sharedSchema();
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
