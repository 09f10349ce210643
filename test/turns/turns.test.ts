import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Job } from '../../src/turns/job.ts';
import { createTurns } from '../../src/turns/turns.ts';
import { longJob, start, TURN_MS } from './support/turns-clock.ts';

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
