import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { Readable } from 'node:stream';
import { afterAll, describe, expect, it } from 'vitest';
import { startTestApp } from '../support/gateway/test-app.ts';

describe('HTTP requests', async () => {
  const server = await startTestApp({ maxBody: 5_000 });
  afterAll(() => server[Symbol.asyncDispose]());
  const { app, post, probe } = server;
  const get = (path: string, headers: Record<string, string> = {}) =>
    app.fetch(new Request(`http://localhost${path}`, { headers }));
  const mutation = { query: 'mutation { write(value: "x") }' };

  it.each([
    ['application/x-www-form-urlencoded', 'query=mutation%20%7B%20write%20%7D'],
    ['multipart/form-data; boundary=x', '--x\r\n'],
    ['text/plain', JSON.stringify(mutation)],
    ['application/graphql', mutation.query],
    ['application/jsonp', JSON.stringify(mutation)],
  ])('refuses a mutation as %s', async (type, body) => {
    const response = await post(body, { 'content-type': type });
    expect(response.status).toBe(415);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'UNSUPPORTED_MEDIA_TYPE' } }] });
    expect(probe.written).toEqual([]);
  });

  it('refuses a mutation by GET', async () => {
    const response = await get(`/graphql?query=${encodeURIComponent(mutation.query)}`);
    expect(response.status).toBe(405);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'METHOD_NOT_ALLOWED' } }] });
    expect(probe.written).toEqual([]);
  });

  it.each(['PUT', 'DELETE', 'PATCH', 'OPTIONS'])('refuses %s', async (method) => {
    expect((await app.fetch(new Request('http://localhost/graphql', { method }))).status).toBe(405);
  });

  it('refuses callers that accept no answer type, before a mutation runs', async () => {
    const response = await post(JSON.stringify(mutation), { accept: 'text/plain' });
    expect(response.status).toBe(406);
    expect(await response.json()).toMatchObject({
      errors: [{ message: expect.stringContaining('text/event-stream'), extensions: { code: 'NOT_ACCEPTABLE' } }],
    });
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(probe.written).toEqual([]);
  });

  it.each(['application/json', 'multipart/mixed', 'text/event-stream; charset=utf-16, application/json'])(
    'begins no subscription whose events could reach no client: %s',
    async (accept) => {
      const response = await post(JSON.stringify({ query: 'subscription { ticks }' }), { accept });
      expect(await response.text()).toMatch(/"code":"NOT_ACCEPTABLE"/);
      expect(await (await get('/metrics')).text()).toContain('ecs_graphql_subscribers{transport="sse"} 0');
    },
  );

  it('answers a query by GET', async () => {
    const response = await get('/graphql?query=%7Bhello%7D', { accept: 'application/json' });
    expect(await response.json()).toMatchObject({ data: { hello: 'hello world' } });
  });

  it('refuses GET parameters that are no JSON', async () => {
    const response = await get('/graphql?query=%7Bhello%7D&variables=%7B', { accept: 'application/json' });
    expect(response.status).toBe(400);
  });

  it('refuses a body over the limit, announced or not', async () => {
    const body = JSON.stringify({ query: '{ hello }', variables: { filler: 'x'.repeat(6_000) } });
    const stream = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode(body));
        controller.close();
      },
    });
    const chunked = new Request('http://localhost/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: stream,
      duplex: 'half',
    } as RequestInit);
    const url = `${await server.listen()}/graphql`;
    const overSocket = async (headers: Record<string, string>, text: string) => {
      const sent = request(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers } });
      for (let at = 0; at < text.length; at += 1_000) sent.write(text.slice(at, at + 1_000));
      sent.end();
      const [response] = (await once(sent, 'response')) as [IncomingMessage];
      return new Response(Readable.toWeb(response) as ReadableStream, { status: response.statusCode ?? 0 });
    };
    const announced = { 'content-length': `${body.length}` };
    const refused = [post(body), app.fetch(chunked), overSocket(announced, body), overSocket({}, body)];
    for (const response of await Promise.all(refused)) {
      expect(response.status).toBe(413);
      expect(await response.json()).toMatchObject({
        errors: [{ message: expect.stringMatching(/more than 5000 bytes/), extensions: { code: 'PAYLOAD_TOO_LARGE' } }],
      });
    }
    const small = await overSocket({}, JSON.stringify({ query: '{ hello }' }));
    expect(await small.json()).toMatchObject({ data: { hello: 'hello world' } });
  });

  it('keeps the parser’s own words out of the answer to broken JSON', async () => {
    const text = await (await post('{"query": secret')).text();
    expect(text).toBe(
      '{"errors":[{"message":"POST body sent invalid JSON.","extensions":{"code":"BAD_REQUEST","retryable":false}}]}',
    );
  });

  it('returns the request id, the caller’s own if it is well-formed', async () => {
    const own = await post({ query: '{ hello }' }, { 'x-request-id': 'bot-7.1' });
    expect(own.headers.get('x-request-id')).toBe('bot-7.1');
    const odd = await post({ query: '{ hello }' }, { 'x-request-id': 'a b<script>' });
    expect(odd.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('keeps browsers from caching, sniffing and framing', async () => {
    const { headers } = await post({ query: '{ hello }' });
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  });

  it('answers for its health on two paths and no other', async () => {
    expect(await (await get('/livez')).json()).toEqual({ status: 'ok' });
    const posted = await app.fetch(new Request('http://localhost/livez', { method: 'POST' }));
    expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    expect(await (await get('/readyz')).json()).toEqual({ status: 'ok' });
    for (const path of ['/', '/health', '/graphql/livez', '/graphqlx', '/graphql/assets/../../etc/passwd']) {
      const answer = await get(path);
      expect(answer.status).toBe(404);
      expect(await answer.text()).toContain('GraphQL is at /graphql');
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    }
    expect((await get('/graphql?x=/health')).status).toBe(400);
  });

  it('logs one line for an operation, without its text or its variables', async () => {
    server.logs.length = 0;
    const name = 'N'.repeat(400);
    await post({ query: `query ${name}($name: String) { hello(name: $name) }`, variables: { name: 'confidential' } });
    const lines = server.logs.filter((line) => line.level !== 'debug' && line.level !== 'trace');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      msg: 'operation',
      type: 'query',
      operation: `${'N'.repeat(256)}…`,
      transport: 'http',
    });
    expect(JSON.stringify(lines)).not.toContain('confidential');
  });
});

