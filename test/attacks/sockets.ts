import type { ClientOptions } from 'ws';
import { TOKEN } from './send.ts';

/** Messages on a WebSocket, with what comes of them: the code of an error, or that with which the server closes. */
export interface SocketVector {
  readonly name: string;
  readonly options?: ClientOptions & { readonly protocol?: string };
  /** Sent before anything else; absent: `connection_init` is, and its acknowledgement awaited. */
  readonly raw?: readonly (string | Buffer)[];
  /** Sent after the acknowledgement. */
  readonly messages?: readonly (string | Buffer)[];
  readonly closes?: number;
  /** Part of the error message of a refused handshake: its status. */
  readonly refusal?: string;
  readonly code?: string;
}

const text = JSON.stringify;
const INIT = text({ type: 'connection_init' });
const subscribe = (payload: unknown, id: unknown = 'a') => text({ id, type: 'subscribe', payload });
const QUERY = subscribe({ query: '{ __typename }' });
const closes = (name: string, code: number, ...raw: (string | Buffer)[]): SocketVector => ({ name, raw, closes: code });
const after = (name: string, code: number, ...messages: (string | Buffer)[]): SocketVector => ({
  name,
  messages,
  closes: code,
});
const fails = (name: string, code: string, payload: unknown, id?: unknown): SocketVector => ({
  name,
  messages: [subscribe(payload, id)],
  code,
});

