import { setImmediate as nextTurn } from 'node:timers/promises';
import { createClient } from '@redis/client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ChangeTurns, TurnTakenError } from '../../../src/ecs/consistency/change-turns.ts';
import { realTimers } from '../../../src/ecs/core/timers.ts';
import { fleetKey, hashedKey } from '../../../src/shared/keys.ts';
import { openShared } from '../../../src/shared/redis/open-shared.ts';
import type { Script } from '../../../src/shared/script.ts';
import { SharedError, type SharedStore } from '../../../src/shared/store.ts';
import { RedisTurns } from '../../../src/shared/turns/shared-turns.ts';
import { BUSY_MS, type ReplicaWorld, startReplicas } from '../../support/gateway/replicas.ts';
import { eventually, HAS_REDIS, RedisServer, withRedis } from '../../support/programs/redis-server.ts';
import { FakeTimers } from '../../support/time/fake-timers.ts';

const CART = 'cluster: "storefront", service: "cart"';
const restart = (more = '') => `mutation { restartService(${CART}${more}) { deploymentId plan { operation } } }`;
const deploy = (tag: string, more: string) =>
  `mutation { deployImages(${CART}, images: [{ container: "cart", image: "cart:${tag}" }]${more}) { taskDefinition { revision } } }`;

describe.runIf(HAS_REDIS)(withRedis('changes of one service at two replicas'), () => {
  let world: ReplicaWorld;
  beforeEach(async () => {
    world = await startReplicas(2);
    await world.connected();
    world.sandbox.resetCalls();
  });
  afterEach(() => world[Symbol.asyncDispose]());
  const writes = () =>
    Object.fromEntries(
      Object.entries(world.sandbox.calls()).filter(([operation]) => !/^(List|Describe|Get)/.test(operation)),
    );
  /** Whether Redis holds no turn. One that it holds has no end from now on: only its owner takes it away. */
  async function noTurnIsKept(): Promise<boolean> {
    const admin = await createClient({ url: world.redis.url }).connect();
    try {
      const keys = await admin.keys(`${fleetKey('turn')}:*`);
      for (const key of keys) await admin.persist(key);
      return keys.length === 0;
    } finally {
      admin.destroy();
    }
  }
  const both = (one: string, other: string) =>
    Promise.all([world.replicas[0]?.query<object>(one), world.replicas[1]?.query<object>(other)]);

  it.each([1, 2, 3])('of one key are done once (%i)', async (round) => {
    const query = deploy('2', `, idempotencyKey: "k${round}"`);
    const [one, other] = await both(query, query);
    expect([one?.errors, other?.errors]).toEqual([undefined, undefined]);
    expect(one?.data).toEqual(other?.data);
    expect(writes()).toEqual({ RegisterTaskDefinition: 1, UpdateService: 1 });
    expect([one, other].filter((answer) => answer?.extensions?.replayed === true)).toHaveLength(1);
  });

  it.each([1, 2, 3])('of two keys, or without one: the second sees what the first has done (%i)', async () => {
    const [one, other] = await both(
      deploy('2', ', expectedRevision: 1, idempotencyKey: "a"'),
      deploy('3', ', expectedRevision: 1'),
    );
    const refused = [one, other].flatMap((answer) => answer?.errors ?? []);
    expect(refused.map(({ extensions }) => extensions.code)).toEqual(['FAILED_PRECONDITION']);
    expect(writes()).toEqual({ RegisterTaskDefinition: 1, UpdateService: 1 });
    await eventually(noTurnIsKept, 'both turns are given back');
    world.sandbox.clock.advance(30 * 60_000);
    expect((await world.replicas[1]?.query(restart()))?.errors).toBeUndefined();
  });

  it('go on without turns while Redis is away', async () => {
    await world.redis.kill();
    expect((await world.replicas[0]?.query(restart()))?.errors).toBeUndefined();
    expect(writes()).toEqual({ UpdateService: 1 });
  });
});

