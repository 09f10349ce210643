import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Job } from '../../src/turns/job.ts';
import { createTurns } from '../../src/turns/turns.ts';

const TURN_MS = 5;

/** Turns on a clock that moves as far as pieces of work say. The first turn is over. */
function start() {
  let at = 0;
  const turns = createTurns({ sharedMs: TURN_MS, loneMs: TURN_MS, now: () => at });
  expect(turns.isOver()).toBe(false);
  at += TURN_MS;
  const served: string[] = [];
  const busy = new Map<string, number>();
  const work = (name: string, ms: number) => {
    served.push(name);
    at += ms;
    busy.set(name, (busy.get(name) ?? 0) + ms);
  };
  /** One piece of work of a job, in a later turn. */
  const once = async (job: Job, name: string, ms: number) => {
    await turns.next(job);
    work(name, ms);
  };
  /** A job that always has another piece of work. */
  const forever = async (job: Job, name: string, ms: number) => {
    for (;;) await once(job, name, ms);
  };
  const pass = async (count: number) => {
    for (let turn = 0; turn < count; turn += 1) await nextTurn();
  };
  return { turns, served, busy, work, once, forever, pass, wait: (ms: number) => (at += ms), now: () => at };
}

/** A job that has used much. */
function longJob(principal: string): Job {
  const job = new Job(principal);
  job.charge(1_000);
  return job;
}

describe('turns of the event loop', () => {
  it('end when they took long enough, and go on in the next, first come first served', async () => {
    const { turns, served, once, pass, wait } = start();
    const job = new Job('a');
    expect(turns.isOver()).toBe(true);
    const all = Promise.all([once(job, 'a', 2), once(job, 'b', 3), once(job, 'c', 1)]);
    await pass(1);
    expect(served).toEqual(['a', 'b']);
    await pass(1);
    expect(served).toEqual(['a', 'b', 'c']);
    await all;
    await pass(1);
    wait(40);
    expect(turns.isOver()).toBe(false);
  });

  it('last longer for an operation that runs alone', async () => {
    let at = 0;
    const turns = createTurns({ sharedMs: 1, loneMs: 10, now: () => at });
    const [one, other] = [new Job('a'), new Job('a')];
    const lasts = async () => {
      await nextTurn();
      await nextTurn();
      const from = at;
      while (!turns.isOver()) at += 1;
      return at - from;
    };
    expect(turns.take(one)).toBeUndefined();
    expect(turns.take(one.part())).toBeUndefined();
    expect(await lasts()).toBe(10);
    await nextTurn();
    expect(turns.take(other)).toBeUndefined();
    expect(await lasts()).toBe(1);
    at += 200;
    expect(await lasts()).toBe(10);
  });

  it('are given at once while one lasts, and are waited for when it is over', async () => {
    const { turns, pass, wait } = start();
    const job = new Job('a');
    expect(turns.take(job)).toBeInstanceOf(Promise);
    await pass(2);
    wait(40);
    expect(turns.take(job)).toBeUndefined();
  });

  it('do not end for work that a promise of a piece causes, but charge it', async () => {
    const { turns, work, pass } = start();
    const job = new Job('a');
    void turns.take(job)?.then(async () => {
      for (let step = 0; step < 20; step += 1) await undefined;
      work('deep', 30);
    });
    expect(job.isShort).toBe(true);
    await pass(2);
    expect(job.isShort).toBe(false);
    expect(job.part().isShort).toBe(false);
  });

  it('leave nothing behind of a job that is forgotten, and nothing out of others', async () => {
    const { turns, served, once, pass } = start();
    const [gone, other] = [new Job('a'), new Job('a')];
    void once(gone.part(), 'kept', 1);
    void once(gone, 'gone', 1);
    void once(gone, 'gone', 1);
    void once(other, 'other', 1);
    turns.forget(gone);
    await pass(3);
    expect(served).toEqual(['kept', 'other']);
    void once(gone, 'later', 1);
    await pass(2);
    expect(served).toEqual(['kept', 'other', 'later']);
  });
});

