import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { answerType, streamFormat } from '../../../src/http/plugins/media-types.ts';
import { startTestApp } from '../../support/gateway/test-app.ts';
import { initWs } from '../../support/gateway/ws-client.ts';

const JSON_TYPE = 'application/json';
const RESPONSE = 'application/graphql-response+json';
const EVENTS = 'text/event-stream';
const APOLLO = 'multipart/mixed;boundary=graphql;subscriptionSpec=1.0';

describe('the type of an answer', () => {
  it.each([
    [undefined, JSON_TYPE],
    ['*/*', JSON_TYPE],
    ['application/*', JSON_TYPE],
    ['text/html,application/xhtml+xml,*/*;q=0.8', JSON_TYPE],
    [`${JSON_TYPE}; charset=utf-8`, JSON_TYPE],
    [`${RESPONSE}, ${JSON_TYPE}`, RESPONSE],
    [`${JSON_TYPE}, ${RESPONSE}`, JSON_TYPE],
    [`${JSON_TYPE};q=0.9, ${RESPONSE}`, RESPONSE],
    [`${RESPONSE};q=0, ${JSON_TYPE};q=0.1`, JSON_TYPE],
    [`${JSON_TYPE}, ${EVENTS}`, JSON_TYPE],
    [EVENTS, EVENTS],
    [`${APOLLO},${RESPONSE},${JSON_TYPE};q=0.9`, RESPONSE],
    ['multipart/mixed;subscriptionSpec=1.0', JSON_TYPE],
    ['multipart/mixed;deferSpec=20220824', undefined],
    [`${JSON_TYPE};charset=utf-16`, undefined],
    [`${JSON_TYPE};q=0`, undefined],
    ['text/plain', undefined],
  ])('for Accept %s is %s', (accept, type) => expect(answerType(accept)).toBe(type));

  it.each([
    [undefined, undefined],
    ['*/*', undefined],
    ['text/*', undefined],
    [JSON_TYPE, undefined],
    [`${EVENTS};q=0`, undefined],
    [`${EVENTS};charset=utf-16`, undefined],
    ['multipart/mixed', undefined],
    [EVENTS, EVENTS],
    [`${JSON_TYPE}, ${EVENTS}`, EVENTS],
    [APOLLO, 'multipart/mixed;boundary="graphql";subscriptionSpec=1.0'],
    [
      'multipart/mixed; boundary="graphql"; subscriptionSpec="1.0"',
      'multipart/mixed;boundary="graphql";subscriptionSpec=1.0',
    ],
    [`${APOLLO};q=0.1,${EVENTS};q=0.2`, EVENTS],
  ])('of a subscription for Accept %s is %s', (accept, type) => expect(streamFormat(accept)?.contentType).toBe(type));

  it('is the one that the caller prefers, in results and in refusals', async () => {
    await using server = await startTestApp({ token: 'correct-horse-battery-staple' });
    const authorization = 'Bearer correct-horse-battery-staple';
    const accept = `${JSON_TYPE};q=0.5, ${RESPONSE}`;
    for (const headers of [{ accept, authorization }, { accept }]) {
      const response = await server.post({ query: '{ nope }' }, headers);
      expect(response.headers.get('content-type')).toBe(`${RESPONSE}; charset=utf-8`);
      expect(response.status).toBe('authorization' in headers ? 400 : 401);
    }
    const legacy = await server.post(
      { query: '{ nope }' },
      { accept: `${RESPONSE};q=0.5, ${JSON_TYPE}`, authorization },
    );
    expect([legacy.status, legacy.headers.get('content-type')]).toEqual([200, `${JSON_TYPE}; charset=utf-8`]);
  });

  it('is no stream for a subscription of a caller that accepts none', async () => {
    await using server = await startTestApp();
    for (const accept of ['*/*', '', 'text/*', JSON_TYPE]) {
      const response = await server.post({ query: 'subscription { ticks }' }, { accept });
      if (accept !== 'text/*') expect(response.headers.get('content-type')).toMatch(/^application\/json/);
      const text = await response.text();
      expect(text).toContain('"code":"NOT_ACCEPTABLE"');
      expect(text).toContain('text/event-stream or multipart/mixed;subscriptionSpec=1.0');
    }
    expect(server.probe.open()).toBe(0);
  });
});

