import { EventEmitter, on } from 'node:events';
import { buildSchema, type GraphQLSchema } from 'graphql';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createSharedExecutions, type SharedExecutions } from '../../../src/pipeline/subscriptions/shared-execution.ts';
import type { GraphContext } from '../../../src/schema/core/context.ts';
import { startLiveApp } from '../../support/gateway/live-app.ts';
import { startTestApp } from '../../support/gateway/test-app.ts';
import { initWs, type WsPeer } from '../../support/gateway/ws-client.ts';
import { until } from '../../support/time/until.ts';

/** A subscription whose events are the same objects for all who follow, as the hub's are. */
function createBus() {
  const bus = new EventEmitter().setMaxListeners(0);
  const contexts: GraphContext[] = [];
  let open = 0;
  const schema: GraphQLSchema = buildSchema(`
    type Query { hello: String }
    type Subscription { news(only: String, after: String): News }
    type News { title: String held: String broken: String }`);
  const field = schema.getSubscriptionType()?.getFields().news;
  if (field) {
    for (const arg of field.args) arg.extensions = { choosesEvents: arg.name === 'after' };
    field.subscribe = async function* (_root, _args, { signal }) {
      open += 1;
      try {
        for await (const [event] of on(bus, 'event', { signal })) yield event;
      } finally {
        open -= 1;
      }
    };
    field.resolve = (event, _args, context) => {
      contexts.push(context);
      return {
        title: event.title,
        held: () => new Promise((resolve) => bus.once('release', () => resolve('released'))),
        broken: () => {
          throw new Error('secret detail');
        },
      };
    };
  }
  return {
    schema,
    contexts,
    open: () => open,
    send: (title: string) => bus.emit('event', { title, cursor: `at ${title}` }),
    release: () => bus.emit('release'),
  };
}

async function withBus(
  run: (parts: {
    readonly bus: ReturnType<typeof createBus>;
    readonly peers: (count: number) => Promise<WsPeer[]>;
    readonly server: Awaited<ReturnType<typeof startTestApp>>;
    readonly url: string;
  }) => Promise<void>,
  expectErrors = false,
): Promise<void> {
  const bus = createBus();
  const server = await startTestApp({}, { schema: bus.schema, expectErrors });
  const url = `${await server.listen()}/graphql`;
  const peers = (count: number) => Promise.all(Array.from({ length: count }, () => initWs(url)));
  try {
    await run({ bus, peers, server, url });
  } finally {
    bus.release();
    await server[Symbol.asyncDispose]();
  }
}

const follow = (peer: WsPeer, query = 'subscription { news { title } }', variables?: object) =>
  peer.send({ id: '1', type: 'subscribe', payload: { query, variables } });

/** Reads a stream in the background; returns the text so far. */
function readText({ body }: Response): () => string {
  let text = '';
  void (async () => {
    for await (const chunk of body ?? []) text += Buffer.from(chunk).toString();
  })().catch(() => {});
  return () => text;
}

