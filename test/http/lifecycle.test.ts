import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { startLiveApp } from '../support/gateway/live-app.ts';
import { startTestApp } from '../support/gateway/test-app.ts';
import { initWs, openWs } from '../support/gateway/ws-client.ts';
import { until } from '../support/time/until.ts';

const json = { 'content-type': 'application/json' };
const body = (query: string) => JSON.stringify({ query });

describe('deadlines', () => {
  it('end a request whose resolvers never do', async () => {
    const server = await startTestApp({ queryDeadline: 1 });
    const answer = await server.query('{ hang }');
    expect(answer).toMatchObject({ status: 504, errors: [{ extensions: { code: 'REQUEST_TIMEOUT' } }] });
    await server[Symbol.asyncDispose]();
  });
});

describe('a client that goes away', () => {
  it('ends its query, but not its mutation', async () => {
    const server = await startTestApp();
    const url = `${await server.listen()}/graphql`;
    const { probe } = server;
    const gone = new AbortController();
    const requests = ['{ wait }', 'mutation { slowWrite }'].map((query) =>
      fetch(url, { method: 'POST', headers: json, body: body(query), signal: gone.signal }).catch(() => 'gone'),
    );
    await until(() => probe.waiting.length === 2);
    gone.abort();
    expect(await Promise.all(requests)).toEqual(['gone', 'gone']);
    await until(() => probe.waiting.some((signal) => signal.aborted));
    probe.release();
    await until(() => probe.written.length === 1);
    expect(probe.waiting.filter((signal) => signal.aborted)).toHaveLength(1);
    await server[Symbol.asyncDispose]();
  });
});

describe('SSE', () => {
  const sse = { ...json, accept: 'text/event-stream' };

  it('streams events and completes', async () => {
    const server = await startTestApp();
    const response = await server.post({ query: 'subscription { count(to: 2) }' }, sse);
    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
    expect(response.headers.get('x-accel-buffering')).toBe('no');
    const text = await response.text();
    expect(text.match(/^event: \w+|"count":\d/gm)).toEqual([
      'event: next',
      '"count":1',
      'event: next',
      '"count":2',
      'event: complete',
    ]);
    await server[Symbol.asyncDispose]();
  });

  it('carries errors of the request', async () => {
    const server = await startTestApp();
    const response = await server.post({ query: 'subscription { nope }' }, sse);
    expect(await response.text()).toContain('GRAPHQL_VALIDATION_FAILED');
    await server[Symbol.asyncDispose]();
  });

  it.each([
    ['in all', { sseMaxStreams: 1 }],
    ['of one caller', { sseMaxCallerStreams: 1 }],
  ])('ends its source when the reader goes, and counts streams: %s', async (_name, settings) => {
    const server = await startTestApp(settings);
    const url = `${await server.listen()}/graphql`;
    const gone = new AbortController();
    const init = { method: 'POST', headers: sse, body: body('subscription { ticks }') };
    const first = await fetch(url, { ...init, signal: gone.signal });
    await until(() => server.probe.open() === 1);
    const second = await fetch(url, init);
    expect(second.headers.get('retry-after')).toBe('1');
    expect(await second.text()).toContain('TOO_MANY_SUBSCRIPTIONS');
    gone.abort();
    await expect(first.text()).rejects.toThrow();
    await until(() => server.probe.open() === 0);
    const third = await server.post({ query: 'subscription { count(to: 1) }' }, sse);
    expect(await third.text()).toContain('"count":1');
    await server[Symbol.asyncDispose]();
  });
});

