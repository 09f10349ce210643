import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSchema, type GraphQLSchema } from 'graphql';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createToken } from '../../../src/auth/token-file.ts';
import type { Job } from '../../../src/turns/job.ts';
import { createTurns, type Turns } from '../../../src/turns/turns.ts';
import { startTestApp } from '../../support/gateway/test-app.ts';
import { initWs, openWs } from '../../support/gateway/ws-client.ts';
import { until } from '../../support/time/until.ts';

const bot = createToken('bot', ['chat-bot'], undefined);
const twin = createToken('bot', ['chat-bot'], undefined);
const ops = createToken('ops', ['admin'], undefined);
const bearer = ({ token }: { token: string }) => ({ authorization: `Bearer ${token}` });

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'limits-'));
});
afterEach(() => rm(folder, { recursive: true }));

const limitsFile = () => join(folder, 'limits.json');

async function start(limits: object, options: { expectErrors?: boolean; turns?: Turns; schema?: GraphQLSchema } = {}) {
  await writeFile(join(folder, 'tokens.json'), JSON.stringify({ tokens: [bot.entry, twin.entry, ops.entry] }));
  await writeFile(limitsFile(), JSON.stringify({ roles: { 'chat-bot': limits } }));
  return startTestApp({ tokensFile: join(folder, 'tokens.json'), limitsFile: limitsFile() }, options);
}

async function errorOf(response: Response) {
  const { data, errors } = (await response.json()) as {
    data?: object;
    errors?: { message: string; extensions: Record<string, unknown> }[];
  };
  const [error] = errors ?? [];
  return error === undefined ? data : { status: response.status, message: error.message, ...error.extensions };
}

const named = (limit: string) => expect.stringContaining(`of the role "chat-bot" is 1 ("${limit}" in LIMITS_FILE)`);

it('objects and ECS calls of an operation', async () => {
  await using server = await start({ objects: 1 });
  const query = '{ items { name } }';
  expect(await errorOf(await server.post({ query }, bearer(bot)))).toMatchObject({
    status: 400,
    code: 'QUERY_TOO_EXPENSIVE',
    message: named('objects'),
    limit: 1,
  });
  expect(await errorOf(await server.post({ query }, bearer(ops)))).not.toHaveProperty('code');
  await writeFile(limitsFile(), JSON.stringify({ roles: { 'chat-bot': { objects: 1_000 } } }));
  expect(await server.app.reload?.()).toBe(true);
  expect(await errorOf(await server.post({ query }, bearer(bot)))).not.toHaveProperty('code');
});

it('operations in progress: others of the principal wait, and too many are refused', async () => {
  await using server = await start({ operations: 1 });
  const wait = (who: { token: string }) => server.post({ query: '{ wait }' }, bearer(who));
  // Eight wait for each one that runs; both tokens are of one principal.
  const answers = Array.from({ length: 9 }, (_, i) => wait(i % 2 === 0 ? bot : twin));
  await until(() => server.probe.waiting.length === 1);
  expect(await errorOf(await wait(twin))).toMatchObject({
    status: 429,
    code: 'TOO_MANY_OPERATIONS',
    retryable: true,
    message: named('operations'),
  });
  const other = wait(ops);
  await until(() => server.probe.waiting.length === 2);
  let isOver = false;
  const all = Promise.all([...answers, other]).finally(() => {
    isOver = true;
  });
  await until(() => {
    server.probe.release();
    return isOver;
  });
  expect((await all).map(({ status }) => status)).toEqual(Array(10).fill(200));
});

it('streams over every transport together', async () => {
  await using server = await start({ streams: 1 });
  const url = `${await server.listen()}/graphql`;
  const subscribe = { query: 'subscription { ticks }' };
  const peer = await initWs(url, bearer(bot));
  peer.send({ id: '1', type: 'subscribe', payload: subscribe });
  await until(() => server.probe.open() === 1);
  const sse = { accept: 'text/event-stream' };
  const refused = await server.post(subscribe, { ...bearer(bot), ...sse });
  expect(await refused.text()).toContain('the limit of the role \\"chat-bot\\" is 1 (\\"streams\\" in LIMITS_FILE)');
  const other = await server.post(subscribe, { ...bearer(ops), ...sse });
  expect(other.headers.get('content-type')).toContain('text/event-stream');
  await other.body?.cancel();
  peer.send({ id: '1', type: 'complete' });
  await until(() => server.probe.open() === 0);
  const again = await server.post(subscribe, { ...bearer(bot), ...sse });
  expect(again.headers.get('content-type')).toContain('text/event-stream');
  await again.body?.cancel();
  peer.socket.close();
});