describe('events of subscriptions', () => {
  it('are executed once for all who selected the same', () =>
    withBus(async ({ bus, peers }) => {
      const all = await peers(5);
      for (const peer of all) follow(peer);
      await until(() => bus.open() === 5);
      for (const title of ['a', 'b']) {
        bus.send(title);
        for (const peer of all) {
          expect(await peer.next()).toMatchObject({ id: '1', type: 'next', payload: { data: { news: { title } } } });
        }
      }
      expect(bus.contexts).toHaveLength(2);
      expect(bus.contexts[0]?.loaders).not.toBe(bus.contexts[1]?.loaders);
    }));

  it('are serialised once for all, whatever carries them and however they are named', () =>
    withBus(async ({ bus, peers, server }) => {
      const all = await peers(3);
      for (const [index, peer] of all.entries()) {
        peer.send({ id: `→${index}`, type: 'subscribe', payload: { query: 'subscription { news { title } }' } });
      }
      const streams = await Promise.all(
        [1, 2].map(() =>
          server.post({ query: 'subscription { news { title } }' }, { accept: 'text/event-stream' }).then(readText),
        ),
      );
      await until(() => bus.open() === 5);
      const stringify = vi.spyOn(JSON, 'stringify');
      bus.send('ä');
      for (const [index, peer] of all.entries()) {
        expect(await peer.next()).toMatchObject({ id: `→${index}`, payload: { data: { news: { title: 'ä' } } } });
      }
      for (const text of streams) await until(() => text().includes('"title":"ä"'));
      const payloads = stringify.mock.results.filter(({ value }) => String(value).includes('"title":"ä"'));
      stringify.mockRestore();
      expect(payloads).toHaveLength(1);
      expect(bus.contexts).toHaveLength(1);
    }));

  it('are executed apart where documents or variables differ', () =>
    withBus(async ({ bus, peers }) => {
      const query = 'subscription ($only: String) { news(only: $only) { title } }';
      const all = await peers(4);
      const [one, two, three, four] = all as [WsPeer, WsPeer, WsPeer, WsPeer];
      follow(one, query, { only: 'x' });
      follow(two, query, { only: 'x' });
      follow(three, query, { only: 'y' });
      follow(four, query.replace('title', 'other: title'), { only: 'x' });
      await until(() => bus.open() === 4);
      bus.send('a');
      for (const peer of [one, two, three]) expect(await peer.next()).toMatchObject({ type: 'next' });
      expect(await four.next()).toMatchObject({ payload: { data: { news: { other: 'a' } } } });
      expect(bus.contexts).toHaveLength(3);
    }));

  it('are executed once for all who came back behind cursors of their own', () =>
    withBus(async ({ bus, peers, server }) => {
      const query = 'subscription ($after: String) { news(after: $after) { title } }';
      const all = await peers(3);
      for (const [index, peer] of all.entries()) follow(peer, query, index === 0 ? {} : { after: `cursor ${index}` });
      const streamed = readText(
        await server.post({ query }, { accept: 'text/event-stream', 'last-event-id': 'cursor 3' }),
      );
      await until(() => bus.open() === 4);
      for (const title of ['a', 'b']) {
        bus.send(title);
        for (const peer of all) expect(await peer.next()).toMatchObject({ payload: { data: { news: { title } } } });
        await until(() => streamed().includes(`"title":"${title}"`));
      }
      expect(bus.contexts).toHaveLength(2);
    }));

  it('are the same bytes over SSE, with their id', () =>
    withBus(async ({ bus, peers, url }) => {
      const [peer] = (await peers(1)) as [WsPeer];
      follow(peer);
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
        body: JSON.stringify({ query: 'subscription { news { title } }' }),
      });
      await until(() => bus.open() === 2);
      bus.send('a');
      const { payload } = await peer.next();
      let text = '';
      for await (const chunk of response.body ?? []) {
        text += Buffer.from(chunk).toString();
        if (text.includes('data:')) break;
      }
      expect(text).toContain(`id: at a\nevent: next\ndata: ${JSON.stringify(payload)}\n\n`);
      expect(bus.contexts).toHaveLength(1);
    }));

  it('reach the others where one does not read', () =>
    withBus(async ({ bus, peers, server }) => {
      const [peer] = (await peers(1)) as [WsPeer];
      follow(peer);
      const stalled = await server.post({ query: 'subscription { news { title } }' }, { accept: 'text/event-stream' });
      const reader = stalled.body?.getReader();
      await reader?.read();
      await until(() => bus.open() === 2);
      for (let i = 0; i < 50; i += 1) {
        bus.send(String(i));
        expect(await peer.next()).toMatchObject({ payload: { data: { news: { title: String(i) } } } });
      }
      await reader?.cancel();
    }));

  it('end their execution when the last who waits has gone, and not before', () =>
    withBus(async ({ bus, peers }) => {
      const all = await peers(2);
      for (const peer of all) follow(peer, 'subscription { news { held } }');
      await until(() => bus.open() === 2);
      bus.send('a');
      await until(() => bus.contexts.length === 1);
      all[0]?.send({ id: '1', type: 'complete' });
      await until(() => bus.open() === 1);
      expect(bus.contexts[0]?.signal.aborted).toBe(false);
      all[1]?.socket.terminate();
      await until(() => bus.contexts[0]?.signal.aborted === true && bus.open() === 0);
    }));

  it('fail alike, with an id that belongs to no request and is logged once', () =>
    withBus(async ({ bus, peers, server }) => {
      const all = await peers(3);
      for (const peer of all) follow(peer, 'subscription { news { title broken } }');
      await until(() => bus.open() === 3);
      bus.send('a');
      const payloads = await Promise.all(all.map(async (peer) => (await peer.next()).payload));
      const [first] = payloads as [{ errors: { extensions: { code: string; requestId: string } }[] }];
      expect(first).toMatchObject({ data: { news: { title: 'a', broken: null } } });
      expect(payloads).toEqual([first, first, first]);
      expect(JSON.stringify(first)).not.toContain('secret');
      const { requestId } = first.errors[0]?.extensions ?? {};
      expect(server.logs.filter((line) => line.level === 'error')).toMatchObject([{ requestId }]);
      for (const peer of all) peer.send({ id: '1', type: 'complete' });
      await until(() => server.logs.filter((line) => line.msg === 'operation').length === 3);
      const own = server.logs.filter((line) => line.msg === 'operation').map((line) => line.requestId);
      expect(new Set([...own, requestId]).size).toBe(4);
    }, true));
});

