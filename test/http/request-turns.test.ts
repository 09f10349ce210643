import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createToken } from '../../src/auth/token-file.ts';
import type { Job } from '../../src/turns/job.ts';
import type { Turns } from '../../src/turns/turns.ts';
import { startTestApp, type TestApp } from '../support/gateway/test-app.ts';
import { initWs } from '../support/gateway/ws-client.ts';
import { until } from '../support/time/until.ts';

/** Turns that are over until the test lets the waiting work go on. */
function blockedTurns(isCrowding = false) {
  const waiting: (() => void)[] = [];
  const jobs: Job[] = [];
  let isBlocked = true;
  const next = () => new Promise<void>((resolve) => waiting.push(resolve));
  const turns: Turns = {
    isOver: () => isBlocked,
    next,
    take(job) {
      jobs.push(job);
      return isBlocked ? next() : undefined;
    },
    isCrowding: () => isCrowding,
    forget: () => undefined,
  };
  return {
    turns,
    jobs,
    waiting,
    pass() {
      isBlocked = false;
      for (const resume of waiting.splice(0)) resume();
    },
  };
}

const answerOf = async (response: Promise<Response>) => ({
  status: (await response).status,
  text: await (await response).text(),
});

/** The log's lines about operations that have ended or were refused. */
const linesOf = ({ logs }: TestApp) => logs.filter((line) => 'type' in line);

describe('a request over HTTP', () => {
  it.each([
    ['is parsed and run', { query: '{ hello }' }, 200, '"hello"'],
    ['is refused', { query: '{ nope }' }, 400, 'GRAPHQL_VALIDATION_FAILED'],
    ['is not read', '{', 400, 'BAD_REQUEST'],
    ['is run as a batch', [{ query: '{ hello }' }, { query: '{ nope }' }], 200, 'GRAPHQL_VALIDATION_FAILED'],
  ])('%s when its turn has come, and not before', async (_name, body, status, text) => {
    const { turns, waiting, pass } = blockedTurns();
    await using server = await startTestApp({}, { turns });
    let isAnswered = false;
    const answer = answerOf(server.post(body)).finally(() => {
      isAnswered = true;
    });
    await until(() => waiting.length === 1);
    expect(isAnswered).toBe(false);
    expect(linesOf(server)).toEqual([]);
    pass();
    expect(await answer).toMatchObject({ status, text: expect.stringContaining(text) });
  });

  it('waits again after its document is read if its principal crowds out others', async () => {
    const { turns, jobs, pass } = blockedTurns(true);
    pass();
    await using server = await startTestApp({}, { turns });
    expect(await answerOf(server.post({ query: '{ hello }' }))).toMatchObject({ status: 200 });
    expect(jobs.map(({ principal }) => principal)).toEqual(['anonymous local', 'anonymous local']);
    expect(jobs[0]).toBe(jobs[1]);
  });

  it('waits for the turn of its principal, whatever its address; without tokens, of its address', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'turns-'));
    const { entry, token } = createToken('web', ['viewer'], undefined);
    const tokensFile = join(folder, 'tokens.json');
    await writeFile(tokensFile, JSON.stringify({ tokens: [entry] }));
    const { turns, jobs, pass } = blockedTurns();
    pass();
    await using closed = await startTestApp({ tokensFile }, { turns });
    await closed.post({ query: '{ hello }' }, { authorization: `Bearer ${token}` });
    await closed.post({ query: '{ hello }' }, { authorization: 'Bearer wrong' });
    await using open = await startTestApp({}, { turns });
    await open.post({ query: '{ hello }' });
    expect(jobs.map(({ principal }) => principal)).toEqual(['web', 'unauthenticated local', 'anonymous local']);
  });
});

it('a request without a good token is refused when the turn of its address has come, and not before', async () => {
  const { turns, waiting, jobs, pass } = blockedTurns();
  await using server = await startTestApp({ token: 'a-token-of-the-right-length' }, { turns });
  let isAnswered = false;
  const answer = server.post({ query: '{ hello }' }, { authorization: 'Bearer wrong' }).finally(() => {
    isAnswered = true;
  });
  await until(() => waiting.length === 1);
  expect(isAnswered).toBe(false);
  expect(jobs.map(({ principal }) => principal)).toEqual(['unauthenticated local']);
  pass();
  expect((await answer).status).toBe(401);
});

describe('an operation over WebSocket', () => {
  const subscribe = (id: string, query: string) => ({ id, type: 'subscribe', payload: { query } });

  it.each([
    ['a query', '{ hello }', { type: 'next', payload: { data: {} } }],
    ['a refused document', '{ nope }', { type: 'error' }],
    ['a subscription', 'subscription { count(to: 1) }', { type: 'next', payload: { data: { count: 1 } } }],
  ])('runs when its turn has come, and not before: %s', async (_name, query, message) => {
    const { turns, waiting, pass } = blockedTurns();
    await using server = await startTestApp({}, { turns });
    const peer = await initWs(`${await server.listen()}/graphql`);
    peer.send(subscribe('a', query));
    await until(() => waiting.length === 1);
    expect(linesOf(server)).toEqual([]);
    pass();
    expect(await peer.next()).toMatchObject({ id: 'a', ...message });
    peer.socket.close();
  });

  it('does not run if it is completed while it waits, and leaves its id to the next', async () => {
    const { turns, waiting, pass } = blockedTurns();
    await using server = await startTestApp({}, { turns });
    const peer = await initWs(`${await server.listen()}/graphql`);
    peer.send(subscribe('a', 'mutation { write(value: "gone") }'));
    peer.send({ id: 'a', type: 'complete' });
    peer.send(subscribe('a', 'mutation { write(value: "next") }'));
    await until(() => waiting.length === 2);
    pass();
    expect(await peer.next()).toMatchObject({ id: 'a', type: 'next', payload: { data: { write: 'next' } } });
    expect(await peer.next()).toEqual({ id: 'a', type: 'complete' });
    expect(linesOf(server)).toMatchObject([{ type: 'mutation' }]);
    peer.socket.close();
  });
});
