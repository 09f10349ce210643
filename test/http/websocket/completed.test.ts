import type { Socket } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { Connection } from '../../../src/http/websocket/connection.ts';
import type { Turns } from '../../../src/turns/turns.ts';
import { startTestApp } from '../../support/gateway/test-app.ts';
import { initWs, type WsPeer } from '../../support/gateway/ws-client.ts';
import { until } from '../../support/time/until.ts';

const subscribe = (id: string, query: string) => ({ id, type: 'subscribe', payload: { query } });
const complete = (id: string) => ({ id, type: 'complete' });
const TICKS = 'subscription { ticks }';

/** Expects an answer to another operation to be the next message: nothing came before it. */
async function expectNothingMore(peer: WsPeer): Promise<void> {
  peer.send(subscribe('after', '{ hello }'));
  expect(await peer.next()).toMatchObject({ id: 'after', type: 'next', payload: { data: { hello: 'hello world' } } });
  expect(await peer.next()).toEqual(complete('after'));
}

describe('an operation that its client has completed', () => {
  it.each(['{ wait }', 'mutation { slowWrite }', 'subscription { slowTicks }'])(
    'sends nothing to the operation that has its id now, and does not end it: %s',
    async (query) => {
      await using server = await startTestApp();
      const { probe } = server;
      const peer = await initWs(`${await server.listen()}/graphql`);
      peer.send(subscribe('a', query));
      await until(() => probe.waiting.length === 1);
      peer.send(complete('a'));
      peer.send(subscribe('a', TICKS));
      await until(() => probe.open() === 1);
      probe.release();
      await expectNothingMore(peer);
      probe.tick(7);
      expect(await peer.next()).toMatchObject({ id: 'a', type: 'next', payload: { data: { ticks: 7 } } });
      peer.socket.terminate();
      await until(() => probe.open() === 0);
    },
  );

  it.each([TICKS, '{ nope }', '{ hello }'])(
    'leaves its id to an operation that begins in the same moment: %s',
    async (query) => {
      await using server = await startTestApp();
      const { probe } = server;
      const peer = await initWs(`${await server.listen()}/graphql`);
      if (query === TICKS) {
        peer.send(subscribe('a', query));
        await until(() => probe.open() === 1);
      }
      // In one write, which the server reads in one turn of its event loop.
      const { _socket: wire } = peer.socket as unknown as { readonly _socket: Socket };
      wire.cork();
      if (query !== TICKS) peer.send(subscribe('a', query));
      peer.send(complete('a'));
      peer.send(subscribe('a', TICKS));
      wire.uncork();
      await expectNothingMore(peer);
      await until(() => probe.open() === 1);
      probe.tick(7);
      expect(await peer.next()).toMatchObject({ id: 'a', type: 'next', payload: { data: { ticks: 7 } } });
      peer.socket.terminate();
      await until(() => probe.open() === 0);
    },
  );

  it.each(['{ nope }', '{ missing }'])(
    'leaves its id to another one although its client has not read yet that it failed: %s',
    async (query) => {
      await using server = await startTestApp({}, { expectErrors: true });
      const { probe } = server;
      const peer = await initWs(`${await server.listen()}/graphql`);
      const { _socket: wire } = peer.socket as unknown as { readonly _socket: Socket };
      // The answers are more than the network takes.
      const answers = Array.from({ length: 40 }, (_, at) => `text${at}`);
      const sending = vi.spyOn(Connection.prototype, 'sendParts');
      const sendingTexts = vi.spyOn(Connection.prototype, 'send');
      wire.pause();
      for (const id of answers) peer.send(subscribe(id, '{ filler(length: 400000) }'));
      await until(() => sending.mock.results.length === answers.length);
      expect(sending.mock.results.at(-1)?.value).toBeInstanceOf(Promise);
      peer.send(subscribe('a', query));
      const sent = () => [...sending.mock.calls, ...sendingTexts.mock.calls].map(([text]) => text);
      await until(() => sent().some((text) => text.includes('"id":"a"')));
      sending.mockRestore();
      sendingTexts.mockRestore();
      peer.send(complete('a'));
      peer.send(subscribe('a', TICKS));
      await until(() => probe.open() === 1);
      wire.resume();
      const over = new Set<unknown>();
      while (!answers.every((id) => over.has(id))) {
        const { id, type } = await peer.next();
        if (type === 'complete') over.add(id);
      }
      peer.send(complete('a'));
      await until(() => probe.open() === 0);
      peer.socket.terminate();
    },
  );

  it('leaves the connection open if its answer was being written', async () => {
    const waiting: (() => void)[] = [];
    const turns: Turns = {
      isOver: () => true,
      next: () => new Promise<void>((resolve) => waiting.push(resolve)),
      take: () => undefined,
      isCrowding: () => false,
      forget: () => undefined,
    };
    // Without fast paths, the execution takes no turns.
    await using server = await startTestApp({ fastPaths: false }, { turns });
    const peer = await initWs(`${await server.listen()}/graphql`);
    peer.send(subscribe('a', '{ many(count: 5000) { name } }'));
    await until(() => waiting.length === 1);
    peer.send(complete('a'));
    peer.send({ type: 'ping' });
    expect(await peer.next()).toEqual({ type: 'pong' });
    waiting[0]?.();
    await expectNothingMore(peer);
    expect(waiting).toHaveLength(1);
    peer.socket.close();
  });

  it('ends at once while its subscription opens', async () => {
    await using server = await startTestApp();
    const { probe } = server;
    const peer = await initWs(`${await server.listen()}/graphql`);
    peer.send(subscribe('a', 'subscription { slowTicks }'));
    await until(() => probe.waiting.length === 1);
    peer.send(complete('a'));
    await until(() => probe.waiting[0]?.aborted === true);
    await expectNothingMore(peer);
    peer.socket.close();
  });
});

describe('an operation that has ended', () => {
  it.each(['{ hello }', 'subscription { count(to: 2) }'])(
    'completes once, and leaves its id to the next one: %s',
    async (query) => {
      await using server = await startTestApp();
      const peer = await initWs(`${await server.listen()}/graphql`);
      for (const _ of [1, 2]) {
        peer.send(subscribe('a', query));
        const messages: object[] = [];
        while (messages.at(-1) === undefined || 'payload' in (messages.at(-1) ?? {})) messages.push(await peer.next());
        expect(messages.at(-1)).toEqual(complete('a'));
      }
      await expectNothingMore(peer);
      peer.socket.close();
    },
  );
});