describe('hosts and paths that are no URL', () => {
  /** The answer to bytes that no client would send. */
  async function answerTo(base: string, head: string): Promise<string> {
    const { hostname, port } = new URL(base);
    const { connect } = await import('node:net');
    return new Promise((resolve) => {
      let answer = '';
      const socket = connect(Number(port), hostname, () => socket.write(`${head}\r\n\r\n`));
      socket.once('data', (data) => {
        answer = String(data);
        socket.destroy();
      });
      socket.once('close', () => resolve(answer));
    });
  }

  it('are answered with an error and nothing else', async () => {
    const server = await startTestApp();
    const base = await server.listen();
    const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AA==';
    const rows: [target: string, host: string][] = [
      ['/graphql', 'a b%%'],
      ['//', 'localhost'],
      ['//:x/', 'localhost'],
      ['/\\', 'localhost'],
      ['//[', 'localhost'],
      ['*', 'localhost'],
      ['http://[', 'localhost'],
    ];
    for (const [target, host] of rows) {
      // Twice, as the code of WebSockets is loaded with the first.
      for (const more of ['X-Nothing: 1', upgrade, upgrade]) {
        const answer = await answerTo(base, `GET ${target} HTTP/1.1\r\nHost: ${host}\r\n${more}`);
        expect(answer, target).toMatch(/^$|^HTTP\/1.1 4\d\d /);
        expect(answer).not.toMatch(/TypeError|\n +at /);
      }
    }
    expect((await fetch(`${base}/livez`)).status).toBe(200);
    await server[Symbol.asyncDispose]();
  });
});