describe.runIf(HAS_REDIS)(withRedis('a turn that several replicas wait for'), () => {
  let server: RedisServer;
  const stores: SharedStore[] = [];
  beforeAll(async () => {
    server = await RedisServer.start();
    const log = { info: () => undefined, warn: () => undefined };
    for (let index = 0; index < 2; index += 1) {
      const options = { url: server.url, leastReplicas: 2, timers: realTimers(), log, commandMs: BUSY_MS };
      const store = await openShared(options);
      if (store !== undefined) stores.push(store);
    }
    await eventually(() => stores.every((store) => !store.isAway), 'connected');
  });
  afterAll(async () => {
    for (const store of stores) await store.close();
    await server.kill();
  });

  /** Waits for the answers to all commands so far. */
  async function settle(): Promise<void> {
    for (let round = 0; round < 2; round += 1) {
      await nextTurn();
      for (const store of stores) await store.command('GET', 'x').catch(() => undefined);
    }
    await nextTurn();
  }

  it('is taken in the order in which they asked, however many changes one replica has', async () => {
    const timers = new FakeTimers();
    const replicas = stores.map((store) => new ChangeTurns(timers, 60_000, new RedisTurns(store, timers)));
    const order: string[] = [];
    const change = (replica: number, name: string) =>
      replicas[replica]?.run('cart', async () => {
        order.push(name);
        await new Promise<void>((resolve) => void timers.schedule(100, resolve));
      });
    const all: (Promise<void> | undefined)[] = ['a1', 'a2', 'a3', 'a4'].map((name) => change(0, name));
    await timers.pass(20, settle);
    all.push(change(1, 'b1'), change(1, 'b2'));
    await timers.pass(2_000, settle);
    await Promise.all(all);
    // The changes of one replica ask one after the other.
    expect(order).toEqual(['a1', 'b1', 'a2', 'b2', 'a3', 'a4']);
  });

  it('is free for the next one if the first that waits has left', async () => {
    const [one, other] = stores.map((store) => new RedisTurns(store, new FakeTimers())) as [RedisTurns, RedisTurns];
    const giveBack = await one.take('orders', 1e9);
    // This replica has waited for too long, and looks no more.
    await expect(other.take('orders', -1)).rejects.toThrow(TurnTakenError);
    await settle();
    expect(await stores[0]?.command('ZCARD', `${hashedKey(['turn'], 'orders')}:asked`)).toBe(0);
    giveBack?.();
    const timers = new FakeTimers();
    const turns = new RedisTurns(stores[0] as SharedStore, timers);
    let isTaken = false;
    const taking = turns.take('orders', 1e9).then((free) => {
      isTaken = true;
      return free;
    });
    await eventually(async () => {
      await timers.pass(50, settle);
      return isTaken;
    }, 'the turn is free');
    (await taking)?.();
  });

  it('is free at once if the first that waits has disappeared', async () => {
    const [store] = stores as [SharedStore];
    const key = hashedKey(['turn'], 'payments');
    for (const [queue, time] of Object.entries({ asked: (Date.now() - 3_000) * 1_000, seen: Date.now() - 3_000 }))
      await store.command('ZADD', `${key}:${queue}`, String(time), 'gone');
    const giveBack = await new RedisTurns(store, new FakeTimers()).take('payments', -1);
    expect(giveBack).toBeTypeOf('function');
    giveBack?.();
  });
});

/** A Redis with turns only, whose leases end by the time of the test. */
class FakeRedis {
  readonly #timers: FakeTimers;
  readonly #turns = new Map<string, { readonly owner: string; readonly until: number }>();
  isAway = false;
  /** Set where Redis has taken a command, and its answer does not come in time. */
  isSlow = false;
  /** A delay of turns that are given back: Redis does not know the script yet, and gets it with a second command. */
  unknownScript: Promise<void> | undefined;

  constructor(timers: FakeTimers) {
    this.#timers = timers;
  }

