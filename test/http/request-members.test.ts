import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../support/gateway/test-app.ts';
import { initWs } from '../support/gateway/ws-client.ts';

const HELLO = 'query Hello { hello }';
const MULTIPART = 'multipart/mixed;boundary=graphql;subscriptionSpec=1.0';

/** Members that clients and tracing tools add to a request, or write as null where nothing is set. */
const ACCEPTED: readonly (readonly [name: string, members: Readonly<Record<string, unknown>>])[] = [
  ['null for all that is not set', { variables: null, operationName: null, extensions: null }],
  ['an empty operation name', { operationName: '' }],
  ['no extension', { extensions: {} }],
  ["Apollo Client's name", { extensions: { clientLibrary: { name: '@apollo/client', version: '4.3.8' } } }],
  ['a wish for tracing', { extensions: { tracing: { version: 1 }, traceparent: 'none' } }],
  ['a persisted query without a hash', { extensions: { persistedQuery: null } }],
  ['options that are null', { extensions: { ecs: null } }],
  ['options without a wish', { extensions: { ecs: { fresh: null, estimate: null } } }],
  ['options beside other extensions', { extensions: { ecs: { fresh: true }, clientLibrary: { name: 'x' } } }],
  ['a number in a batch, as networks of Relay send it', { id: 'q1' }],
  ['ids that are null', { id: null, doc_id: null, documentId: null }],
  ['parameters of later specifications', { onError: 'NULL', debugName: 'Hello', mode: 'cors' }],
];

/** Options that are not followed. The operation would do something that was not asked for. */
const REFUSED: readonly (readonly [name: string, ecs: unknown])[] = [
  ['misspelt', { estimat: true }],
  ['a text', { estimate: 'true' }],
  ['a number', { fresh: 1 }],
  ['a list', []],
  ['no object', 'estimate'],
];

describe('members of a request', () => {
  let server: TestApp;
  let url: string;
  beforeAll(async () => {
    server = await startTestApp();
    url = await server.listen();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  const get = (members: Readonly<Record<string, unknown>>) => {
    const textOf = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
    const given = Object.entries(members).filter(([, value]) => value !== null);
    return fetch(`${url}/graphql?${new URLSearchParams(given.map(([name, value]) => [name, textOf(value)]))}`);
  };
  const overWebSocket = async (payload: object) => {
    const peer = await initWs(`${url}/graphql`);
    peer.send({ id: '1', type: 'subscribe', payload });
    const message = await peer.next();
    peer.socket.terminate();
    return message;
  };

  it.each(ACCEPTED)('%s: the operation runs', async (_name, members) => {
    const operation = { query: HELLO, ...members };
    const data = { hello: 'hello world' };
    expect(await (await server.post(operation)).json()).toMatchObject({ data });
    expect(await (await get(operation)).json()).toMatchObject({ data });
    expect(await (await server.post([operation, { query: HELLO }])).json()).toMatchObject([{ data }, { data }]);
    expect(await overWebSocket(operation)).toMatchObject({ type: 'next', payload: { data } });
    for (const accept of ['text/event-stream', MULTIPART]) {
      const stream = await server.post({ ...operation, query: 'subscription Ticks { ticks }' }, { accept });
      expect([stream.status, stream.headers.get('content-type')?.split(';')[0]]).toEqual([200, accept.split(';')[0]]);
      await stream.body?.cancel();
    }
  });

  it.each(REFUSED)('options that are %s: nothing runs', async (_name, ecs) => {
    const write = { query: 'mutation { write(value: "never") }', extensions: { ecs } };
    const read = { query: HELLO, extensions: { ecs } };
    const errors = [{ extensions: { code: 'BAD_USER_INPUT' } }];
    expect(await (await server.post(write)).json()).toMatchObject({ errors });
    expect(await (await get(read)).json()).toMatchObject({ errors });
    expect(await (await server.post([write, { query: HELLO }])).json()).toMatchObject([{ errors }, { data: {} }]);
    expect(await overWebSocket(write)).toMatchObject({ type: 'next', payload: { errors } });
    for (const accept of ['text/event-stream', MULTIPART]) {
      const stream = await server.post({ ...read, query: 'subscription { ticks }' }, { accept });
      expect(await stream.text()).toContain('"BAD_USER_INPUT"');
    }
    expect(server.probe.written).toEqual([]);
  });
});