describe('a shutdown', () => {
  it('reports it at once, lets running operations end, refuses new ones, and asks streams to come back', async () => {
    const server = await startTestApp();
    const base = await server.listen();
    const { probe } = server;
    const running = fetch(`${base}/graphql`, { method: 'POST', headers: json, body: body('mutation { slowWrite }') });
    const peer = await initWs(`${base}/graphql`);
    peer.send({ id: 's', type: 'subscribe', payload: { query: 'subscription { ticks }' } });
    await until(() => probe.waiting.length === 1 && probe.open() === 1);

    const disposed = server.app.dispose();
    let isOver = false;
    const again = server.app.dispose().then(() => {
      isOver = true;
    });
    const ready = await fetch(`${base}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([503, { status: 'draining' }]);
    expect((await fetch(`${base}/livez`)).status).toBe(200);
    // A browser does not see the status of a refused upgrade, but it sees this code, and clients come back.
    expect((await (await openWs(`${base}/graphql`)).closed).code).toBe(1013);
    const refused = await fetch(`${base}/graphql`, { method: 'POST', headers: json, body: body('{ hello }') });
    expect([refused.status, await refused.json()]).toMatchObject([
      503,
      { errors: [{ extensions: { code: 'SERVER_DRAINING', retryAfterMs: 1_000 } }] },
    ]);
    expect(refused.headers.get('retry-after')).toBe('1');

    expect(isOver).toBe(false);
    probe.release();
    expect(await (await running).json()).toMatchObject({ data: { slowWrite: 'slow' } });
    expect((await peer.closed).code).toBe(1001);
    await Promise.all([disposed, again]);
    await until(() => probe.open() === 0);
    await expect(fetch(`${base}/livez`)).rejects.toThrow();
  });

  it('answers requests that were sent when it began, on whatever connection', async () => {
    const server = await startTestApp();
    const { port, hostname } = new URL(await server.listen());
    const text = body('{ hello }');
    const head = `POST /graphql HTTP/1.1\r\nhost: ${hostname}:${port}\r\ncontent-type: application/json\r\n`;
    const answers = Array.from({ length: 30 }, async () => {
      const socket = connect(Number(port), hostname);
      await once(socket, 'connect');
      socket.write(`${head}content-length: ${text.length}\r\n\r\n${text}`);
      let answer = '';
      for await (const chunk of socket) answer += chunk;
      return answer;
    });
    const connections = new Promise<void>((resolve) => setImmediate(resolve));
    await connections;
    await server.app.dispose();
    const statuses = (await Promise.all(answers)).map((answer) => {
      if (answer.startsWith('HTTP/1.1 200 ')) return 'served';
      expect(answer).toMatch(/^HTTP\/1.1 503 [\s\S]*\r\nretry-after: 1\r\n[\s\S]*SERVER_DRAINING/i);
      expect(answer).toMatch(/\r\nconnection: close\r\n/i);
      return 'sent elsewhere';
    });
    expect(statuses).toHaveLength(30);
    expect(statuses).toContain('sent elsewhere');
  });

  it('lets an answer that is on its way arrive', async () => {
    const server = await startTestApp({ shutdownGrace: 60_000, maxResponse: 0 });
    const base = await server.listen();
    const sent = request(`${base}/graphql`, { method: 'POST', headers: json });
    sent.end(body('{ filler(length: 20000000) }'));
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    // Far more than sockets hold, and without a reader.
    const disposed = server.app.dispose();
    expect((await fetch(`${base}/readyz`)).status).toBe(503);
    let length = 0;
    for await (const chunk of response) length += (chunk as Buffer).length;
    expect(length).toBe(Number(response.headers['content-length']));
    expect(length).toBeGreaterThan(20_000_000);
    await disposed;
  });

  it('ends streams without saying that they are complete, so that clients come back for the rest', async () => {
    await using app = await startLiveApp();
    const query = 'subscription { clusterEvents(cluster: "prod") { type } }';
    const stream = await fetch(app.url, {
      method: 'POST',
      headers: { ...json, accept: 'text/event-stream' },
      body: body(query),
    });
    const peer = await initWs(app.url);
    const received: unknown[] = [];
    peer.socket.on('message', (data) => received.push(JSON.parse(String(data)).type));
    peer.send({ id: 's', type: 'subscribe', payload: { query } });
    await until(() => received.includes('next'));
    await app.world.app.dispose();
    expect((await stream.text()).match(/^event: \w+/gm)).toEqual(['event: next']);
    expect((await peer.closed).code).toBe(1001);
    expect(received).toEqual(['next']);
  });

  it('does not wait forever', async () => {
    const server = await startTestApp({ shutdownGrace: 10 });
    const url = `${await server.listen()}/graphql`;
    const running = fetch(url, { method: 'POST', headers: json, body: body('{ wait }') }).catch(() => 'cut');
    await until(() => server.probe.waiting.length === 1);
    await server.app.dispose();
    expect(await running).toBe('cut');
  });

  it('is quick when there is nothing to wait for', async () => {
    const server = await startTestApp({ shutdownGrace: 60_000 });
    const url = await server.listen();
    await fetch(`${url}/livez`);
    await server.app.dispose();
    await server.app.dispose();
    await expect(fetch(`${url}/livez`)).rejects.toThrow();
  });
});

describe('a fault in a rule of ours', () => {
  it.each(['text/html', 'text/html, text/event-stream'])(
    'shows nothing of the fault but that there was one (Accept: %s)',
    async (accept) => {
      const openAssets = () => Promise.reject(new Error('secret detail of /etc'));
      const server = await startTestApp({ graphiql: true }, { expectErrors: true, openAssets });
      const answer = await fetch(`${await server.listen()}/graphql`, { headers: { accept, 'x-request-id': 'r1' } });
      expect([answer.status, answer.headers.get('x-request-id'), await answer.json()]).toEqual([
        500,
        'r1',
        {
          errors: [
            {
              message: 'Internal server error.',
              extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: 'r1', retryable: false },
            },
          ],
        },
      ]);
      expect(server.logs.filter(({ level }) => level === 'error')).toMatchObject([
        { msg: 'internal error', requestId: 'r1', err: { message: 'secret detail of /etc' } },
      ]);
      await server[Symbol.asyncDispose]();
    },
  );
});

describe('an upgrade that is refused', () => {
  it('leaves no socket, however long its peer holds the other half open', async () => {
    const server = await startTestApp();
    const { hostname, port } = new URL(await server.listen());
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
      socket.write('GET /nowhere HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
      const [data] = await once(socket, 'data');
      expect(String(data)).toMatch(/^HTTP\/1.1 404 /);
      await once(socket.resume(), 'end');
      // Further data is refused: the peer has disconnected.
      socket.on('error', () => socket.destroy());
      const writing = setInterval(() => socket.write('x'), 5);
      await new Promise((resolve) => socket.once('close', resolve));
      clearInterval(writing);
    }
    await server[Symbol.asyncDispose]();
  });
});
