import { afterAll, describe, expect, it } from 'vitest';
import { sharedSchema } from '../support/gateway/shared-schema.ts';
import { startTestApp } from '../support/gateway/test-app.ts';
import { openWs, type WsPeer } from '../support/gateway/ws-client.ts';
import { DOCUMENTS } from './documents.ts';
import { BYTES, GUARDED_BYTES, GUARDED_REQUESTS, OPEN_REQUESTS, type RequestVector } from './requests.ts';
import { sendBytes, sendHttp, TOKEN } from './send.ts';
import { GUARDED_SOCKETS, OPEN_SOCKETS, type SocketVector } from './sockets.ts';

/**
 * Attacks of callers, over HTTP, Server-Sent Events and WebSocket: each is refused as it says, with nothing of what may be secret, and the
 * server answers the next request. Sizes are just over our own limits.
 */
describe('attacks', async () => {
  const schema = sharedSchema();
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const open = await startTestApp({ graphiql: false, credentials }, { schema });
  const guarded = await startTestApp({ graphiql: false, token: TOKEN }, { schema });
  const urls = { open: await open.listen(), guarded: await guarded.listen() };
  afterAll(async () => {
    // An error that was logged fails it.
    await open[Symbol.asyncDispose]();
    await guarded[Symbol.asyncDispose]();
  });

  const alive = async (server: keyof typeof urls) => {
    const headers = { authorization: `Bearer ${TOKEN}` };
    const response = await fetch(`${urls[server]}/graphql?query={__typename}`, { headers });
    expect([response.status, await response.text()]).toEqual([200, expect.stringContaining('"Query"')]);
  };
  const SECRETS = new RegExp(`CANARY|${TOKEN}|x{101}|A{101}`);

  it('are many', () => {
    const all = [
      DOCUMENTS,
      DOCUMENTS,
      OPEN_REQUESTS,
      GUARDED_REQUESTS,
      BYTES,
      GUARDED_BYTES,
      OPEN_SOCKETS,
      GUARDED_SOCKETS,
    ];
    expect(all.reduce((count, vectors) => count + vectors.length, 0)).toBeGreaterThan(300);
    const names = all
      .slice(1)
      .flatMap((vectors) => vectors.map((vector) => ('name' in vector ? vector.name : vector[0])));
    expect(names.length - new Set(names).size).toBeLessThan(20);
  });

  it.each(DOCUMENTS)('document: %s', async (_name, query, code, variables) => {
    const answer = await sendHttp(urls.open, { body: { query, variables } });
    expect(answer).toMatchObject(code === 'ok' ? { status: 200 } : { code });
    if (code !== 'ok' && code !== 'BAD_USER_INPUT') expect(answer.status).toBe(400);
    expect(answer.text).not.toMatch(SECRETS);
    await alive('open');
  });

  it.each(DOCUMENTS)('document, as a stream: %s', async (_name, query, code, variables) => {
    const answer = await sendHttp(urls.open, { body: { query, variables }, headers: { accept: 'text/event-stream' } });
    if (code !== 'ok') expect(answer.code).toBe(code);
    expect(answer.text).not.toMatch(SECRETS);
    await alive('open');
  });

  it.each(OPEN_REQUESTS.map(named))('request: $name', async ({ request, status, code }) => {
    const answer = await sendHttp(urls.open, request);
    expect([answer.status, answer.code]).toEqual([status, code]);
    expect(answer.text).not.toMatch(SECRETS);
    await alive('open');
  });

  it.each(GUARDED_REQUESTS.map(named))('request to a server with a token: $name', async ({ request, status, code }) => {
    const answer = await sendHttp(urls.guarded, request);
    expect([answer.status, answer.code]).toEqual([status, code]);
    expect(answer.text).not.toMatch(SECRETS);
    await alive('guarded');
  });

  it.each(BYTES)('bytes: %s', async (_name, bytes, status) => {
    const answer = await sendBytes(urls.open, bytes);
    expect(answer.status).toBe(status);
    // The library of WebSockets refuses handshakes with a text.
    if (status >= 400 && !bytes.includes('Upgrade: websocket')) expect(answer.code).toBeDefined();
    await alive('open');
  });

  it.each(GUARDED_BYTES)('bytes to a server with a token: %s', async (_name, bytes, status) => {
    const answer = await sendBytes(urls.guarded, bytes);
    expect(answer.status).toBe(status);
    if (status >= 400) expect(answer.code).toBeDefined();
    await alive('guarded');
  });

  const check = async (url: string, vector: SocketVector) => {
    const { options, raw, messages = [], closes, refusal, code } = vector;
    if (refusal !== undefined) {
      await expect(openWs(`${url}/graphql`, options)).rejects.toThrow(refusal);
      return;
    }
    const peer = await openWs(`${url}/graphql`, options);
    const send = (sent: readonly (string | Buffer)[]) => {
      for (const message of sent) peer.socket.send(message);
    };
    send(raw ?? ['{"type":"connection_init"}']);
    if (raw === undefined) expect(await peer.next()).toMatchObject({ type: 'connection_ack' });
    send(messages);
    if (closes !== undefined) {
      const { code: closedWith, reason } = await peer.closed;
      expect(closedWith).toBe(closes);
      expect(reason).not.toMatch(SECRETS);
    }
    if (code !== undefined) expect(await errorOf(peer)).toMatchObject([{ extensions: { code } }]);
    peer.socket.terminate();
  };

  it.each(OPEN_SOCKETS)('WebSocket: $name', async (vector) => {
    await check(urls.open, vector);
    await alive('open');
  });

  it.each(GUARDED_SOCKETS)('WebSocket of a server with a token: $name', async (vector) => {
    await check(urls.guarded, vector);
    await alive('guarded');
  });
});

const named = ([name, request, status, code]: RequestVector) => ({ name, request, status, code });

/** The errors of the next message, whether it is a refusal or a result. */
async function errorOf(peer: WsPeer): Promise<unknown> {
  const { payload } = await peer.next();
  return Array.isArray(payload) ? payload.slice(0, 1) : (payload as { errors?: unknown[] }).errors?.slice(0, 1);
}
