import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { realTimers } from '../../src/ecs/core/timers.ts';
import { Pacer } from '../../src/ecs/pacing/pacer.ts';
import type { LotRequest } from '../../src/ecs/pacing/shared-tokens.ts';
import { openShared } from '../../src/shared/redis/open-shared.ts';
import { Replicas } from '../../src/shared/replicas.ts';
import { eventually, HAS_REDIS, RedisServer, withRedis } from '../support/programs/redis-server.ts';

const SCOPE = { account: 'default', region: 'eu-west-1' };
/** A bucket that hardly refills while a test runs: Redis goes by its own clock. */
const LOT: LotRequest = { capacity: 10, rate: 0.001, ahead: 0, mostAhead: 0, tokens: 0, polls: 0, used: 0 };

describe.runIf(HAS_REDIS)(withRedis('the buckets in Redis'), () => {
  let server: RedisServer;
  const opened: Replicas[] = [];

  beforeEach(async () => {
    server = await RedisServer.start();
  });

  afterEach(async () => {
    for (const replicas of opened.splice(0)) await replicas.close();
    await server.kill();
  });

  async function open(): Promise<Replicas> {
    const log = { info: () => undefined, warn: () => undefined };
    const store = await openShared({ url: server.url, leastReplicas: 2, timers: realTimers(), log, commandMs: 10_000 });
    if (store === undefined) throw new Error('a store was expected');
    const replicas = new Replicas(store, realTimers());
    opened.push(replicas);
    await eventually(() => !store.isAway, 'connected');
    return replicas;
  }

  it('hold what is left for all replicas of an account and region, and for no other', async () => {
    const [one, two] = [await open(), await open()];
    expect(await one.tokens(SCOPE).take('clusterRead', { ...LOT, tokens: 8 })).toMatchObject({ tokens: 8, level: 10 });
    const second = await two.tokens(SCOPE).take('clusterRead', { ...LOT, tokens: 8 });
    expect(second.tokens).toBe(2);
    expect(second.level).toBeGreaterThanOrEqual(2);
    expect(
      await two.tokens({ ...SCOPE, region: 'us-east-1' }).take('clusterRead', { ...LOT, tokens: 8 }),
    ).toMatchObject({
      tokens: 8,
    });
    expect(await two.tokens({ ...SCOPE, account: 'other' }).take('tagRead', { ...LOT, tokens: 8 })).toMatchObject({
      tokens: 8,
    });
  });

  it('give tokens that are yet to come, in turn, and no more than may be ahead', async () => {
    const tokens = (await open()).tokens(SCOPE);
    const ahead = { ...LOT, ahead: 5, mostAhead: 10 };
    expect(await tokens.take('tagRead', { ...ahead, tokens: 12 })).toMatchObject({ tokens: 12, level: 10 });
    const second = await tokens.take('tagRead', { ...ahead, tokens: 20 });
    expect(second).toMatchObject({ tokens: 5 });
    expect(Math.round(second.level)).toBe(-2);
    expect((await tokens.take('tagRead', { ...ahead, tokens: 20 })).tokens).toBe(3);
    expect((await tokens.take('tagRead', { ...ahead, tokens: 20 })).tokens).toBe(0);
    // Tokens that nothing waits for are not given ahead.
    expect((await tokens.take('tagRead', { ...ahead, ahead: 0, tokens: 20 })).tokens).toBe(0);
  });

  it('give polls half of it', async () => {
    const tokens = (await open()).tokens(SCOPE);
    expect(await tokens.take('tagRead', { ...LOT, tokens: 8, polls: 8 })).toMatchObject({
      tokens: 8,
      polls: 5,
      pollLevel: 5,
    });
  });

  it('refill with the time of the server', async () => {
    const tokens = (await open()).tokens(SCOPE);
    const fast = { ...LOT, rate: 1_000 };
    await tokens.take('tagRead', { ...fast, tokens: 10 });
    await eventually(
      async () => (await tokens.take('tagRead', { ...fast, tokens: 10 })).level === 10,
      'it is full again',
    );
  });

  it('count what was used elsewhere, and a throttle once for calls under way together', async () => {
    const tokens = (await open()).tokens(SCOPE);
    expect(await tokens.take('tagRead', { ...LOT, used: 7, tokens: 10 })).toMatchObject({ tokens: 3 });
    expect((await tokens.take('tagRead', { ...LOT, throttledAgoMs: 50 })).factor).toBe(0.7);
    expect((await tokens.take('tagRead', { ...LOT, throttledAgoMs: 60_000 })).factor).toBeCloseTo(0.7, 1);
    expect((await tokens.take('tagRead', { ...LOT })).level).toBeLessThan(1);
  });

  it('go on when the clock of the server was set back', async () => {
    const replicas = await open();
    const tokens = replicas.tokens(SCOPE);
    await tokens.take('tagRead', { ...LOT, tokens: 1 });
    const [key = ''] = (await replicas.store.command('KEYS', '*bucket*')) as string[];
    const ahead = String((Date.now() + 3_600_000) * 1_000);
    await replicas.store.command('HSET', key, 't', ahead);
    await tokens.take('tagRead', { ...LOT, rate: 1_000, tokens: 9 });
    await eventually(
      async () => (await tokens.take('tagRead', { ...LOT, rate: 1_000, tokens: 1 })).tokens === 1,
      'there are new tokens',
    );
  });

  it('forget a bucket that is full again', async () => {
    const replicas = await open();
    await replicas.tokens(SCOPE).take('tagRead', { ...LOT, rate: 1, tokens: 5 });
    const [key = ''] = (await replicas.store.command('KEYS', '*bucket*')) as string[];
    const ttl = Number(await replicas.store.command('PTTL', key));
    expect(ttl).toBeGreaterThan(5_000);
    expect(ttl).toBeLessThan(60_000);
  });

  it('are shared by three pacers, which send no more than the bucket allows, through a restart of Redis too', async () => {
    const all = [await open(), await open(), await open()];
    await eventually(() => all.every(({ store }) => store.replicas === 3), 'each knows the others');
    const sent: number[] = [];
    const pacers = all.map((replicas) => {
      const pacer = new Pacer(0.5, realTimers());
      pacer.shareWith(replicas.tokens(SCOPE));
      return pacer;
    });
    const startedAt = performance.now();
    const ended = new AbortController();
    for (const pacer of pacers) {
      for (let call = 0; call < 100; call += 1) {
        pacer.take('DescribeTasks', { lane: 'query', signal: ended.signal }).then(
          () => sent.push(performance.now()),
          () => undefined,
        );
      }
    }
    await eventually(() => sent.length >= 55, 'the burst is sent');
    const check = (unreported = 0) =>
      expect(sent.length).toBeLessThanOrEqual(50 + unreported + (10 * (performance.now() - startedAt)) / 1_000);
    check();
    const commands = all.reduce((sum, { store }) => sum + (store.stats().commands.get('take') ?? 0), 0);
    // The calls that follow the burst come with time, each with a command.
    expect(commands).toBeLessThanOrEqual(30 + sent.length - 55);
    await server.kill();
    await delay(300);
    check();
    const before = sent.length;
    await eventually(() => sent.length > before + 2, 'they go on by themselves');
    await server.restart();
    await eventually(() => all.every(({ store }) => !store.isAway), 'Redis is back');
    await delay(1_500);
    // Each replica reports what it used alone with its next lot, up to a token late.
    check(all.length);
    expect(all.map((replicas) => replicas.tokens(SCOPE).replicas)).toEqual([3, 3, 3]);
    ended.abort();
  });

  it('use half for a minute after a restart that lost the levels, but not after the first connection', async () => {
    const replicas = await open();
    const tokens = replicas.tokens(SCOPE);
    expect(tokens.part).toBe(1);
    await server.kill();
    await eventually(() => tokens.isAway, 'away');
    await server.restart();
    await eventually(() => !tokens.isAway, 'back');
    expect(tokens.part).toBe(0.5);
  });
});
