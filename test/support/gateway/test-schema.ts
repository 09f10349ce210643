import { EventEmitter, on } from 'node:events';
import {
  GraphQLEnumType,
  GraphQLError,
  GraphQLInputObjectType,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
} from 'graphql';
import type { GraphContext } from '../../../src/schema/core/context.ts';

/** The means of a test to watch and steer the schema's resolvers. */
export interface SchemaProbe {
  /** Signals of the requests that selected `wait`, `slowWrite` or `slowTicks`. */
  readonly waiting: AbortSignal[];
  /** Lets every `wait` and `slowWrite` end, and every `slowTicks` open. */
  release(): void;
  /** Contexts that resolved `tick`, one an event. */
  readonly contexts: GraphContext[];
  /** Sends an event to every `ticks`. */
  tick(value: number): void;
  /** Makes every `ticks` fail. */
  breakTicks(): void;
  /** Streams that are open. */
  readonly open: () => number;
  readonly written: string[];
}

/** A schema with a field for everything that the HTTP room has to deal with. */
export function createTestSchema(): { schema: GraphQLSchema; probe: SchemaProbe } {
  const bus = new EventEmitter().setMaxListeners(0);
  const waiting: AbortSignal[] = [];
  const contexts: GraphContext[] = [];
  const written: string[] = [];
  let open = 0;
  const released = (signal: AbortSignal) =>
    new Promise<string>((resolve, reject) => {
      bus.once('release', () => resolve('released'));
      signal.addEventListener('abort', () =>
        reject(new GraphQLError('gone', { extensions: { code: 'UPSTREAM_TIMEOUT' } })),
      );
    });

  const ItemFilter = new GraphQLInputObjectType({ name: 'ItemFilter', fields: { color: { type: GraphQLString } } });
  const Size = new GraphQLEnumType({ name: 'Size', values: { SMALL: {}, LARGE: {} } });
  const Page = new GraphQLObjectType({
    name: 'Page',
    fields: () => ({
      nodes: { type: new GraphQLList(Item) },
      edges: {
        type: new GraphQLList(
          new GraphQLObjectType({ name: 'Edge', fields: { node: { type: Item }, cursor: { type: GraphQLString } } }),
        ),
      },
    }),
  });
  const Item: GraphQLObjectType = new GraphQLObjectType({
    name: 'Item',
    fields: () => ({
      name: { type: GraphQLString, resolve: () => 'item' },
      secretName: { type: GraphQLString },
      parts: { type: new GraphQLList(Item), resolve: () => [] },
      item: { type: Item, resolve: () => ({}), extensions: { ecsCost: { describe: 10 } } },
      items: {
        type: new GraphQLList(Item),
        args: { first: { type: GraphQLInt } },
        resolve: () => [],
        extensions: { ecsCost: { list: 100, describe: 10 } },
      },
    }),
  });
  const query = new GraphQLObjectType<unknown, GraphContext>({
    name: 'Query',
    fields: {
      hello: {
        type: GraphQLString,
        args: { name: { type: GraphQLString }, filter: { type: ItemFilter }, size: { type: Size } },
        resolve: (_root, { name }) => `hello ${String(name ?? 'world')}`,
      },
      filler: {
        type: GraphQLString,
        args: { length: { type: new GraphQLNonNull(GraphQLInt) } },
        resolve: (_root, { length }) => 'x'.repeat(Number(length)),
      },
      principal: { type: GraphQLString, resolve: (_root, _args, { principal }) => principal.name },
      crash: {
        type: GraphQLString,
        resolve: () => {
          throw new Error('secret detail of arn:aws:iam::123456789012:role/hidden');
        },
      },
      missing: { type: new GraphQLNonNull(GraphQLString), resolve: () => null },
      coded: {
        type: GraphQLString,
        resolve: () => {
          throw new GraphQLError('no such cluster', {
            extensions: { code: 'NOT_FOUND', operation: 'DescribeClusters' },
          });
        },
      },
      wait: {
        type: GraphQLString,
        resolve: (_root, _args, { signal }) => {
          waiting.push(signal);
          return released(signal);
        },
      },
      hang: { type: GraphQLString, resolve: () => new Promise(() => {}) },
      item: { type: Item, resolve: () => ({}), extensions: { ecsCost: 1 } },
      items: {
        type: new GraphQLList(Item),
        args: { first: { type: GraphQLInt }, ids: { type: new GraphQLList(GraphQLString) } },
        resolve: () => [],
        extensions: { ecsCost: { list: 100, describe: 10 } },
      },
      page: {
        type: Page,
        args: { first: { type: GraphQLInt } },
        resolve: () => ({ nodes: [], edges: [] }),
        extensions: { ecsCost: { list: 100, describe: 10 } },
      },
      many: {
        type: new GraphQLList(Item),
        args: { count: { type: GraphQLInt } },
        resolve: (_root, { count }) => Array.from({ length: Number(count) }, () => ({})),
      },
      nodes: {
        type: new GraphQLList(Item),
        args: { ids: { type: new GraphQLList(GraphQLString) } },
        resolve: () => [],
        extensions: { ecsCost: { describe: 10 } },
      },
    },
  });
  const mutation = new GraphQLObjectType<unknown, GraphContext>({
    name: 'Mutation',
    fields: {
      write: {
        type: GraphQLString,
        args: { value: { type: GraphQLString } },
        resolve: (_root, { value }) => {
          written.push(String(value));
          return String(value);
        },
      },
      slowWrite: {
        type: GraphQLString,
        resolve: async (_root, _args, { signal }) => {
          waiting.push(signal);
          await released(signal);
          written.push('slow');
          return 'slow';
        },
      },
    },
  });
  const subscription = new GraphQLObjectType<unknown, GraphContext>({
    name: 'Subscription',
    fields: {
      count: {
        type: GraphQLInt,
        args: { to: { type: new GraphQLNonNull(GraphQLInt) } },
        subscribe: async function* (_root, { to }) {
          for (let value = 1; value <= Number(to); value++) yield value;
        },
        resolve: (value) => value,
      },
      slowTicks: {
        type: GraphQLInt,
        subscribe: async (_root, _args, { signal }) => {
          waiting.push(signal);
          await released(signal);
          return (async function* () {
            yield 1;
          })();
        },
        resolve: (value) => value,
      },
      ticks: {
        type: GraphQLInt,
        subscribe: async function* (_root, _args, { signal }) {
          open += 1;
          try {
            for await (const [value] of on(bus, 'tick', { signal })) {
              if (value === 'break') throw new Error('secret detail');
              yield value;
            }
          } finally {
            open -= 1;
          }
        },
        resolve: (value, _args, context) => {
          contexts.push(context);
          return value;
        },
      },
    },
  });
  const probe: SchemaProbe = {
    waiting,
    contexts,
    written,
    release: () => bus.emit('release'),
    tick: (value) => bus.emit('tick', value),
    breakTicks: () => bus.emit('tick', 'break'),
    open: () => open,
  };
  return { schema: new GraphQLSchema({ query, mutation, subscription }), probe };
}