describe('Apollo’s multipart protocol', () => {
  const HEADERS = { accept: `${APOLLO},${RESPONSE},${JSON_TYPE};q=0.9`, 'content-type': JSON_TYPE };
  it('has the boundary behind each part, and ends behind the last', async () => {
    await using server = await startTestApp();
    const url = await server.listen();
    const subscription = { query: 'subscription { count(to: 2) }' };
    const sent = request(`${url}/graphql`, { method: 'POST', headers: HEADERS });
    sent.end(JSON.stringify(subscription));
    const [response] = await once(sent, 'response');
    let overSocket = '';
    for await (const chunk of response.setEncoding('utf8')) overSocket += chunk;
    const without = await server.post(subscription, HEADERS);
    expect([response.statusCode, without.status]).toEqual([200, 200]);
    const type = 'multipart/mixed;boundary="graphql";subscriptionSpec=1.0';
    expect([response.headers['content-type'], without.headers.get('content-type')]).toEqual([type, type]);
    expect(response.headers['x-accel-buffering']).toBe('no');
    for (const text of [overSocket, await without.text()]) {
      const parts = text.split('\r\n--graphql');
      expect(parts.slice(0, 2)).toEqual(['', '\r\ncontent-type: application/json\r\n\r\n{}']);
      expect(parts.at(-1)).toBe('--\r\n');
      const payloads = parts.slice(2, -1).map((each) => {
        const [head, body = ''] = each.split('\r\n\r\n');
        expect(head).toBe('\r\ncontent-type: application/json');
        return JSON.parse(body).payload.data;
      });
      expect(payloads).toEqual([{ count: 1 }, { count: 2 }]);
    }
  });

  it('is not spoken where there is no stream: refusals are JSON with their status', async () => {
    await using server = await startTestApp();
    const refused = await server.post({ query: 'subscription { nope }' }, HEADERS);
    expect([refused.status, refused.headers.get('content-type')]).toEqual([400, `${RESPONSE}; charset=utf-8`]);
    const query = await server.post({ query: '{ hello }' }, HEADERS);
    expect(await query.json()).toMatchObject({ data: { hello: 'hello world' } });
  });
});

describe('a batch', () => {
  it('is answered in its order, each operation for itself', async () => {
    await using server = await startTestApp();
    const response = await server.post(
      [
        { query: '{ hello }' },
        { query: '{ nope }' },
        { query: 'query ($name: String) { hello(name: $name) }', variables: { name: 'you' } },
        { query: 'subscription { ticks }' },
        'x',
        null,
        3,
        [{ query: '{ hello }' }],
      ],
      { accept: `${JSON_TYPE}, ${EVENTS}` },
    );
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject([
      { data: { hello: 'hello world' } },
      { errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }] },
      { data: { hello: 'hello you' } },
      { errors: [{ message: expect.stringContaining('batch'), extensions: { code: 'BAD_REQUEST' } }] },
      ...Array.from({ length: 4 }, () => ({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] })),
    ]);
    expect(server.probe.open()).toBe(0);
  });

  it.each([
    [
      3,
      Array.from({ length: 4 }, () => ({ query: '{ hello }' })),
      413,
      'BATCH_TOO_LARGE',
      /4 operations; the limit is 3/,
    ],
    [0, [{ query: '{ hello }' }], 413, 'BATCH_TOO_LARGE', /MAX_BATCH is 0/],
    [3, [], 400, 'BAD_REQUEST', /empty/],
  ])('is bounded: MAX_BATCH %i', async (maxBatch, body, status, code, message) => {
    await using server = await startTestApp({ maxBatch });
    const response = await server.post(body);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({
      errors: [{ message: expect.stringMatching(message), extensions: { code, retryable: false } }],
    });
  });
});

describe('a document named by its hash', () => {
  const text = '{ hello }';
  const sha256Hash = createHash('sha256').update(text).digest('hex');
  const named = { extensions: { persistedQuery: { version: 1, sha256Hash } } };
  const codes = async (response: Response) => {
    const { data, errors } = (await response.json()) as {
      data?: object;
      errors?: { message: string; extensions: { code: string } }[];
    };
    return data ?? errors?.map(({ message, extensions }) => [message, extensions.code]);
  };
  const hello = { hello: 'hello world' };

  it('is asked for, held, and found by POST, GET and WebSocket', async () => {
    await using server = await startTestApp();
    const unknown = await server.post(named);
    expect(unknown.status).toBe(200);
    expect(await codes(unknown)).toEqual([['PersistedQueryNotFound', 'PERSISTED_QUERY_NOT_FOUND']]);
    expect(await codes(await server.post({ query: text, ...named }))).toEqual(hello);
    expect(await codes(await server.post(named))).toEqual(hello);
    const parameters = new URLSearchParams({ extensions: JSON.stringify(named.extensions) });
    const got = await server.app.fetch(new Request(`http://localhost/graphql?${parameters}`));
    expect(await codes(got)).toEqual(hello);
    const peer = await initWs(`${await server.listen()}/graphql`);
    peer.send({ id: '1', type: 'subscribe', payload: { query: '', ...named } });
    expect(await peer.next()).toMatchObject({ type: 'next', payload: { data: hello } });
    peer.socket.close();
  });

  it('is not held if the hash is another’s, or the document is not valid', async () => {
    await using server = await startTestApp();
    expect(await codes(await server.post({ query: '{ principal }', ...named }))).toEqual([
      [expect.stringContaining('is not the hash of the query'), 'BAD_REQUEST'],
    ]);
    const invalid = '{ nope }';
    const hash = createHash('sha256').update(invalid).digest('hex');
    const extensions = { persistedQuery: { version: 1, sha256Hash: hash } };
    await server.post({ query: invalid, extensions });
    expect(await codes(await server.post({ extensions }))).toEqual([
      ['PersistedQueryNotFound', 'PERSISTED_QUERY_NOT_FOUND'],
    ]);
    for (const broken of [1, '', 'ab', sha256Hash.toUpperCase(), ['x']]) {
      const answer = await server.post({ extensions: { persistedQuery: { version: 1, sha256Hash: broken } } });
      expect(await codes(answer)).toEqual([[expect.stringContaining('SHA-256'), 'BAD_REQUEST']]);
    }
  });

  it('takes a bounded memory, from which the least used goes first', async () => {
    await using server = await startTestApp({ apqCache: 700 });
    const documents = ['a', 'b', 'c', 'd'].map((name) => `query ${name} { hello }`);
    const ask = (query: string, whole: boolean) => {
      const extensions = {
        persistedQuery: { version: 1, sha256Hash: createHash('sha256').update(query).digest('hex') },
      };
      return server.post({ ...(whole && { query }), extensions }).then(codes);
    };
    for (const document of documents.slice(0, 3)) await ask(document, true);
    expect(await ask(documents[0] ?? '', false)).toEqual(hello);
    await ask(documents[3] ?? '', true);
    const held = await Promise.all(documents.map(async (document) => 'hello' in ((await ask(document, false)) ?? {})));
    expect(held).toEqual([true, false, true, true]);
  });

  it('is declined in the words on which Apollo’s clients send texts, where nothing is held', async () => {
    await using server = await startTestApp({ apqCache: 0 });
    expect(await codes(await server.post(named))).toEqual([
      ['PersistedQueryNotSupported', 'PERSISTED_QUERY_NOT_SUPPORTED'],
    ]);
    expect(await codes(await server.post({ query: text, ...named }))).toEqual(hello);
  });
});

