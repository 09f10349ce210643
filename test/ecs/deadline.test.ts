import { getEventListeners } from 'node:events';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Describer } from '../../src/ecs/batching/describe-batcher.ts';
import type { EcsError } from '../../src/ecs/core/errors.ts';
import { EcsSession } from '../../src/ecs/request-session.ts';
import { Upstream } from '../../src/ecs/sdk/upstream.ts';
import { collectGarbage } from '../support/time/collect-garbage.ts';

/** A session over an ECS that does not answer, with its caller's signal. */
async function start(answer: () => Promise<object>) {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const limits = { attemptTimeoutMs: 1_000, connectTimeoutMs: 1_000, maxAttempts: 1 };
  const log = pino({ level: 'silent' });
  const upstream = await Upstream.create(
    { region: 'eu-west-1', endpoint: 'http://127.0.0.1:1', credentials, ...limits },
    log,
  );
  const signals: AbortSignal[] = [];
  upstream.call = (_operation, _input, { signal }) => {
    signals.push(signal);
    return answer() as never;
  };
  const client = new AbortController();
  const options = {
    upstream,
    describer: new Describer(upstream),
    lane: 'query',
    readDeadlineMs: 9_000,
    writeDeadlineMs: 9_000,
  } as const;
  const session = new EcsSession({ ...options, signal: client.signal });
  return { session, client, signals, listeners: () => getEventListeners(client.signal, 'abort').length };
}

describe('the deadline of a session', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('ends what is under way, however often garbage was collected meanwhile', async () => {
    const { session } = await start(() => new Promise(() => undefined));
    const ended = session.read('ListClusters', {}).catch((error: EcsError) => error.code);
    await collectGarbage();
    await vi.advanceTimersByTimeAsync(9_000);
    expect(await ended).toBe('UPSTREAM_TIMEOUT');
  });

  it('leaves nothing behind once the session is released', async () => {
    const { session, listeners } = await start(async () => ({ clusterArns: [] }));
    await session.read('ListClusters', {});
    expect([vi.getTimerCount(), listeners()]).toEqual([1, 1]);
    session.release();
    expect([vi.getTimerCount(), listeners()]).toEqual([0, 0]);
  });

  it('holds for what is still under way when the session is released', async () => {
    const { session, signals } = await start(() => new Promise(() => undefined));
    const ended = session.read('ListClusters', {}).catch((error: EcsError) => error.code);
    session.release();
    await vi.advanceTimersByTimeAsync(9_000);
    expect(await ended).toBe('UPSTREAM_TIMEOUT');
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });
});