  /** The store of one replica. */
  of(replica: string): SharedStore {
    const run = async ({ name }: Script, [key = '']: readonly string[], [owner, leaseMs]: readonly unknown[] = []) => {
      if (this.isAway) throw new SharedError('AWAY', 'away');
      if (name === 'give-turn-back' && this.unknownScript !== undefined) await this.unknownScript;
      const held = this.#turns.get(key);
      const isMine = held === undefined || held.until <= this.#timers.monotonic() || held.owner === owner;
      if (name === 'take-turn' && isMine)
        this.#turns.set(key, { owner: String(owner), until: this.#timers.monotonic() + Number(leaseMs) });
      if (name === 'give-turn-back' && isMine) this.#turns.delete(key);
      if (name === 'take-turn' && this.isSlow) throw new SharedError('TIMEOUT', 'slow');
      return isMine ? 1 : 0;
    };
    const rest = { epoch: 'one', isWhole: true, onChange: () => () => undefined };
    return { replica, run, ...rest } as unknown as SharedStore;
  }
}

describe('a turn', () => {
  const timers = new FakeTimers();
  const redis = new FakeRedis(timers);
  const turnsOf = (replica: string) => {
    const turns = new RedisTurns(redis.of(replica), timers);
    return { take: (name: string) => turns.take(name, timers.monotonic() + 60_000) };
  };
  /** Asks for the turn at another replica, and notes when it comes. */
  const ask = () => {
    let isTaken = false;
    const taking = turnsOf('b')
      .take('x')
      .then((free) => {
        isTaken = true;
        return free;
      });
    return { isTaken: () => isTaken, giveBack: async () => (await taking)?.() };
  };

  it('is kept for as long as a change takes, and is free at once when it is given back', async () => {
    const giveBack = await turnsOf('a').take('x');
    const other = ask();
    await timers.pass(30_000);
    expect(other.isTaken()).toBe(false);
    // Other things have turns of their own.
    (await turnsOf('b').take('y'))?.();
    giveBack?.();
    await timers.pass(100);
    expect(other.isTaken()).toBe(true);
    await other.giveBack();
    await timers.pass(0);
    expect(timers.pending).toBe(0);
  });

  it('of a replica that has disappeared is free when its lease ends', async () => {
    const gone = new FakeTimers();
    await new RedisTurns(redis.of('gone'), gone).take('x', 60_000);
    const other = ask();
    await timers.pass(9_000);
    expect(other.isTaken()).toBe(false);
    await timers.pass(2_000);
    expect(other.isTaken()).toBe(true);
    await other.giveBack();
  });

  it('that another replica keeps is waited for as long as a mutation may take, then refused', async () => {
    const giveBack = await turnsOf('a').take('x');
    const refused = expect(turnsOf('b').take('x')).rejects.toThrow(TurnTakenError);
    await timers.pass(61_000);
    await refused;
    giveBack?.();
  });

  it('is not waited for while Redis is away', async () => {
    redis.isAway = true;
    expect(await turnsOf('b').take('x')).toBeUndefined();
  });

  it('that is given back late is not that of the next change of the same replica', async () => {
    let learn = (): void => undefined;
    redis.isAway = false;
    redis.unknownScript = new Promise((resolve) => {
      learn = resolve;
    });
    const one = turnsOf('a');
    (await one.take('x'))?.();
    let next: (() => void) | undefined;
    const taking = one.take('x').then((giveBack) => {
      next = giveBack;
    });
    await timers.pass(0);
    learn();
    redis.unknownScript = undefined;
    await timers.pass(100);
    await taking;
    const other = ask();
    await timers.pass(20_000);
    expect(other.isTaken()).toBe(false);
    next?.();
    await timers.pass(100);
    expect(other.isTaken()).toBe(true);
    await other.giveBack();
  });

  it('that Redis gave without an answer is given back, too', async () => {
    redis.isSlow = true;
    const giveBack = await turnsOf('a').take('x');
    redis.isSlow = false;
    giveBack?.();
    await timers.pass(0);
    (await turnsOf('b').take('x'))?.();
    await timers.pass(0);
    expect(timers.pending).toBe(0);
  });
});