describe('jobs of one principal', () => {
  it('alternate, however much one waits for', async () => {
    const { served, once, pass } = start();
    const [large, small] = [new Job('a'), new Job('a')];
    for (const part of [1, 2, 3]) void once(large, `large ${part}`, 1);
    void once(small, 'small', 1);
    await pass(2);
    expect(served).toEqual(['large 1', 'small', 'large 2', 'large 3']);
  });

  it('go first while they are short', async () => {
    const { served, once, pass } = start();
    const [long, short] = [longJob('a'), new Job('a')];
    for (const part of [1, 2]) void once(long, `long ${part}`, TURN_MS);
    for (const part of [1, 2]) void once(short, `short ${part}`, TURN_MS);
    await pass(2);
    expect(served).toEqual(['short 1', 'short 2']);
    await pass(8);
    expect(served).toEqual(['short 1', 'short 2', 'long 1', 'long 2']);
  });

  it('go on when they are long, however many short ones come', async () => {
    const { busy, once, forever, pass } = start();
    void forever(longJob('a'), 'long', TURN_MS);
    for (let turn = 0; turn < 100; turn += 1) {
      void once(new Job('a'), 'short', TURN_MS);
      await pass(1);
    }
    expect(busy.get('long')).toBeGreaterThan(100);
    expect(busy.get('short')).toBeGreaterThan(300);
  });

  it('pause when they are long and a short one may have more to do at once, for some turns', async () => {
    const { turns, served, once, pass, wait } = start();
    void once(longJob('a'), 'long', 1);
    await pass(1);
    expect(served).toEqual(['long']);
    wait(TURN_MS);
    expect(turns.take(new Job('b'))).toBeInstanceOf(Promise);
    void once(longJob('a'), 'long', 1);
    await pass(3);
    expect(served).toEqual(['long']);
    await pass(2);
    expect(served).toEqual(['long', 'long']);
  });

  it('pause no longer than some milliseconds', async () => {
    const { turns, served, once, pass, wait } = start();
    void once(longJob('a'), 'long', 1);
    void turns.take(new Job('b'));
    await pass(1);
    expect(served).toEqual([]);
    wait(2);
    void turns.take(new Job('b'));
    await pass(1);
    expect(served).toEqual(['long']);
  });
});

describe('principals', () => {
  it.each<[string, number, number, () => Job]>([
    ['one large operation', 1, 1, () => longJob('greedy')],
    ['fifty large operations', 50, 1, () => longJob('greedy')],
    ['operations of large pieces', 3, 4, () => longJob('greedy')],
    ['operations of small pieces', 20, 0.5, () => longJob('greedy')],
    ['many small operations', 30, 1, () => new Job('greedy')],
  ])('get equal time beside one with %s', async (_name, count, ms, create) => {
    const { busy, forever, pass } = start();
    for (let index = 0; index < count; index += 1) void forever(create(), 'greedy', ms);
    // Two, so that one of them always waits.
    for (const job of [longJob('modest'), longJob('modest')]) void forever(job, 'modest', 1);
    await pass(200);
    const [greedy = 0, modest = 0] = [busy.get('greedy'), busy.get('modest')];
    expect(modest / (greedy + modest)).toBeGreaterThan(0.42);
    expect(modest / (greedy + modest)).toBeLessThan(0.58);
  });

  it('are served next if they waited for little, however much others wait for', async () => {
    const { served, once, forever, pass, wait } = start();
    for (let index = 0; index < 20; index += 1) void forever(new Job('greedy'), 'greedy', 1);
    await pass(10);
    wait(TURN_MS);
    const before = served.length;
    void once(new Job('modest'), 'modest', 1);
    await pass(1);
    expect(served.slice(before).indexOf('modest')).toBeLessThanOrEqual(1);
  });

  it('save up no time while they are idle', async () => {
    const { busy, forever, pass } = start();
    void forever(longJob('a'), 'a', 1);
    void forever(longJob('b'), 'b', 1);
    await pass(100);
    busy.clear();
    void forever(longJob('c'), 'c', 1);
    await pass(60);
    const [a = 0, b = 0, c = 0] = ['a', 'b', 'c'].map((name) => busy.get(name));
    expect(c / (a + b + c)).toBeGreaterThan(0.25);
    expect(c / (a + b + c)).toBeLessThan(0.42);
  });
});

