import { EventEmitter, once } from 'node:events';
import { Agent, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { EventResponse } from '../../../src/http/sse/node-response.ts';
import { EventCarrier } from '../../../src/http/sse/sse-writer.ts';
import { EventResult } from '../../../src/pipeline/subscriptions/event-result.ts';
import { toEventSource } from '../../../src/pipeline/subscriptions/event-source.ts';
import { EventStream } from '../../../src/pipeline/subscriptions/event-stream.ts';
import { SERVER_SENT_EVENTS } from '../../../src/pipeline/subscriptions/stream-format.ts';
import { startTestApp } from '../../support/gateway/test-app.ts';
import { until } from '../../support/time/until.ts';

const HEADERS = { 'content-type': 'application/json', accept: 'text/event-stream' };
const body = (query: string) => JSON.stringify({ query });

/** Posts over a connection of an agent's. */
async function post(url: string, agent: Agent, query: string, headers: object = HEADERS): Promise<IncomingMessage> {
  const sent = request(`${url}/graphql`, { method: 'POST', agent, headers: { ...headers } });
  sent.end(body(query));
  return (await once(sent, 'response'))[0];
}

async function textOf(response: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += chunk;
  return text;
}

/** Says a request as it is on the wire, and collects what comes back. */
async function raw(url: string, version: string, query: string): Promise<{ socket: Socket; text: () => string }> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
  });
  const content = body(query);
  const head = [`POST /graphql HTTP/${version}`, `host: ${hostname}:${port}`, `content-length: ${content.length}`];
  const more = Object.entries(HEADERS).map(([name, value]) => `${name}: ${value}`);
  socket.write([...head, ...more, '', content].join('\r\n'));
  return { socket, text: () => text };
}

const COUNTED = ['event: next', '"count":1', 'event: next', '"count":2', 'event: complete'];
const eventsIn = (text: string) => text.match(/^event: \w+|"count":\d/gm);