describe.runIf(HAS_REDIS)(withRedis('a turn that Redis has lost'), () => {
  it('is still that of the replica which has it', async () => {
    const server = await RedisServer.start();
    const log = { info: () => undefined, warn: () => undefined };
    const open = async () => {
      const options = { url: server.url, leastReplicas: 2, timers: realTimers(), log, commandMs: BUSY_MS };
      return (await openShared(options)) as SharedStore;
    };
    const stores = [await open(), await open()] as const;
    try {
      await eventually(() => stores.every(({ others }) => others.length === 1), 'they know each other');
      const [a, b] = stores.map((store) => new RedisTurns(store, realTimers())) as [RedisTurns, RedisTurns];
      const giveBack = await a.take('x', Number.POSITIVE_INFINITY);
      await stores[0].command('FLUSHALL');
      let isTaken = false;
      const taking = b.take('x', Number.POSITIVE_INFINITY).then((free) => {
        isTaken = true;
        return free;
      });
      const looks = () => stores[1].stats().commands.get('take-turn') ?? 0;
      await eventually(() => stores.every((store) => store.stats().losses === 1 && store.isWhole), 'all have noticed');
      const before = looks();
      await eventually(() => looks() >= before + 3, 'the other one looks again');
      expect(isTaken).toBe(false);
      giveBack?.();
      (await taking)?.();
    } finally {
      for (const store of stores) await store.close();
      await server.kill();
    }
  });
});

describe('changes of one thing in one process', () => {
  const WAIT_MS = 20_000;
  /** A change that ends when the test says so. */
  function change() {
    let end = (): void => undefined;
    const over = new Promise<void>((resolve) => {
      end = resolve;
    });
    let isBegun = false;
    const run = async () => {
      isBegun = true;
      await over;
    };
    return { run, end, isBegun: () => isBegun };
  }

  it.each([0, 1])(
    'are refused when they have waited too long, and hold up none behind them (other replicas: %i)',
    async (others) => {
      const timers = new FakeTimers();
      const redis = new FakeRedis(timers);
      const turns = new ChangeTurns(timers, WAIT_MS, others > 0 ? new RedisTurns(redis.of('a'), timers) : undefined);
      const [first, second, third] = [change(), change(), change()];
      const running = turns.run('x', first.run);
      const late = expect(turns.run('x', second.run)).rejects.toThrow(TurnTakenError);
      await timers.pass(WAIT_MS - 1);
      const last = turns.run('x', third.run);
      await timers.pass(1);
      await late;
      expect([second.isBegun(), third.isBegun()]).toEqual([false, false]);
      first.end();
      await running;
      await timers.pass(0);
      expect(third.isBegun()).toBe(true);
      third.end();
      await last;
      expect([second.isBegun(), timers.pending]).toEqual([false, 0]);
    },
  );

  it('wait once for those of their own process and of another replica, and for no thing beside', async () => {
    const timers = new FakeTimers();
    const redis = new FakeRedis(timers);
    const giveBack = await new RedisTurns(redis.of('b'), timers).take('x', 0);
    const turns = new ChangeTurns(timers, WAIT_MS, new RedisTurns(redis.of('a'), timers));
    const changes = Array.from({ length: 5 }, change);
    const refused = changes.map(({ run }) => expect(turns.run('x', run)).rejects.toThrow(TurnTakenError));
    await turns.run('y', async () => undefined);
    await timers.pass(WAIT_MS + 100);
    await Promise.all(refused);
    giveBack?.();
    const next = change();
    next.end();
    await turns.run('x', next.run);
    expect(changes.some(({ isBegun }) => isBegun())).toBe(false);
  });
});