describe('links in live progress', () => {
  it('cost many subscribers the calls of one, and are charged alike', async () => {
    await using app = await startLiveApp();
    await app.register('web:1');
    await app.createService();
    const query = `subscription { deploymentProgress(cluster: "prod", service: "web", stallAfter: "PT1H") {
      type progress { service { serviceName cluster { status } } taskDefinition { family revision status } } } }`;
    const peers = await Promise.all(Array.from({ length: 8 }, () => initWs(app.url)));
    for (const peer of peers) follow(peer, query);
    const first = await Promise.all(peers.map((peer) => peer.next()));
    expect(first).toHaveLength(8);
    const next = peers.map((peer) => peer.next());
    app.world.sandbox.resetCalls();
    app.world.sandbox.clock.advance(30_000);
    const [notified, ...others] = (await Promise.all(next)) as {
      payload: { extensions: { ecs: { calls: number } } };
    }[];
    expect(others.every(({ payload }) => JSON.stringify(payload) === JSON.stringify(notified?.payload))).toBe(true);
    expect(notified?.payload.extensions.ecs).toMatchObject({ calls: 2, fromMemory: 0 });
    expect(app.world.sandbox.calls().DescribeTaskDefinition).toBe(1);
    for (const peer of peers) peer.socket.close();
  });
});

describe('createSharedExecutions', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** Joins, and returns the result once it is available. */
  function joined(executions: SharedExecutions<number>, event: unknown, execute: () => Promise<number>) {
    return new Promise<number>((settle, fail) => executions.join(event, 'group', execute, { settle, fail }));
  }

  it('keeps a result for a second, for those who are late, and nothing after that', async () => {
    const executions = createSharedExecutions<number>();
    const execute = vi.fn(async () => 1);
    const event = {};
    expect(await joined(executions, event, execute)).toBe(1);
    vi.advanceTimersByTime(999);
    let notified: number | undefined;
    const settle = (result: number) => {
      notified = result;
    };
    executions.join(event, 'group', execute, { settle, fail: vi.fn() });
    expect(notified).toBe(1);
    expect(execute).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(1);
    expect(vi.getTimerCount()).toBe(0);
    await joined(executions, event, execute);
    expect(execute).toHaveBeenCalledTimes(2);
  });

  it('executes an equal event of another identity by itself, and one that is no object', async () => {
    const executions = createSharedExecutions<number>();
    const execute = vi.fn(async () => 1);
    for (const event of [{}, {}, 1, 1, null]) await joined(executions, event, execute);
    expect(execute).toHaveBeenCalledTimes(5);
  });

  it('does not let who comes later join what was given up', async () => {
    const executions = createSharedExecutions<number>();
    const signals: AbortSignal[] = [];
    const execute = (signal: AbortSignal) => {
      signals.push(signal);
      return new Promise<number>(() => {});
    };
    const event = {};
    const waiter = { settle: vi.fn(), fail: vi.fn() };
    executions.join(event, 'group', execute, waiter).leave();
    executions.join(event, 'group', execute, waiter);
    await Promise.resolve();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
  });

  it('notifies thousands in several turns, and later waiters at once', async () => {
    const executions = createSharedExecutions<number>();
    const execute = async () => 1;
    const event = {};
    const notified: number[] = [];
    const waiterOf = (index: number) => ({ settle: () => void notified.push(index), fail: vi.fn() });
    for (let i = 0; i < 1_200; i += 1) executions.join(event, 'group', execute, waiterOf(i));
    await joined(executions, {}, execute);
    expect(notified).toHaveLength(500);
    executions.join(event, 'group', execute, waiterOf(1_200));
    expect(notified.at(-1)).toBe(1_200);
    await vi.advanceTimersByTimeAsync(1);
    expect(notified.slice(501)).toEqual(Array.from({ length: 700 }, (_, i) => i + 500));
  });

  it('shows everything about a failure', async () => {
    const executions = createSharedExecutions<number>();
    const failed = joined(executions, {}, () => Promise.reject(new Error('no')));
    await expect(failed).rejects.toThrow('no');
  });
});
