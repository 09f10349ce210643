import { type HttpVector, TOKEN } from './send.ts';

/** A request with the status and the code of its answer; no code is an answer that has none. */
export type RequestVector = readonly [name: string, request: HttpVector, status: number, code?: string];

const HELLO = { query: '{ __typename }' };
const bearer = (value: string): HttpVector => ({ body: HELLO, headers: { authorization: value } });
const post = (body: unknown, headers: HttpVector['headers'] = {}): HttpVector => ({ body, headers });
const get = (path: string, headers: HttpVector['headers'] = {}): HttpVector => ({ method: 'GET', path, headers });
const query = (text: string) => `/graphql?query=${encodeURIComponent(text)}`;
const typed = (type: string, body: unknown = HELLO) => post(body, { 'content-type': type });
const from = (origin: string) => post(HELLO, { origin });
const host = (name: string) => post(HELLO, { host: name });

/** To a server without a token, on loopback. */
export const OPEN_REQUESTS: readonly RequestVector[] = [
  // Methods
  ...['PUT', 'DELETE', 'PATCH', 'PROPFIND', 'TRACE'].map(
    (method): RequestVector => [`method ${method}`, { method, body: HELLO }, 405, 'METHOD_NOT_ALLOWED'],
  ),
  // Bodies
  ['no body', { headers: { 'content-type': 'application/json' } }, 400, 'BAD_REQUEST'],
  ['a body of a brace', post('{'), 400, 'BAD_REQUEST'],
  ['a body of a number', post('1'), 400, 'BAD_REQUEST'],
  ['a body of a string', post('"{ __typename }"'), 400, 'BAD_REQUEST'],
  ['a body of null', post('null'), 400, 'BAD_REQUEST'],
  ['a body of an empty object', post({}), 400, 'BAD_REQUEST'],
  ['an empty array', post([]), 400, 'BAD_REQUEST'],
  ['an array of numbers', post([1, 2]), 200, 'BAD_REQUEST'],
  ['an array of arrays', post([[HELLO]]), 200, 'BAD_REQUEST'],
  ['11 operations', post(Array(11).fill(HELLO)), 413, 'BATCH_TOO_LARGE'],
  ['a query of a number', post({ query: 1 }), 400, 'BAD_REQUEST'],
  ['a query of an array', post({ query: ['{ __typename }'] }), 400, 'BAD_REQUEST'],
  ['a query of an object', post({ query: { a: 1 } }), 400, 'BAD_REQUEST'],
  ['a query of null', post({ query: null }), 400, 'BAD_REQUEST'],
  ['variables of a string', post({ ...HELLO, variables: 'x' }), 400, 'BAD_REQUEST'],
  ['variables of an array', post({ ...HELLO, variables: [1] }), 400, 'BAD_REQUEST'],
  ['extensions of a string', post({ ...HELLO, extensions: 'x' }), 400, 'BAD_REQUEST'],
  ['an operation name of a number', post({ ...HELLO, operationName: 1 }), 400, 'BAD_REQUEST'],
  ['an operation name of an object', post({ ...HELLO, operationName: {} }), 400, 'BAD_REQUEST'],
  [
    'an operation name that is not there',
    post({ ...HELLO, operationName: 'Nope' }),
    400,
    'OPERATION_RESOLUTION_FAILURE',
  ],
  [
    'an operation name of __proto__',
    post({ ...HELLO, operationName: '__proto__' }),
    400,
    'OPERATION_RESOLUTION_FAILURE',
  ],
  ['an unknown member', post({ ...HELLO, constructor: 1, toString: 1, ['__proto__']: { query: '{ nope }' } }), 200],
  ['an empty operation name', post({ ...HELLO, operationName: '' }), 200],
  ['an id of another type than text, beside a query', post({ ...HELLO, id: 7, doc_id: 'CANARY' }), 200],
  ['a hash of a number', post({ extensions: { persistedQuery: { version: 1, sha256Hash: 1 } } }), 400, 'BAD_REQUEST'],
  [
    'a hash that nobody stored',
    post({ extensions: { persistedQuery: { version: 1, sha256Hash: 'a'.repeat(64) } } }),
    200,
    'PERSISTED_QUERY_NOT_FOUND',
  ],
  // As Apollo Server answers it.
  [
    'a hash that is null beside a query',
    post({ ...HELLO, extensions: { persistedQuery: { version: 1, sha256Hash: null } } }),
    400,
    'BAD_REQUEST',
  ],
  [
    'a hash of another query',
    post({ ...HELLO, extensions: { persistedQuery: { version: 1, sha256Hash: 'a'.repeat(64) } } }),
    400,
    'BAD_REQUEST',
  ],
  ['a body over the limit', post({ query: `{ __typename } #${'x'.repeat(256_000)}` }), 413, 'PAYLOAD_TOO_LARGE'],
  [
    'extensions 2,000 levels deep',
    post(`{"query":"{ __typename }","extensions":${'{"a":'.repeat(2_000)}1${'}'.repeat(2_000)}}`),
    200,
  ],
  // Content types
  ...[
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/graphql',
    'text/html',
    'application/jsonp',
    'application/json5',
    '',
    '*/*',
    'application/xml',
    'text/plain; application/json',
    'application/json; charset=utf-16',
    'application/json;charset="ISO-8859-1"',
  ].map((type): RequestVector => [`content type ${type || 'nothing'}`, typed(type), 415, 'UNSUPPORTED_MEDIA_TYPE']),
  ['content encoding gzip', post(HELLO, { 'content-encoding': 'gzip' }), 415, 'UNSUPPORTED_MEDIA_TYPE'],
  ['content encoding br', post(HELLO, { 'content-encoding': 'br' }), 415, 'UNSUPPORTED_MEDIA_TYPE'],
  // Accept
  ...['text/html', 'image/png', 'application/xml', 'text/plain'].map(
    (accept): RequestVector => [`accept ${accept}`, post(HELLO, { accept }), 406, 'NOT_ACCEPTABLE'],
  ),
  ['a subscription as JSON', post({ query: 'subscription { clusterEvents { type } }' }), 406, 'NOT_ACCEPTABLE'],
  [
    'a subscription as anything',
    post({ query: 'subscription { clusterEvents { type } }' }, { accept: '*/*' }),
    406,
    'NOT_ACCEPTABLE',
  ],
  // GET
  [
    'a mutation by GET',
    get(query('mutation { deleteCluster(input: { cluster: "c" }) { __typename } }')),
    405,
    'METHOD_NOT_ALLOWED',
  ],
  ['GET without a query', get('/graphql'), 400, 'BAD_REQUEST'],
  ['GET with variables that are none', get(`${query('{ __typename }')}&variables={`), 400, 'BAD_REQUEST'],
  ['GET with variables of an array', get(`${query('{ __typename }')}&variables=[1]`), 400, 'BAD_REQUEST'],
  ['GET with extensions that are none', get(`${query('{ __typename }')}&extensions=x`), 400, 'BAD_REQUEST'],
  ['GET with two queries', get(`${query('{ __typename }')}&query={nope}`), 200],
  ['GET of a query over a limit', get(query(`{ ${'__typename '.repeat(6)} }`)), 400, 'TOO_MANY_DUPLICATES'],
  [
    'GET of another site',
    get(query('{ __typename }'), { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }),
    403,
    'ORIGIN_NOT_ALLOWED',
  ],
  // Paths
  ...[
    '/',
    '/graphql/',
    '/GraphQL',
    '/graphql/x',
    '//graphql',
    '/x/graphql',
    '/graphql%2f',
    '/graphql/../metrics/x',
    '/.env',
    '/livez/graphql',
    '/metrics/',
    '/__proto__',
  ].map((path): RequestVector => [`path ${path}`, { path, body: HELLO }, 404]),
  ['a write to /livez', { path: '/livez', body: HELLO }, 405],
  ['a write to /metrics', { path: '/metrics', body: HELLO }, 405],
  // Origins and hosts
  ...[
    'https://evil.example',
    'null',
    'http://localhost.evil.example',
    'http://127.0.0.1.evil.example',
    'file://',
    'http://localhost:1',
    'https://localhost',
    'chrome-extension://abc',
  ].map((origin): RequestVector => [`origin ${origin}`, from(origin), 403, 'ORIGIN_NOT_ALLOWED']),
  ['a post of another site', post(HELLO, { 'sec-fetch-site': 'cross-site' }), 403, 'ORIGIN_NOT_ALLOWED'],
  ['a post of the same site', post(HELLO, { 'sec-fetch-site': 'same-site' }), 403, 'ORIGIN_NOT_ALLOWED'],
  ...[
    'evil.example',
    'localhost.evil.example',
    '169.254.169.254',
    '0.0.0.0',
    '10.0.0.1',
    '127.0.0.1.nip.io',
    'localhost.',
    '[::2]',
    'metadata.google.internal',
    // A URL's parser finds localhost in these.
    'evil.example@localhost',
    'localhost/evil.example',
    'localhost?evil.example',
    'localhost#evil.example',
    'localhost\\evil.example',
  ].map((name): RequestVector => [`host ${name}`, host(name), 421, 'MISDIRECTED_REQUEST']),
  ['an invalid host name', host('a b'), 400, 'BAD_REQUEST'],
  ['a host with somebody in it', host('localhost@evil.example'), 421, 'MISDIRECTED_REQUEST'],
  // Request ids
  ['a request id with a line break in it', post(HELLO, { 'x-request-id': 'a%0d%0aset-cookie: x' }), 200],
  ['a request id of 1,000 letters', post(HELLO, { 'x-request-id': 'a'.repeat(1_000) }), 200],
  [
    'a resume behind an event that is none',
    post(
      { query: 'subscription { clusterEvents { type } }' },
      { accept: 'text/event-stream', 'last-event-id': '__proto__' },
    ),
    200,
    'UPSTREAM_UNAVAILABLE',
  ],
];

