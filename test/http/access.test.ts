import { describe, expect, it } from 'vitest';
import { createAuthenticate } from '../../src/auth/authenticator.ts';
import { createOrigins } from '../../src/pipeline/admission/allowed-origins.ts';
import { startTestApp } from '../support/gateway/test-app.ts';
import { initWs, openWs } from '../support/gateway/ws-client.ts';

const token = 'correct-horse-battery-staple';
const bearer = { authorization: `Bearer ${token}` };
const query = { query: '{ principal }' };

describe('the bearer token', () => {
  it.each([
    undefined,
    null,
    '',
    token,
    'Bearer',
    'Bearer ',
    `Bearer ${token}x`,
    `Basic ${token}`,
    `Bearer x${token}`,
    `Bearer ${token} x`,
  ])('is not %s', (authorization) => expect(createAuthenticate({ token })(authorization)).toBeUndefined());

  it('is asked of HTTP', async () => {
    const server = await startTestApp({ token });
    const refused = await server.post(query);
    expect(refused.status).toBe(401);
    expect(refused.headers.get('www-authenticate')).toBe('Bearer');
    expect(refused.headers.get('content-type')).toBe('application/graphql-response+json; charset=utf-8');
    const legacy = await server.post(query, { accept: 'application/json' });
    expect(legacy.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await refused.json()).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
    expect(await (await server.post(query, bearer)).json()).toMatchObject({ data: { principal: 'bearer' } });
    expect(await (await server.post(query, { authorization: `bearer ${token}` })).json()).toMatchObject({
      data: { principal: 'bearer' },
    });
    for (const path of ['/livez', '/readyz'])
      expect((await server.app.fetch(new Request(`http://localhost${path}`))).status).toBe(200);
    await server[Symbol.asyncDispose]();
  });

  it('is asked on every path that leads to the graph, and there is one', async () => {
    const server = await startTestApp({ token });
    const base = await server.listen();
    for (const path of ['/graphql/', '//graphql', '/x/graphql', '/x?y=/graphql', '/graphql//', '/metrics/']) {
      for (const type of ['application/json', 'text/plain', 'application/x-www-form-urlencoded']) {
        const body = type.endsWith('urlencoded') ? 'query={principal}' : JSON.stringify(query);
        const answer = await fetch(`${base}${path}`, { method: 'POST', headers: { 'content-type': type }, body });
        expect([path, answer.status, await answer.text()]).toEqual([path, 404, expect.stringContaining('/graphql')]);
      }
      const asked = await fetch(`${base}${path}`, { headers: { accept: 'text/event-stream' } });
      expect([path, asked.status]).toEqual([path, 404]);
    }
    const { status } = await fetch(`${base}/graphql?x=/graphql`, { method: 'POST', body: JSON.stringify(query) });
    expect(status).toBe(401);
    await server[Symbol.asyncDispose]();
  });

  it('is asked of WebSocket, in connection_init or in the upgrade', async () => {
    const server = await startTestApp({ token });
    const url = `${await server.listen()}/graphql`;
    for (const payload of [undefined, {}, { Authorization: 'Bearer wrong-wrong-wrong-wrong' }, { Authorization: 1 }]) {
      const peer = await openWs(url);
      peer.send({ type: 'connection_init', ...(payload && { payload }) });
      expect(await peer.closed).toEqual({
        code: 4401,
        reason: 'Send {"authorization": "Bearer <token>"} as the payload of connection_init.',
      });
    }
    const ways = [
      () => initWs(url, { Authorization: bearer.authorization }),
      () => initWs(url, bearer),
      () => initWs(url, { AUTHORIZATION: bearer.authorization }),
      () => initWs(url, { headers: { Authorization: bearer.authorization } }),
      () => initWs(url, undefined, { headers: bearer }),
    ];
    for (const open of ways) {
      const peer = await open();
      peer.send({ id: '1', type: 'subscribe', payload: query });
      expect(await peer.next()).toMatchObject({ payload: { data: { principal: 'bearer' } } });
      peer.socket.close();
    }
    await server[Symbol.asyncDispose]();
  });

  it('makes every caller anonymous without a token', async () => {
    const server = await startTestApp();
    expect((await server.query('{ principal }')).data).toEqual({ principal: 'anonymous' });
    await server[Symbol.asyncDispose]();
  });
});

