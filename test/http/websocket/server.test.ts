import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { Config } from '../../../src/config/index.ts';
import { startTestApp, type TestApp } from '../../support/gateway/test-app.ts';
import { initWs, openWs } from '../../support/gateway/ws-client.ts';
import { until } from '../../support/time/until.ts';

type WithServer = (settings: Partial<Config>, run: (url: string, server: TestApp) => Promise<void>) => Promise<void>;

/** Runs a test over a server whose events go past `ws`, or through it. */
const over =
  (fastPaths: boolean): WithServer =>
  async (settings, run) => {
    const server = await startTestApp({ fastPaths, ...settings });
    try {
      await run(`${await server.listen()}/graphql`, server);
    } finally {
      await server[Symbol.asyncDispose]();
    }
  };

const subscribe = (id: string, query: string, variables?: object) => ({
  id,
  type: 'subscribe',
  payload: { query, variables },
});

describe.each([true, false])('GraphQL over WebSocket, fast paths: %s', (fastPaths) => {
  const withServer = over(fastPaths);

  it('answers queries, mutations and subscriptions', () =>
    withServer({}, async (url) => {
      const peer = await initWs(url);
      peer.send(subscribe('q', 'query ($name: String) { hello(name: $name) }', { name: 'ws' }));
      expect(await peer.next()).toMatchObject({ id: 'q', type: 'next', payload: { data: { hello: 'hello ws' } } });
      expect(await peer.next()).toEqual({ id: 'q', type: 'complete' });
      peer.send(subscribe('m', 'mutation { write(value: "x") }'));
      expect(await peer.next()).toMatchObject({ payload: { data: { write: 'x' } } });
      await peer.next();
      peer.send(subscribe('s', 'subscription { count(to: 3) }'));
      const events = [await peer.next(), await peer.next(), await peer.next(), await peer.next()];
      expect(events.map((event) => (event.payload as { data?: { count: number } } | undefined)?.data?.count)).toEqual([
        1,
        2,
        3,
        undefined,
      ]);
      expect(events[3]).toEqual({ id: 's', type: 'complete' });
      peer.socket.close();
    }));

  it('makes a context for each event', () =>
    withServer({}, async (url, { probe }) => {
      const peer = await initWs(url);
      peer.send(subscribe('s', 'subscription { ticks }'));
      await until(() => probe.open() === 1);
      for (const value of [1, 2]) {
        probe.tick(value);
        expect(await peer.next()).toMatchObject({ payload: { data: { ticks: value } } });
      }
      expect(probe.contexts).toHaveLength(2);
      expect(probe.contexts[0]).not.toBe(probe.contexts[1]);
      expect(probe.contexts[0]?.loaders).not.toBe(probe.contexts[1]?.loaders);
      peer.socket.close();
    }));

  it.each([
    ['parse', '{', 'GRAPHQL_PARSE_FAILED'],
    ['validate', '{ nope }', 'GRAPHQL_VALIDATION_FAILED'],
    ['limits', `{ ${'hello '.repeat(50)} }`, 'TOO_MANY_ROOT_FIELDS'],
    ['introspection', '{ __schema { types { name } } }', 'INTROSPECTION_DISABLED'],
    [
      'variables',
      'query ($to: Int!) { hello(name: "x") @include(if: false) nodes(ids: [$to]) { name } }',
      'GRAPHQL_VALIDATION_FAILED',
    ],
  ])('has the rules of HTTP: %s', (_name, query, code) =>
    withServer({ introspection: false }, async (url) => {
      const peer = await initWs(url);
      peer.send(subscribe('q', query));
      const message = await peer.next();
      expect(message).toMatchObject({ id: 'q', type: 'error', payload: [{ extensions: { code } }] });
      expect(JSON.stringify(message)).not.toContain('"http"');
      peer.socket.close();
    }),
  );

  it('hides the failure of a source and ends the stream', async () => {
    const server = await startTestApp({}, { expectErrors: true });
    const peer = await initWs(`${await server.listen()}/graphql`);
    peer.send(subscribe('s', 'subscription { ticks }'));
    await until(() => server.probe.open() === 1);
    server.probe.breakTicks();
    const message = await peer.next();
    expect(message).toMatchObject({
      type: 'next',
      payload: { errors: [{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }] },
    });
    expect(JSON.stringify(message)).not.toContain('secret');
    expect(await peer.next()).toEqual({ id: 's', type: 'complete' });
    await server[Symbol.asyncDispose]();
  });

  it('ends what a client leaves behind: by complete, and by going', () =>
    withServer({}, async (url, { probe }) => {
      const peer = await initWs(url);
      peer.send(subscribe('a', 'subscription { ticks }'));
      peer.send(subscribe('b', 'subscription { ticks }'));
      peer.send(subscribe('w', '{ wait }'));
      await until(() => probe.open() === 2 && probe.waiting.length === 1);
      peer.send({ id: 'a', type: 'complete' });
      await until(() => probe.open() === 1);
      peer.socket.terminate();
      await until(() => probe.open() === 0 && probe.waiting[0]?.aborted === true);
    }));
});