/** To a server with a token. */
export const GUARDED_REQUESTS: readonly RequestVector[] = [
  ...(
    [
      ['nothing', undefined],
      ['a wrong token', 'Bearer wrong-token-0123456789'],
      ['the token alone', TOKEN],
      ['a prefix of the token', `Bearer ${TOKEN.slice(0, -1)}`],
      ['the token and more', `Bearer ${TOKEN}x`],
      ['two tokens', `Bearer ${TOKEN} ${TOKEN}`],
      ['two values', `Bearer ${TOKEN}, Bearer ${TOKEN}`],
      ['Basic', `Basic ${Buffer.from(`bearer:${TOKEN}`).toString('base64')}`],
      ['Digest', `Digest ${TOKEN}`],
      ['an empty token', 'Bearer '],
      ['quotes', `Bearer "${TOKEN}"`],
      ['another case of the token', `Bearer ${TOKEN.toUpperCase()}`],
      ['blanks before', `x Bearer ${TOKEN}`],
    ] as const
  ).map(
    ([name, value]): RequestVector => [
      `authorization: ${name}`,
      value === undefined ? post(HELLO) : bearer(value),
      401,
      'UNAUTHENTICATED',
    ],
  ),
  [
    'the token in the query string',
    { path: `/graphql?token=${TOKEN}&access_token=${TOKEN}`, body: HELLO },
    401,
    'UNAUTHENTICATED',
  ],
  ['the token in a cookie', post(HELLO, { cookie: `authorization=Bearer ${TOKEN}` }), 401, 'UNAUTHENTICATED'],
  [
    'the token in the body',
    post({ ...HELLO, authorization: `Bearer ${TOKEN}`, extensions: { authorization: TOKEN } }),
    401,
    'UNAUTHENTICATED',
  ],
  [
    'the token in another header',
    post(HELLO, { 'x-authorization': `Bearer ${TOKEN}`, 'proxy-authorization': `Bearer ${TOKEN}` }),
    401,
    'UNAUTHENTICATED',
  ],
  ['/metrics without a token', get('/metrics'), 401, 'UNAUTHENTICATED'],
  ['a query by GET without a token', get(query('{ __typename }')), 401, 'UNAUTHENTICATED'],
  [
    'a stream without a token',
    post({ query: 'subscription { clusterEvents { type } }' }, { accept: 'text/event-stream' }),
    401,
    'UNAUTHENTICATED',
  ],
  ['a broken body without a token', post('{'), 401, 'UNAUTHENTICATED'],
  ['a large body without a token', post({ query: 'x'.repeat(257_000) }), 401, 'UNAUTHENTICATED'],
  ['GraphiQL where it is off', get('/graphql', { accept: 'text/html' }), 401, 'UNAUTHENTICATED'],
  ['/livez without a token', get('/livez'), 200],
  ['/readyz without a token', get('/readyz'), 200],
];