describe('a principal that has used much of the last second', () => {
  /** Turns beside a principal that has just used much of them by many small operations, and a turn that has just ended. */
  async function startBeside(ms = 300) {
    const all = start();
    for (let spent = 0; spent < ms; spent += 5) {
      void all.once(new Job('busy'), 'busy', 5);
      await all.pass(1);
    }
    await all.pass(6);
    all.served.length = 0;
    all.turns.isOver();
    all.wait(TURN_MS);
    return all;
  }

  it('has no short jobs beside those of others: they pause as long ones do', async () => {
    const { turns, served, once, pass } = await startBeside();
    void turns.take(new Job('modest'));
    void once(new Job('busy'), 'busy', 1);
    await pass(3);
    expect(served).toEqual([]);
    await pass(2);
    expect(served).toEqual(['busy']);
  });

  it('waits for the end of the pause even while a turn lasts', async () => {
    const { turns, pass } = await startBeside();
    void turns.take(new Job('modest'));
    await pass(1);
    expect(turns.isOver()).toBe(false);
    expect(turns.take(new Job('busy'))).toBeInstanceOf(Promise);
    expect(turns.take(new Job('modest'))).toBeUndefined();
  });

  it('has short jobs if it has used little, by whatever number of operations', async () => {
    const { turns, served, once, pass } = await startBeside(150);
    void turns.take(new Job('modest'));
    void once(new Job('busy'), 'busy', 1);
    await pass(1);
    expect(served).toEqual(['busy']);
  });

  it('has short jobs again after some seconds', async () => {
    const { turns, served, once, pass, wait } = await startBeside();
    wait(3_000);
    void turns.take(new Job('modest'));
    void once(new Job('busy'), 'busy', 1);
    await pass(1);
    expect(served).toEqual(['busy']);
  });

  it('pauses for no longer than some milliseconds, however many short jobs others have', async () => {
    const { busy, forever, once, pass } = await startBeside();
    busy.clear();
    void forever(new Job('busy'), 'busy', 1);
    for (let turn = 0; turn < 200; turn += 1) {
      void once(new Job(`modest ${turn % 20}`), 'modest', 1);
      await pass(1);
    }
    const [modest = 0, rest = 0] = [busy.get('modest'), busy.get('busy')];
    expect(modest).toBeGreaterThan(150);
    expect(rest).toBeGreaterThan(10);
  });

  it('holds up no long job of others by its short ones', async () => {
    const { turns, served, once, pass } = await startBeside();
    void turns.take(new Job('busy'));
    void once(longJob('modest'), 'modest', 1);
    await pass(1);
    expect(served).toEqual(['modest']);
  });

  it('has its own short jobs served before its long ones', async () => {
    const { turns, served, once, pass } = await startBeside();
    void turns.take(new Job('busy'));
    void once(longJob('busy'), 'long', 1);
    await pass(3);
    expect(served).toEqual([]);
    void once(new Job('busy'), 'short', 1);
    await pass(2);
    expect(served).toEqual(['short']);
  });

  it('crowds out others if there are any, for a second after each asked', async () => {
    const { turns, once, pass } = await startBeside();
    const [busy, modest] = [new Job('busy'), new Job('modest')];
    expect(turns.isCrowding(busy)).toBe(false);
    void turns.take(modest);
    expect(turns.isCrowding(busy)).toBe(true);
    expect(turns.isCrowding(modest)).toBe(false);
    const isCrowdingAfter: boolean[] = [];
    for (let spent = 0; spent <= 1_500; spent += 50) {
      isCrowdingAfter.push(turns.isCrowding(busy));
      void once(new Job('busy'), 'busy', 50);
      await pass(1);
    }
    expect(isCrowdingAfter.slice(0, 20)).toEqual(Array(20).fill(true));
    expect(isCrowdingAfter.at(-1)).toBe(false);
    expect(turns.isCrowding(busy)).toBe(false);
  });

  it('is known by work for which it did not have to wait, too', async () => {
    const { turns, served, once, pass, wait } = start();
    for (let spent = 0; spent < 300; spent += 4) {
      await pass(2);
      expect(turns.take(new Job('busy'))).toBeUndefined();
      wait(4);
    }
    await pass(6);
    turns.isOver();
    wait(TURN_MS);
    void turns.take(new Job('modest'));
    void once(new Job('busy'), 'busy', 1);
    await pass(2);
    expect(served).toEqual([]);
  });
});

describe('a principal whose time is limited', () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => vi.useRealTimers());

  /** Work of `greedy` without end for four seconds, and a millisecond of `modest` every so often. */
  async function fourSeconds(most: number, modestEvery: number) {
    const { turns, busy, once, pass, wait, now } = start();
    const waits: number[] = [];
    const working = async () => {
      for (;;) {
        const job = new Job('greedy');
        job.limit(most);
        await once(job, 'greedy', 1);
      }
    };
    for (let index = 0; index < 12; index += 1) void working();
    const ask = async () => {
      const askedAt = now();
      await turns.next(new Job('modest'));
      waits.push(now() - askedAt);
    };
    for (let next = 0; now() < 4_000; ) {
      if (now() >= next) {
        next = now() + modestEvery;
        void ask();
      }
      const before = now();
      await pass(1);
      // A turn without work takes time, too.
      if (now() === before) wait(1);
      vi.advanceTimersByTime(1);
    }
    return { part: (busy.get('greedy') ?? 0) / 4_000, waits };
  }

  it('uses no more than its part while others are active', async () => {
    for (const most of [0.1, 0.25, 0.5]) {
      const { part, waits } = await fourSeconds(most, 100);
      // The time of one second may be spent at once, before the limit is reached.
      expect(part).toBeGreaterThan(most * 0.9);
      expect(part).toBeLessThan(most * 1.3);
      expect(waits.length).toBeGreaterThan(30);
      expect(Math.max(...waits)).toBeLessThanOrEqual(TURN_MS + 1);
    }
  });

  it('uses all time that others leave without a limit, or while it is alone', async () => {
    expect((await fourSeconds(1, 100)).part).toBeGreaterThan(0.85);
    expect((await fourSeconds(0.1, Number.POSITIVE_INFINITY)).part).toBeGreaterThan(0.7);
  });
});