export const OPEN_SOCKETS: readonly SocketVector[] = [
  // Before the acknowledgement
  closes('no JSON', 4400, 'x'),
  closes('an empty message', 4400, ''),
  closes('a number', 4400, '1'),
  closes('null', 4400, 'null'),
  closes('an array', 4400, '[]'),
  closes('an object without a type', 4400, '{}'),
  closes('an unknown type', 4400, text({ type: 'start' })),
  closes('a type of __proto__', 4400, text({ type: '__proto__' })),
  closes('a type that is no string', 4400, text({ type: 1 })),
  closes('a binary message', 4400, Buffer.from([1, 2, 3])),
  closes('an operation before the beginning', 4401, QUERY),
  closes('a second beginning', 4429, INIT, INIT),
  closes('a payload of a string', 4400, text({ type: 'connection_init', payload: 'x' })),
  closes('a payload of an array', 4400, text({ type: 'connection_init', payload: [1] })),
  closes(
    '4,097 bytes before the acknowledgement',
    1009,
    text({ type: 'connection_init', payload: { a: 'x'.repeat(4_097) } }),
  ),
  closes('more than the longest message', 1009, 'x'.repeat(64_001)),
  closes('text that is no UTF-8', 4400, Buffer.from('7b22747970223affff7d', 'hex')),
  closes('a ping whose payload is a string', 4400, text({ type: 'ping', payload: 'x' })),
  closes('a server message', 4400, text({ type: 'connection_ack' })),
  closes('an error of its own', 4400, text({ type: 'error', id: 'a', payload: [] })),
  // After it
  after('an id that is missing', 4400, text({ type: 'subscribe', payload: { query: '{ __typename }' } })),
  after('an id of nothing', 4400, subscribe({ query: '{ __typename }' }, '')),
  after('an id of a number', 4400, subscribe({ query: '{ __typename }' }, 1)),
  after('no payload', 4400, text({ type: 'subscribe', id: 'a' })),
  after('a payload of null', 4400, subscribe(null)),
  after('no query', 4400, subscribe({})),
  after('a query of a number', 4400, subscribe({ query: 1 })),
  after('variables of a string', 4400, subscribe({ query: '{ __typename }', variables: 'x' })),
  after('variables of an array', 4400, subscribe({ query: '{ __typename }', variables: [] })),
  after('an operation name of a number', 4400, subscribe({ query: '{ __typename }', operationName: 1 })),
  after('extensions of a string', 4400, subscribe({ query: '{ __typename }', extensions: 'x' })),
  after(
    'an id twice',
    4409,
    subscribe({ query: 'subscription { clusterEvents { type } }' }),
    subscribe({ query: 'subscription { clusterEvents { type } }' }),
  ),
  after('a message over the limit', 1009, subscribe({ query: `{ __typename } #${'x'.repeat(64_000)}` })),
  after('101 messages at once', 4429, ...Array.from({ length: 102 }, () => text({ type: 'pong' }))),
  after('a second beginning after the first', 4429, INIT),
  // Operations
  fails('an id of 129 letters', 'BAD_REQUEST', { query: '{ __typename }' }, 'x'.repeat(129)),
  fails('no GraphQL', 'GRAPHQL_PARSE_FAILED', { query: '{' }),
  fails('an unknown field', 'GRAPHQL_VALIDATION_FAILED', { query: '{ nope }' }),
  fails('a field 6 times', 'TOO_MANY_DUPLICATES', { query: `{ ${'__typename '.repeat(6)} }` }),
  fails('a field 6 times in an unused fragment', 'TOO_MANY_DUPLICATES', {
    query: `{ __typename } fragment F on Task { ${'lastStatus '.repeat(6)} }`,
  }),
  fails('2,001 tokens', 'QUERY_TOO_LONG', { query: `{ ${'a '.repeat(1_999)} }` }),
  fails('16 levels', 'QUERY_TOO_DEEP', { query: `{ ${'a { '.repeat(16)} b ${'} '.repeat(16)} }` }),
  fails('too many pages', 'QUERY_TOO_EXPENSIVE', {
    query: '{ clusters(first: 1000) { nodes { services(first: 1000) { nodes { status } } } } }',
  }),
  fails('dear events', 'QUERY_TOO_EXPENSIVE', {
    query:
      'subscription { clusterEvents(recent: 500) { events { service { cluster { services { nodes { status } } } } } } }',
  }),
  fails('a subscription that skips all', 'BAD_USER_INPUT', {
    query: 'subscription { clusterEvents @include(if: false) { type } }',
  }),
  fails('a subscription that skips all by a variable', 'GRAPHQL_VALIDATION_FAILED', {
    query: 'subscription ($b: Boolean = false) { clusterEvents @include(if: $b) { type } }',
  }),
  fails('2,001 items', 'VARIABLES_TOO_LARGE', {
    query: 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }',
    variables: { ids: Array(2_001).fill('x') },
  }),
  fails('several operations and no name', 'OPERATION_RESOLUTION_FAILURE', {
    query: 'query A { __typename } query B { __typename }',
  }),
  fails('an operation that is not there', 'OPERATION_RESOLUTION_FAILURE', {
    query: 'query A { __typename }',
    operationName: 'B',
  }),
  fails('a wrong variable', 'BAD_USER_INPUT', {
    query: 'query ($n: Int) { clusters(first: $n) { nodes { id } } }',
    variables: { n: 'x' },
  }),
  // Handshakes
  { name: 'another protocol', options: { protocol: 'graphql-ws' }, refusal: 'Server sent no subprotocol' },
  { name: 'a page of another origin', options: { origin: 'https://evil.example' }, refusal: '403' },
  { name: 'a page in a sandboxed frame', options: { origin: 'null' }, refusal: '403' },
  { name: 'another host', options: { headers: { host: 'evil.example' } }, refusal: '421' },
];

export const GUARDED_SOCKETS: readonly SocketVector[] = [
  closes('no token', 4401, INIT),
  closes('a wrong token', 4401, text({ type: 'connection_init', payload: { authorization: 'Bearer wrong' } })),
  closes('the token alone', 4401, text({ type: 'connection_init', payload: { authorization: TOKEN } })),
  closes(
    'the token in a list',
    4401,
    text({ type: 'connection_init', payload: { authorization: [`Bearer ${TOKEN}`] } }),
  ),
  closes('the token under another name', 4401, text({ type: 'connection_init', payload: { token: TOKEN } })),
  closes(
    'the token in __proto__',
    4401,
    `{"type":"connection_init","payload":{"__proto__":{"authorization":"Bearer ${TOKEN}"}}}`,
  ),
  {
    name: 'a wrong token behind a right header',
    options: { headers: { authorization: `Bearer ${TOKEN}` } },
    raw: [text({ type: 'connection_init', payload: { authorization: 'Bearer wrong' } })],
    closes: 4401,
  },
  closes('an operation before the token', 4401, QUERY),
];