const head = (...lines: readonly string[]) => `${lines.join('\r\n')}\r\n\r\n`;
const POST = 'POST /graphql HTTP/1.1';
const JSON_TYPE = 'Content-Type: application/json';

/** Bytes that no HTTP client would send, with the status of the answer. 0 means no answer. */
export const BYTES: readonly (readonly [name: string, bytes: string, status: number])[] = [
  [
    'a length and chunks',
    `${head(POST, 'Host: localhost', JSON_TYPE, 'Content-Length: 5', 'Transfer-Encoding: chunked')}0\r\n\r\n`,
    400,
  ],
  ['two lengths', `${head(POST, 'Host: localhost', JSON_TYPE, 'Content-Length: 2', 'Content-Length: 3')}{}`, 400],
  ['a length of +2', `${head(POST, 'Host: localhost', JSON_TYPE, 'Content-Length: +2')}{}`, 400],
  ['a length of 2, 2', `${head(POST, 'Host: localhost', JSON_TYPE, 'Content-Length: 2, 2')}{}`, 400],
  [
    'chunks of another name',
    `${head(POST, 'Host: localhost', JSON_TYPE, 'Transfer-Encoding: xchunked')}0\r\n\r\n`,
    400,
  ],
  ['a blank before a colon', head(POST, 'Host: localhost', 'Content-Length : 0'), 400],
  ['a NUL in a header', head(POST, 'Host: localhost', 'X-A: a\0b'), 400],
  ['a folded header', head(POST, 'Host: localhost', 'X-A: a', ' b', 'Content-Length: 0'), 400],
  ['bare line feeds', 'GET /livez HTTP/1.1\nHost: localhost\n\n', 400],
  ['no host', head('GET /livez HTTP/1.1'), 400],
  [
    'no host, in HTTP/1.0',
    `${head('POST /graphql HTTP/1.0', JSON_TYPE, 'Content-Length: 23')}{"query":"{__typename}"}`,
    421,
  ],
  [
    'a WebSocket in HTTP/1.0, which has no upgrade',
    head(
      'GET /graphql HTTP/1.0',
      'Host: localhost',
      'Connection: Upgrade',
      'Upgrade: WebSocket',
      'Sec-WebSocket-Protocol: graphql-transport-ws',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
    ),
    400,
  ],
  ['no host for a health check, in HTTP/1.0', head('GET /livez HTTP/1.0'), 200],
  ['two hosts', head('GET /livez HTTP/1.1', 'Host: localhost', 'Host: evil.example'), 400],
  ['a whole URL as the target', head('GET http://evil.example/livez HTTP/1.1', 'Host: localhost'), 400],
  ['a target without a slash', head('GET livez HTTP/1.1', 'Host: localhost'), 400],
  ['CONNECT', head('CONNECT localhost:80 HTTP/1.1', 'Host: localhost'), 0],
  ['another protocol', '\x16\x03\x01\x02\0\x01\0\x01', 400],
  ['another version', head('GET /livez HTTP/9.9', 'Host: localhost'), 400],
  ['20 kB of headers', head('GET /livez HTTP/1.1', 'Host: localhost', `X-A: ${'a'.repeat(20_000)}`), 431],
  ['a chunk size that is none', `${head(POST, 'Host: localhost', JSON_TYPE, 'Transfer-Encoding: chunked')}zz\r\n`, 400],
  [
    'an upgrade to another protocol',
    head('GET /graphql HTTP/1.1', 'Host: localhost', 'Connection: Upgrade', 'Upgrade: h2c'),
    400,
  ],
  [
    'an upgrade without a key',
    head(
      'GET /graphql HTTP/1.1',
      'Host: localhost',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
    ),
    400,
  ],
  [
    'an upgrade of version 99',
    head(
      'GET /graphql HTTP/1.1',
      'Host: localhost',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 99',
      'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
    ),
    400,
  ],
  [
    'an upgrade by POST',
    head(
      POST,
      'Host: localhost',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
      'Content-Length: 0',
    ),
    405,
  ],
];