describe('compression', () => {
  /** An answer as it is on the wire. */
  async function answerTo(url: string, headers: Record<string, string>, body: string | Buffer) {
    const sent = request(url, { method: 'POST', headers: { 'content-type': JSON_TYPE, ...headers } });
    sent.end(body);
    const [response] = await once(sent, 'response');
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk);
    return { status: response.statusCode, headers: response.headers, bytes: Buffer.concat(chunks) };
  }
  const asking = (characters: number) => JSON.stringify({ query: `{ hello(name: "${'x'.repeat(characters)}") }` });
  const large = asking(2_000);

  it.each([
    ['in the same turn', large],
    ['in another thread', asking(20_000)],
  ])('is for answers of some size, by what the caller accepts: %s', async (_where, large) => {
    await using server = await startTestApp({ maxDocument: 30_000 });
    const url = `${await server.listen()}/graphql`;
    const plain = await answerTo(url, {}, large);
    expect([plain.headers['content-encoding'], plain.headers.vary]).toEqual([undefined, 'accept-encoding']);
    for (const [accepted, encoding, decode] of [
      ['gzip, deflate, br', 'br', brotliDecompressSync],
      ['gzip', 'gzip', gunzipSync],
      ['br;q=0, gzip;q=0.5', 'gzip', gunzipSync],
    ] as const) {
      const answer = await answerTo(url, { 'accept-encoding': accepted }, large);
      expect(answer.headers['content-encoding']).toBe(encoding);
      expect(answer.bytes.length).toBeLessThan(plain.bytes.length / 4);
      expect(JSON.parse(String(decode(answer.bytes))).data).toEqual(JSON.parse(String(plain.bytes)).data);
    }
    for (const accepted of ['identity', 'deflate', 'gzip;q=0', '']) {
      const answer = await answerTo(url, { 'accept-encoding': accepted }, large);
      expect(answer.headers['content-encoding']).toBeUndefined();
    }
    const small = await answerTo(url, { 'accept-encoding': 'gzip' }, JSON.stringify({ query: '{ hello }' }));
    expect(small.headers['content-encoding']).toBeUndefined();
    const stream = { accept: EVENTS, 'accept-encoding': 'gzip' };
    const events = await answerTo(url, stream, JSON.stringify({ query: 'subscription { count(to: 2) }' }));
    expect(events.headers['content-encoding']).toBe('none');
    expect(String(events.bytes)).toContain('event: complete');
  });

  it('can be turned off', async () => {
    await using server = await startTestApp({ compression: false });
    const answer = await answerTo(`${await server.listen()}/graphql`, { 'accept-encoding': 'gzip' }, large);
    expect(answer.headers['content-encoding']).toBeUndefined();
  });

  it('is not for requests: a compressed body is refused with its cause', async () => {
    await using server = await startTestApp();
    const url = `${await server.listen()}/graphql`;
    for (const encoding of ['gzip', 'br', 'deflate', 'x-unknown']) {
      const answer = await answerTo(url, { 'content-encoding': encoding }, Buffer.from('1f8b', 'hex'));
      expect([answer.status, answer.headers['accept-encoding']]).toEqual([415, 'identity']);
      expect(String(answer.bytes)).toMatch(/uncompressed.*UNSUPPORTED_MEDIA_TYPE/);
    }
    const identity = await answerTo(url, { 'content-encoding': 'identity' }, JSON.stringify({ query: '{ hello }' }));
    expect(identity.status).toBe(200);
  });
});