describe.each([true, false])('a stream of events over a socket, fast paths: %s', (fastPaths) => {
  it('has the headers of every answer, and leaves its connection for the next request', async () => {
    await using server = await startTestApp({ fastPaths });
    const url = await server.listen();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const sockets = new Set<unknown>();
    for (let i = 0; i < 2; i += 1) {
      const response = await post(url, agent, 'subscription { count(to: 2) }', { ...HEADERS, 'x-request-id': `r${i}` });
      sockets.add(response.socket);
      expect([response.statusCode, response.headers]).toMatchObject([
        200,
        {
          'content-type': 'text/event-stream',
          'transfer-encoding': 'chunked',
          'x-accel-buffering': 'no',
          'x-content-type-options': 'nosniff',
          'cache-control': 'no-store',
          'x-request-id': `r${i}`,
        },
      ]);
      expect(eventsIn(await textOf(response))).toEqual(COUNTED);
      const plain = await post(url, agent, '{ hello }', { 'content-type': 'application/json' });
      sockets.add(plain.socket);
      expect(await textOf(plain)).toContain('hello world');
    }
    expect(sockets.size).toBe(1);
    agent.destroy();
  });

  it('is no chunks for a client of HTTP/1.0, and ends with the connection', async () => {
    await using server = await startTestApp({ fastPaths });
    const { socket, text } = await raw(await server.listen(), '1.0', 'subscription { count(to: 2) }');
    await once(socket, 'close');
    const [head = '', ...rest] = text().split('\r\n\r\n');
    expect(head).not.toMatch(/transfer-encoding/i);
    expect(rest.join('')).toMatch(/^:\n\nevent: next\n/);
    expect(eventsIn(rest.join(''))).toEqual(COUNTED);
  });

  it('waits for its turn where requests were sent without waiting', async () => {
    await using server = await startTestApp({ fastPaths });
    const { socket, text } = await raw(await server.listen(), '1.1', '{ wait }');
    await until(() => server.probe.waiting.length === 1);
    const content = body('subscription { count(to: 2) }');
    const head = Object.entries({ ...HEADERS, host: 'localhost', 'content-length': content.length });
    socket.write(
      `POST /graphql HTTP/1.1\r\n${head.map(([name, value]) => `${name}: ${value}`).join('\r\n')}\r\n\r\n${content}`,
    );
    await new Promise(setImmediate);
    server.probe.release();
    await until(() => text().includes('event: complete'));
    expect(text().match(/^HTTP\/1.1 200 OK|"wait":"\w+"|"count":\d/gm)).toEqual([
      'HTTP/1.1 200 OK',
      '"wait":"released"',
      'HTTP/1.1 200 OK',
      '"count":1',
      '"count":2',
    ]);
    socket.destroy();
  });

  it('takes no event from its source while the socket is full', async () => {
    const socket = Object.assign(new EventEmitter(), { writableLength: 0, write: vi.fn(() => false) });
    const end = vi.fn();
    const response = { socket, end, chunkedEncoding: true, headersSent: true, writableLength: 0 };
    const sink = new EventResponse(response as unknown as ServerResponse);
    const taken: number[] = [];
    async function* source() {
      for (let value = 1; value <= 3; value += 1) {
        taken.push(value);
        yield value;
      }
    }
    const stream = new EventStream(toEventSource(source()), {
      execute(value, waiter) {
        waiter.settle(new EventResult({ data: { value } }));
        return { leave: () => undefined };
      },
      onFailure: (error) => new EventResult({ data: { error: String(error) } }),
      onEnd: () => undefined,
    });
    new EventCarrier(stream, SERVER_SENT_EVENTS, sink);
    for (const value of [1, 2, 3]) {
      await until(() => taken.length === value);
      for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
      expect(taken).toHaveLength(value);
      expect(socket.write).toHaveBeenCalledTimes(value + 1);
      const data = `event: next\ndata: {"data":{"value":${value}}}\n\n`;
      const chunk = Buffer.from(`${data.length.toString(16)}\r\n${data}\r\n`);
      expect(socket.write).toHaveBeenLastCalledWith(chunk);
      socket.emit('drain');
    }
    await until(() => end.mock.calls.length === 1);
    expect(socket.listenerCount('drain')).toBe(0);
  });

  it('comes late to a reader that is behind, and in time to all others', async () => {
    await using server = await startTestApp({ fastPaths });
    const url = await server.listen();
    const agent = new Agent();
    const slow = await post(url, agent, 'subscription { ticks }');
    slow.pause();
    const swift = await post(url, agent, 'subscription { ticks }');
    let text = '';
    swift.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
    });
    await until(() => server.probe.open() === 2);
    for (let i = 1; i <= 20; i += 1) {
      server.probe.tick(i);
      await until(() => text.includes(`"ticks":${i}}`));
    }
    let late = '';
    slow.setEncoding('utf8').on('data', (chunk) => {
      late += chunk;
    });
    slow.resume();
    await until(() => late.includes('"ticks":20}'));
    expect(late.match(/"ticks":\d+/g)).toEqual(Array.from({ length: 20 }, (_, i) => `"ticks":${i + 1}`));
    slow.destroy();
    await until(() => server.probe.open() === 1);
    swift.destroy();
    await until(() => server.probe.open() === 0);
  });

  it('leaves errors and queries unchanged', async () => {
    await using server = await startTestApp({ fastPaths });
    const url = await server.listen();
    const agent = new Agent();
    for (const [query, expected] of [
      ['subscription { nope }', 'GRAPHQL_VALIDATION_FAILED'],
      ['subscription {', 'GRAPHQL_PARSE_FAILED'],
      ['{ hello }', '"hello":"hello world"'],
    ] as const) {
      expect(await textOf(await post(url, agent, query))).toContain(expected);
    }
    const json = { ...HEADERS, accept: 'application/json, text/event-stream' };
    const either = await post(url, agent, '{ hello }', json);
    expect(either.headers['content-type']).toMatch(/^application\/json/);
    expect(JSON.parse(await textOf(either))).toMatchObject({ data: { hello: 'hello world' } });
    expect(eventsIn(await textOf(await post(url, agent, 'subscription { count(to: 2) }', json)))).toEqual(COUNTED);
  });

  it('is ended when its reader goes before it has begun', async () => {
    await using server = await startTestApp({ fastPaths });
    const url = await server.listen();
    const { socket } = await raw(url, '1.1', 'subscription { ticks }');
    socket.destroy();
    const other = await raw(url, '1.1', 'subscription { ticks }');
    await until(() => other.text().includes('text/event-stream'));
    await until(() => server.probe.open() === 1);
    other.socket.destroy();
    await until(() => server.probe.open() === 0);
  });
});