const BODY = '{"query":"{__typename}"}';
const TO_GRAPHQL = ['Content-Type: application/json', `Content-Length: ${BODY.length}`];
const TOKEN_LINE = `Authorization: Bearer ${TOKEN}`;

/**
 * Bytes to a server with a token. The token is the barrier there, whatever host a request names, so HTTP/1.0 may leave
 * the host out (RFC 9112, 3.2), as the health checks of load balancers do. HTTP/1.1 may not.
 */
export const GUARDED_BYTES: readonly (readonly [name: string, bytes: string, status: number])[] = [
  ['no host, in HTTP/1.0', `${head('POST /graphql HTTP/1.0', ...TO_GRAPHQL, TOKEN_LINE)}${BODY}`, 200],
  ['no host and no token, in HTTP/1.0', `${head('POST /graphql HTTP/1.0', ...TO_GRAPHQL)}${BODY}`, 401],
  [
    'no host, but an origin, in HTTP/1.0',
    `${head('POST /graphql HTTP/1.0', ...TO_GRAPHQL, TOKEN_LINE, 'Origin: http://evil.example')}${BODY}`,
    403,
  ],
  ['no host, in HTTP/1.1', `${head('POST /graphql HTTP/1.1', ...TO_GRAPHQL, TOKEN_LINE)}${BODY}`, 400],
];