it('sockets', async () => {
  await using server = await start({ sockets: 1 });
  const url = `${await server.listen()}/graphql`;
  const first = await initWs(url, bearer(bot));
  const second = await openWs(url);
  second.send({ type: 'connection_init', payload: bearer(twin) });
  expect(await second.closed).toEqual({
    code: 1013,
    reason: 'Too many connections: the limit of the role "chat-bot" is 1 ("sockets" in LIMITS_FILE).',
  });
  (await initWs(url, bearer(ops))).socket.close();
  first.socket.close();
  await first.closed;
  const third = await initWs(url, bearer(twin));
  third.socket.close();
});

it('mutations per minute, each root field of its own', async () => {
  await using server = await start({ mutationsPerMinute: 1 });
  const write = (query: string, who = bot) => server.post({ query }, bearer(who));
  expect(await errorOf(await write('mutation { a: slowWrite b: slowWrite }'))).toMatchObject({
    code: 'TOO_MANY_MUTATIONS',
    retryable: false,
    message: named('mutationsPerMinute'),
  });
  expect(server.probe.written).toEqual([]);
  const first = write('mutation { a: slowWrite b: slowWrite @skip(if: true) }');
  let isOver = false;
  void first.finally(() => {
    isOver = true;
  });
  await until(() => {
    server.probe.release();
    return isOver;
  });
  expect(await errorOf(await first)).not.toHaveProperty('code');
  const refused = await write('mutation { a: slowWrite }');
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(55);
  expect(await errorOf(refused)).toMatchObject({ status: 429, code: 'TOO_MANY_MUTATIONS', retryable: true });
});

it('a wrong file is refused: at the start it is the end, later the limits before stay', async () => {
  await expect(start({ cots: 1 })).rejects.toThrow(/LIMITS_FILE.*did you mean "cost"\?/);
  await using server = await start({ objects: 1 }, { expectErrors: true });
  await writeFile(limitsFile(), '{');
  expect(await server.app.reload?.()).toBe(false);
  const answer = await server.post({ query: '{ items { name } }' }, bearer(bot));
  expect(await errorOf(answer)).toMatchObject({ code: 'QUERY_TOO_EXPENSIVE' });
});

it('time of the event loop, of operations and of events', async () => {
  const asked: Job[] = [];
  const all = createTurns();
  const turns: Turns = {
    ...all,
    take(job) {
      asked.push(job);
      return all.take(job);
    },
    next(job) {
      asked.push(job);
      return all.next(job);
    },
    isOver: () => true,
  };
  const schema = buildSchema('type Query { row: Row } type Row { id: Int } type Subscription { rows: [Row] }');
  const { row } = schema.getQueryType()?.getFields() ?? {};
  const { rows } = schema.getSubscriptionType()?.getFields() ?? {};
  if (row === undefined || rows === undefined) throw new Error('two fields were expected');
  row.resolve = () => ({ id: 1 });
  // As many objects as an event can have without waiting for a turn, and more.
  rows.resolve = () => Array.from({ length: 500 }, (_, id) => ({ id }));
  rows.subscribe = async function* () {
    yield {};
  };
  await using server = await start({ cpuPercent: 25 }, { turns, schema });
  const limitsOf = (name: string) => {
    const jobs = asked.filter(({ principal }) => principal === name);
    return new Set(jobs.map(({ most }) => most));
  };
  for (const who of [bot, ops]) await server.post({ query: '{ row { id } }' }, bearer(who));
  expect(limitsOf('bot')).toEqual(new Set([0.25]));
  expect(limitsOf('ops')).toEqual(new Set([1]));

  const stream = await server.post(
    { query: 'subscription { rows { id } }' },
    { accept: 'text/event-stream', ...bearer(bot) },
  );
  asked.length = 0;
  expect((await stream.text()).match(/event: next/g)).toHaveLength(1);
  expect(limitsOf('bot')).toEqual(new Set([0.25]));
});

it('a turn for each operation of a principal that crowds out others, however small it is', async () => {
  const taken: string[] = [];
  const turns: Turns = {
    ...createTurns(),
    isOver: () => false,
    isCrowding: ({ principal }) => principal === 'bot',
    take({ principal }) {
      taken.push(principal);
      return undefined;
    },
  };
  await using server = await start({}, { turns, schema: buildSchema('type Query { name: String }') });
  for (const who of [bot, ops]) await server.post({ query: '{ name }' }, bearer(who));
  // A request asks for one in any case before its document is read.
  expect(taken).toEqual(['bot', 'bot', 'ops']);
});