describe('other sites', () => {
  const preflight = (origin: string) =>
    new Request('http://localhost/graphql', {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type,apollographql-client-name,traceparent,x-own',
      },
    });

  it('may not read anything unless they are listed', async () => {
    const closed = await startTestApp();
    const response = await closed.app.fetch(preflight('https://evil.example'));
    expect(response.status).toBe(405);
    expect(response.headers.has('access-control-allow-origin')).toBe(false);
    await closed[Symbol.asyncDispose]();

    const open = await startTestApp({ allowedOrigins: ['https://a.example', 'https://b.example'] });
    const allowed = await open.app.fetch(preflight('https://b.example'));
    expect(allowed.status).toBe(204);
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://b.example');
    expect(allowed.headers.has('access-control-allow-credentials')).toBe(false);
    expect(allowed.headers.get('access-control-allow-headers')).toBe(
      'content-type,apollographql-client-name,traceparent,x-own',
    );
    expect(allowed.headers.get('vary')).toBe('Origin, Access-Control-Request-Headers');
    // A page in a sandboxed frame has the origin `null`.
    for (const origin of ['https://evil.example', 'null']) {
      const refused = await open.app.fetch(preflight(origin));
      expect(refused.headers.has('access-control-allow-origin'), origin).toBe(false);
    }
    await open[Symbol.asyncDispose]();
  });

  it('may have nothing asked for them, even what they cannot read', async () => {
    const server = await startTestApp({ allowedOrigins: ['https://a.example'] });
    const get = async (headers: Record<string, string>) =>
      (await server.app.fetch(new Request('http://localhost/graphql?query=%7Bprincipal%7D', { headers }))).status;
    const image = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' };
    const frame = { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' };
    const stream = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' };
    // Browsers leave Sec-Fetch-Site out on plain http, and old ones everywhere.
    const origins = ['https://evil.example', 'null', 'http://localhost.evil.example', 'https://a.example.evil.example'];
    for (const headers of [
      image,
      frame,
      ...origins.map((origin) => ({ ...stream, origin })),
      ...origins.map((origin) => ({ origin })),
    ])
      expect([headers, await get(headers)]).toEqual([headers, 403]);
    const link = { ...frame, 'sec-fetch-dest': 'document' };
    const own = { ...stream, 'sec-fetch-site': 'same-origin' };
    const listed = { origin: 'https://a.example' };
    for (const headers of [{ ...stream, ...listed }, listed, { origin: 'http://localhost' }, link, own, {}])
      expect([headers, await get(headers)]).toEqual([headers, 200]);
    const served = await server.app.fetch(
      new Request('http://localhost/graphql?query=%7Bprincipal%7D', { headers: image }),
    );
    expect(await served.json()).toMatchObject({ errors: [{ extensions: { code: 'ORIGIN_NOT_ALLOWED' } }] });
    await server[Symbol.asyncDispose]();
  });

  it('may not open a WebSocket unless they are listed', async () => {
    const server = await startTestApp({ allowedOrigins: ['https://a.example'] });
    const url = `${await server.listen()}/graphql`;
    await expect(openWs(url, { origin: 'https://evil.example' })).rejects.toThrow('403');
    await expect(openWs(url, { origin: 'null' })).rejects.toThrow('403');
    for (const origin of ['https://a.example', new URL(url).origin]) {
      const peer = await initWs(url, undefined, { origin });
      peer.socket.close();
    }
    await server[Symbol.asyncDispose]();
  });

  it('may not come by a name that was rebound to this machine', async () => {
    const server = await startTestApp();
    const url = `${await server.listen()}/graphql`;
    await expect(
      openWs(url, { headers: { host: 'evil.example:4000' }, origin: 'http://evil.example:4000' }),
    ).rejects.toThrow('421');
    const response = await server.app.fetch(new Request('http://evil.example/graphql?query=%7Bhello%7D'));
    expect(response.status).toBe(421);
    await server[Symbol.asyncDispose]();
  });
});

describe('createOrigins', () => {
  const local = createOrigins({ asksForToken: false, allowedOrigins: ['https://console.example'] });

  it.each([
    'localhost',
    'localhost:4000',
    '127.0.0.1:4000',
    '127.1.2.3',
    '[::1]:4000',
    'LOCALHOST:1',
    'console.example',
  ])('answers for %s', (host) => expect(local.isHostAllowed(host)).toBe(true));
  it.each([undefined, '', 'evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', '10.0.0.1', '[::2]'])(
    'does not answer for %s',
    (host) => expect(local.isHostAllowed(host)).toBe(false),
  );
  it('answers for every name where a token is asked for', () => {
    expect(createOrigins({ asksForToken: true, allowedOrigins: [] }).isHostAllowed('any.example')).toBe(true);
  });
});