describe.each([true, false])('limits of a WebSocket, fast paths: %s', (fastPaths) => {
  const withServer = over(fastPaths);

  it.each<[string, Partial<Config>, unknown[], number]>([
    ['operations before init', {}, [subscribe('q', '{ hello }')], 4401],
    ['a second init', {}, [{ type: 'connection_init' }, { type: 'connection_init' }], 4429],
    ['no JSON', {}, ['nonsense'], 4400],
    ['more than 4 kB before init', {}, [{ type: 'connection_init', payload: { filler: 'x'.repeat(5_000) } }], 1009],
    ['a message over the limit', {}, ['x'.repeat(70_000)], 1009],
    ['a flood of messages', { wsMessageRate: 2 }, Array(20).fill({ type: 'ping' }), 4429],
  ])('closes on %s', (_name, settings, messages, code) =>
    withServer(settings, async (url) => {
      const peer = await openWs(url);
      for (const message of messages) peer.send(message);
      expect((await peer.closed).code).toBe(code);
    }),
  );

  it('ends a query that its client no longer wants, or leaves, and no mutation', () =>
    withServer({}, async (url, { probe }) => {
      const [peer, other] = [await initWs(url), await initWs(url)];
      peer.send(subscribe('q', '{ wait }'));
      other.send(subscribe('q', '{ wait }'));
      other.send(subscribe('m', 'mutation { slowWrite }'));
      await until(() => probe.waiting.length === 3);
      peer.send({ id: 'q', type: 'complete' });
      await until(() => probe.waiting.filter(({ aborted }) => aborted).length === 1);
      other.socket.terminate();
      await until(() => probe.waiting.filter(({ aborted }) => aborted).length === 2);
      peer.socket.close();
    }));

  it('answers with an error in place of an answer that is too long', () =>
    withServer({ maxResponse: 1_000 }, async (url) => {
      const peer = await initWs(url);
      peer.send(subscribe('q', '{ filler(length: 1000) }'));
      expect(await peer.next()).toMatchObject({
        type: 'next',
        payload: { errors: [{ extensions: { code: 'RESPONSE_TOO_LARGE' } }] },
      });
      expect(await peer.next()).toEqual({ id: 'q', type: 'complete' });
      peer.socket.close();
    }));

  it('closes when init does not come', () =>
    withServer({ wsInitTimeout: 20 }, async (url) => {
      expect((await (await openWs(url)).closed).code).toBe(4408);
    }));

  it('does not close where init has come, although the time for it is over', () =>
    withServer({ wsInitTimeout: 200 }, async (url) => {
      const peer = await initWs(url);
      // The second socket was opened later, so the time of the first one is over, too.
      expect((await (await openWs(url)).closed).code).toBe(4408);
      peer.send(subscribe('q', '{ hello }'));
      expect(await peer.next()).toMatchObject({ id: 'q', type: 'next' });
      peer.socket.close();
    }));

  it('closes on a protocol that it does not speak', () =>
    withServer({}, async (url) => {
      await expect(openWs(url, { protocol: 'graphql-ws' })).rejects.toThrow();
    }));

  it('limits the operations that run at a time', () =>
    withServer({ wsMaxSubscriptions: 2 }, async (url, { probe }) => {
      const peer = await initWs(url);
      for (const id of ['a', 'b', 'c']) peer.send(subscribe(id, 'subscription { ticks }'));
      expect(await peer.next()).toMatchObject({
        id: 'c',
        type: 'error',
        payload: [{ extensions: { code: 'TOO_MANY_SUBSCRIPTIONS' } }],
      });
      expect(probe.open()).toBe(2);
      peer.send({ id: 'a', type: 'complete' });
      await until(() => probe.open() === 1);
      peer.send(subscribe('d', 'subscription { count(to: 1) }'));
      expect(await peer.next()).toMatchObject({ id: 'd', type: 'next' });
      peer.socket.close();
    }));

  it('opens a limited number of sockets, and closes the others with "try again later"', () =>
    withServer({ wsMaxSockets: 1 }, async (url) => {
      const peer = await initWs(url);
      expect((await (await openWs(url)).closed).code).toBe(1013);
      peer.socket.close();
      await peer.closed;
      // The server hears of the end a moment later than the client.
      let code = 1013;
      while (code === 1013) {
        const next = await openWs(url);
        next.send({ type: 'connection_init' });
        const answer = await Promise.race([next.next(), next.closed]);
        code = 'code' in answer ? Number(answer.code) : 0;
        next.socket.close();
      }
      expect(code).toBe(0);
    }));

  it('limits the sockets of one caller', () =>
    withServer({ wsMaxCallerSockets: 1 }, async (url) => {
      const [first, second] = [await initWs(url), await openWs(url)];
      second.send({ type: 'connection_init' });
      expect(await second.closed).toEqual({ code: 1013, reason: expect.stringContaining('WS_MAX_CALLER_SOCKETS') });
      first.socket.close();
    }));

  it('keeps no caller out because of sockets without a token', () =>
    withServer({ wsMaxPending: 2, wsMaxSockets: 2, token: 'a-token-of-16-chars' }, async (url) => {
      const silent = [await openWs(url), await openWs(url), await openWs(url)];
      // The oldest had to go, without a close frame.
      expect((await silent[0]?.closed)?.code).toBe(1006);
      const peer = await initWs(url, { authorization: 'Bearer a-token-of-16-chars' });
      peer.send(subscribe('q', '{ hello }'));
      expect(await peer.next()).toMatchObject({ id: 'q', type: 'next' });
      for (const each of [...silent, peer]) each.socket.terminate();
    }));

  it('cuts off who neither begins nor answers the close frame', () =>
    withServer({ wsInitTimeout: 20 }, async (url, { probe }) => {
      const raw = connect(Number(new URL(url).port), '127.0.0.1');
      raw.write(
        'GET /graphql HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
          'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n',
      );
      raw.resume();
      await once(raw, 'close');
      expect(probe.open()).toBe(0);
    }));

  it('does not send a ping’s payload back', () =>
    withServer({}, async (url) => {
      const peer = await initWs(url);
      peer.send({ type: 'ping', payload: { filler: 'x'.repeat(1_000) } });
      expect(await peer.next()).toEqual({ type: 'pong' });
      peer.socket.close();
    }));

  it('gives up a peer that answers no ping', () =>
    withServer({ wsHeartbeat: 20 }, async (url) => {
      const peer = await initWs(url, undefined, { autoPong: false });
      expect((await peer.closed).code).toBe(1006);
    }));

  it('offers no compression, which could be a bomb', () =>
    withServer({}, async (url) => {
      const peer = await initWs(url, undefined, { perMessageDeflate: true });
      expect(peer.socket.extensions).toBe('');
      peer.socket.close();
    }));

  it('upgrades on /graphql only', () =>
    withServer({}, async (url) => {
      await expect(openWs(`${url}/other`)).rejects.toThrow('404');
    }));
});
