import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { realTimers } from '../../../src/ecs/core/timers.ts';
import { placesKey, reportOf, takeOf } from '../../../src/shared/places/place-scripts.ts';
import { SharedPlaces } from '../../../src/shared/places/shared-places.ts';
import { ALIVE_KEY } from '../../../src/shared/redis/heartbeat.ts';
import { openShared } from '../../../src/shared/redis/open-shared.ts';
import { SharedError, type SharedStore } from '../../../src/shared/store.ts';
import { BUSY_MS } from '../../support/gateway/replicas.ts';
import { eventually, HAS_REDIS, RedisServer, withRedis } from '../../support/programs/redis-server.ts';
import { FakeTimers } from '../../support/time/fake-timers.ts';

type GiveBack = () => void;

describe.runIf(HAS_REDIS)(withRedis('places of a principal at several replicas'), () => {
  let server: RedisServer;
  let timers: FakeTimers;
  const stores: SharedStore[] = [];
  let replicas: SharedPlaces[];
  /** Each test has a principal of its own. */
  let tests = 0;
  const bot = () => `bot ${tests}`;

  beforeAll(async () => {
    server = await RedisServer.start();
    const log = { info: () => undefined, warn: () => undefined };
    for (let index = 0; index < 3; index += 1) {
      const options = { url: server.url, leastReplicas: 2, timers: realTimers(), log, commandMs: BUSY_MS };
      const store = await openShared(options);
      if (store === undefined) throw new Error('a store was expected');
      stores.push(store);
    }
    await allAre(3);
  });

  beforeEach(() => {
    timers = new FakeTimers();
    tests += 1;
    replicas = stores.map((store) => new SharedPlaces(store, timers));
  });

  afterAll(async () => {
    for (const store of stores) await store.close();
    await server.kill();
  });

  const allAre = (count: number) =>
    eventually(
      () => stores.every((store) => !store.isAway && store.isWhole && store.replicas === count),
      'each knows the others',
    );

  /** Waits for the answers to all commands so far: Redis answers in order. */
  async function settle(): Promise<void> {
    for (let round = 0; round < 2; round += 1) {
      await nextTurn();
      for (const store of stores) if (!store.isAway) await store.command('GET', 'x').catch(() => undefined);
    }
    await nextTurn();
  }
  const pass = (ms: number) => timers.pass(ms, settle);

  const never = new AbortController().signal;
  const patient = (ms = 10_000, signal = never) => ({ wait: { ms, signal } });
  /** Asks one replica for a place for an operation, which waits, or for a stream, which does not. */
  const take = (replica: number, most: number, more: object = {}, principal = bot()) =>
    Promise.resolve(
      replicas[replica]?.take({ kind: 'wait' in more ? 'operations' : 'streams', principal, most, ...more }),
    );
  const commands = (name: string) => stores.reduce((sum, store) => sum + (store.stats().commands.get(name) ?? 0), 0);

  it('are as many as the limit, wherever they are, and each is free as soon as it is given back', async () => {
    const taken: GiveBack[] = [];
    for (const replica of [0, 1, 2, 0]) {
      const giveBack = await take(replica, 4);
      if (giveBack !== undefined) taken.push(giveBack);
    }
    expect(taken).toHaveLength(4);
    expect(await Promise.all([0, 1, 2].map((replica) => take(replica, 4)))).toEqual([undefined, undefined, undefined]);
    // Another principal and another kind have places of their own.
    expect(await take(1, 4, {}, 'other')).toBeTypeOf('function');
    expect(await take(1, 4, patient())).toBeTypeOf('function');
    taken[1]?.();
    taken[1]?.();
    await settle();
    expect(await take(2, 4)).toBeTypeOf('function');
    expect(await take(1, 4)).toBeUndefined();
    expect(await take(1, 0)).toBeUndefined();
  });

  it('are never more than the limit in use, whatever comes and goes; all that wait are served', async () => {
    const most = 7;
    let [inUse, highest, served] = [0, 0, 0];
    let seed = 7;
    const random = () => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    const work = async (replica: number, rounds: number) => {
      for (let round = 0; round < rounds; round += 1) {
        const giveBack = await take(replica, most, patient(1e9));
        expect(giveBack).toBeTypeOf('function');
        inUse += 1;
        served += 1;
        highest = Math.max(highest, inUse);
        await new Promise<void>((resolve) => void timers.schedule(1 + 40 * random(), resolve));
        inUse -= 1;
        giveBack?.();
      }
    };
    let isOver = false;
    const all = Promise.all(Array.from({ length: 15 }, (_, index) => work(index % 3, 12))).then(() => {
      isOver = true;
    });
    while (!isOver) await pass(20);
    await all;
    expect(served).toBe(180);
    expect(highest).toBe(most);
  });

  it('cost a principal that is far from its limit one command at each replica', async () => {
    const [takes, reports] = [commands('take-places'), commands('report-places')];
    for (let round = 0; round < 200; round += 1) {
      const both = [await take(round % 3, 60, patient()), await take(round % 3, 60, patient())];
      for (const giveBack of both) giveBack?.();
    }
    await settle();
    expect(commands('take-places') - takes).toBe(3);
    expect(commands('report-places')).toBe(reports);
    // Then one a second, until the places were not used for five.
    await pass(4_100);
    expect(commands('report-places') - reports).toBe(3 * 4);
    await pass(60_000);
    const before = commands('report-places');
    await pass(60_000);
    expect(commands('report-places')).toBe(before);
    expect(timers.pending).toBe(0);
  });

  it('that one replica keeps in hand are given to another one that lacks them', async () => {
    // A stream is refused at once, so no place for one is kept.
    for (const replica of [1, 2]) (await take(replica, 12))?.();
    await settle();
    for (let count = 0; count < 12; count += 1) expect(await take(0, 12)).toBeTypeOf('function');
    // Each keeps two of twelve for operations.
    for (const replica of [1, 2]) (await take(replica, 12, patient()))?.();
    const all = Array.from({ length: 12 }, () => take(0, 12, patient()));
    let count = 0;
    for (const one of all) void one.then(() => (count += 1));
    await settle();
    expect(count).toBe(8);
    await pass(1_200);
    expect(count).toBe(12);
  });

  it('go to another replica too, although many wait at the first', async () => {
    const waiting = Array.from({ length: 4 }, () => take(0, 2, patient(1e9)));
    const [first, second] = [await waiting[0], await waiting[1]];
    const other = take(1, 2, patient(1e9));
    let isServed = false;
    void other.then(() => (isServed = true));
    await pass(1_200);
    expect(isServed).toBe(false);
    first?.();
    await pass(200);
    expect(isServed).toBe(true);
    second?.();
    (await other)?.();
    await pass(200);
    expect(await Promise.all(waiting.slice(2))).toEqual([expect.any(Function), expect.any(Function)]);
  });

  it('are waited for until the time is over, or the caller leaves', async () => {
    const giveBack = await take(0, 1, patient());
    const gone = new AbortController();
    const answers = [take(1, 1, patient(500)), take(2, 1, patient(1e9, gone.signal)), take(2, 1, patient(1e9))];
    await pass(600);
    expect(await answers[0]).toBeUndefined();
    gone.abort();
    expect(await answers[1]).toBeUndefined();
    expect(await take(2, 1, patient(1e9, AbortSignal.abort()))).toBeUndefined();
    giveBack?.();
    await pass(200);
    expect(await answers[2]).toBeTypeOf('function');
  });

  it('of a replica that has disappeared are free when it is no longer alive', async () => {
    const [store] = stores as [SharedStore];
    const heard = (msAgo: number) => store.command('ZADD', ALIVE_KEY, String(Date.now() - msAgo), 'gone');
    await heard(0);
    const all = { replica: 'gone', version: 1, keep: 0, want: 3, need: 3, most: 3, epoch: store.epoch };
    expect(await store.run(...takeOf(placesKey('streams', bot()), all))).toEqual([3, 0, 0]);
    await heard(8_000);
    expect(await take(1, 3)).toBeUndefined();
    await heard(10_500);
    expect(await Promise.all([take(1, 3), take(2, 3), take(1, 3)])).toEqual(Array(3).fill(expect.any(Function)));
    expect(await take(2, 3)).toBeUndefined();
  });

  it('that Redis has lost, or that a late command has changed, are reported again', async () => {
    for (let count = 0; count < 2; count += 1) await take(0, 3);
    const [store] = stores as [SharedStore];
    const key = placesKey('streams', bot());
    await store.command('DEL', key);
    await pass(1_000);
    expect(await take(1, 3)).toBeTypeOf('function');
    expect(await take(2, 3)).toBeUndefined();
    const { replica, epoch } = store;
    const late = { replica, version: 1, keep: 0, want: 0, need: 0, most: 3, epoch };
    expect(await store.run(...takeOf(key, late))).toEqual([2, 0, 0]);
    await store.run(...reportOf(store.replica, 1, [{ key, places: 0, most: 3 }]));
    expect(await take(2, 3)).toBeUndefined();
  });

  /** Keeps operations at each replica busy. Returns how many are in use at once. */
  function busy(most: () => number) {
    const state = { inUse: 0, highest: 0, isOver: false };
    const work = async (replica: number) => {
      while (!state.isOver) {
        const giveBack = await take(replica, most(), patient(1e9));
        state.inUse += 1;
        state.highest = Math.max(state.highest, state.inUse);
        await new Promise<void>((resolve) => void timers.schedule(30, resolve));
        state.inUse -= 1;
        giveBack?.();
      }
    };
    const all = Promise.all(Array.from({ length: 24 }, (_, index) => work(index % 3)));
    const stop = async () => {
      state.isOver = true;
      for (let round = 0; round < 40; round += 1) await pass(50);
      await all;
    };
    return { state, stop };
  }

  it('fall to a lower limit while operations wait for each that ends', async () => {
    let most = 12;
    const { state, stop } = busy(() => most);
    await pass(500);
    expect(state.highest).toBe(12);
    most = 2;
    await pass(500);
    state.highest = 0;
    await pass(2_000);
    expect(state.highest).toBe(2);
    await stop();
  });

  it('in hand are not used after the limit was lowered', async () => {
    const both = [await take(0, 12, patient()), await take(1, 12, patient())];
    for (const giveBack of both) giveBack?.();
    const [one, two] = [take(0, 1, patient(2_000)), take(1, 1, patient(2_000))];
    await pass(2_100);
    expect([await one, await two].filter((giveBack) => giveBack !== undefined)).toHaveLength(1);
  });

  it('that are too many, because Redis lost its counts, fall to the limit while operations wait', async () => {
    const before: (GiveBack | undefined)[] = [];
    for (const replica of [0, 1, 2]) {
      for (let count = 0; count < 7; count += 1) before.push(await take(replica, 7, patient()));
      await stores[0]?.command('DEL', placesKey('operations', bot()));
    }
    const { state, stop } = busy(() => 7);
    for (const giveBack of before) giveBack?.();
    await pass(2_000);
    state.highest = 0;
    await pass(2_000);
    expect(state.highest).toBe(7);
    await stop();
  });

  /** The store with other scripts. */
  const withRun = (store: SharedStore, run: SharedStore['run']): SharedStore =>
    new Proxy(store, {
      get: (target, name) => {
        const value: unknown = name === 'run' ? run : Reflect.get(target, name, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });

  it('of a principal that is forgotten are reported again if the last report was lost', async () => {
    const [store] = stores as [SharedStore];
    let isLost = false;
    const run: SharedStore['run'] = (...command) =>
      isLost ? Promise.reject(new SharedError('LOST', 'the connection broke')) : store.run(...command);
    replicas[0] = new SharedPlaces(withRun(store, run), timers);
    (await take(0, 12, patient()))?.();
    await pass(4_100);
    const counted = async () => String(await store.command('HGET', placesKey('operations', bot()), store.replica));
    expect(await counted()).toMatch(/^2 /);
    isLost = true;
    await pass(1_000);
    isLost = false;
    await pass(2_000);
    expect(await counted()).toMatch(/^0 /);
    expect(timers.pending).toBe(0);
  });

  it('that Redis gave without an answer are given back', async () => {
    const [store] = stores as [SharedStore];
    let isSlow = true;
    const run: SharedStore['run'] = async (...command) => {
      const answer = await store.run(...command);
      if (isSlow) throw new SharedError('TIMEOUT', 'no answer came in time');
      return answer;
    };
    replicas[0] = new SharedPlaces(withRun(store, run), timers);
    const giveBack = await take(0, 12);
    const counted = async () => String(await store.command('HGET', placesKey('streams', bot()), store.replica));
    expect(await counted()).toMatch(/^1 /);
    giveBack?.();
    isSlow = false;
    await pass(2_000);
    expect(await counted()).toMatch(/^0 /);
    expect(timers.pending).toBe(0);
  });

  it('are a part of the limit for each if Redis refuses to count, and no caller waits forever', async () => {
    const key = placesKey('streams', bot());
    await stores[0]?.command('SET', key, 'of another program');
    expect(await Promise.all([take(0, 6), take(0, 6), take(0, 6), take(1, 6)])).toEqual([
      expect.any(Function),
      expect.any(Function),
      undefined,
      expect.any(Function),
    ]);
    await stores[0]?.command('DEL', key);
    await pass(1_100);
    const more = await Promise.all(Array.from({ length: 5 }, () => take(2, 6)));
    expect(more.filter((giveBack) => giveBack !== undefined)).toHaveLength(3);
  });

  it('are a part of the limit for each while Redis is away, and are counted again when it is back', async () => {
    const taken: (GiveBack | undefined)[] = [];
    for (let count = 0; count < 4; count += 1) taken.push(await take(0, 6));
    const waiting = take(1, 6, patient(1e9));
    await settle();
    await server.kill();
    await eventually(() => stores.every((store) => store.isAway), 'away');
    expect(replicas.every((places) => places.isAway)).toBe(true);
    expect(await waiting).toBeTypeOf('function');
    // The first has four, twice its part; the others have two each.
    const more = await Promise.all([take(0, 6), take(1, 6), take(1, 6), take(1, 6), take(2, 6)]);
    expect(more.map((giveBack) => giveBack !== undefined)).toEqual([false, true, true, false, true]);
    taken[0]?.();
    await server.restart();
    await allAre(3);
    // Until all have reported, each has its part.
    expect(replicas.every((places) => places.isAway)).toBe(true);
    expect(await take(0, 6)).toBeUndefined();
    await pass(1_100);
    expect(replicas.some((places) => places.isAway)).toBe(false);
    // Six are in use: three, two and one.
    expect(await Promise.all([0, 1, 2].map((replica) => take(replica, 6)))).toEqual(Array(3).fill(undefined));
    taken[1]?.();
    await settle();
    expect(await take(2, 6)).toBeTypeOf('function');
    expect(await take(1, 6)).toBeUndefined();
  });

  it('are counted again after Redis has lost its counts, and until then each replica opens its part at most', async () => {
    const taken: (GiveBack | undefined)[] = [];
    for (let count = 0; count < 6; count += 1) taken.push(await take(0, 6));
    const losses = stores.map((store) => store.stats().losses);
    await stores[0]?.command('FLUSHALL');
    // The others still believe that Redis counts; its script knows better.
    const more = await Promise.all([take(1, 6), take(1, 6), take(1, 6)]);
    expect(more.map((giveBack) => giveBack !== undefined)).toEqual([true, true, false]);
    await eventually(
      () => stores.every((store, index) => store.stats().losses > (losses[index] ?? 0) && store.isWhole),
      'all have noticed',
    );
    expect(replicas.every((places) => places.isAway)).toBe(true);
    expect(await take(0, 6)).toBeUndefined();
    await pass(1_100);
    expect(replicas.some((places) => places.isAway)).toBe(false);
    taken[0]?.();
    more[0]?.();
    await settle();
    // Six are in use.
    expect(await take(2, 6)).toBeUndefined();
    taken[1]?.();
    await settle();
    expect(await take(2, 6)).toBeTypeOf('function');
  });
});
