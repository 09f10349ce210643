import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Job } from '../../src/turns/job.ts';
import { longJob, start, TURN_MS } from './support/turns-clock.ts';

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

  it('pauses from when its work begins to wait, however long others have asked before', async () => {
    const { turns, served, once, pass, wait } = await startBeside();
    await pass(1);
    expect(turns.take(new Job('modest'))).toBeUndefined();
    wait(11);
    void once(new Job('busy'), 'busy', 1);
    await pass(2);
    expect(served).toEqual([]);
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
    for (let index = 0; index < 3; index += 1) void forever(new Job('busy'), 'busy', 1);
    for (let turn = 0; turn < 200; turn += 1) {
      void once(new Job(`modest ${turn % 20}`), 'modest', 1);
      await pass(1);
    }
    const [modest = 0, rest = 0] = [busy.get('modest'), busy.get('busy')];
    expect(modest).toBeGreaterThan(150);
    expect(rest).toBeGreaterThan(10);
    // A busy principal pauses again after each piece, whatever else of it waits.
    expect(rest).toBeLessThan(25);
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

  it('has its long ones pause again after each piece, whatever else of them waits', async () => {
    const { busy, forever, once, pass } = await startBeside();
    busy.clear();
    for (let index = 0; index < 3; index += 1) void forever(longJob('busy'), 'long', 1);
    for (let turn = 0; turn < 200; turn += 1) {
      void once(new Job('busy'), 'short', 1);
      await pass(1);
    }
    const [short = 0, long = 0] = [busy.get('short'), busy.get('long')];
    expect(short).toBeGreaterThan(150);
    expect(long).toBeGreaterThan(50);
    expect(long).toBeLessThan(150);
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

  it('crowds out others when it has used its part, however small that is', async () => {
    const { turns, once, pass } = start();
    const job = new Job('greedy');
    job.limit(0.05);
    for (let spent = 0; spent < 100; spent += 5) {
      void once(job, 'greedy', 5);
      await pass(1);
    }
    await pass(1);
    expect(turns.isCrowding(job)).toBe(false);
    void turns.take(new Job('modest'));
    expect(turns.isCrowding(job)).toBe(true);
  });

  it('uses all time that others leave without a limit, or while it is alone', async () => {
    expect((await fourSeconds(1, 100)).part).toBeGreaterThan(0.85);
    expect((await fourSeconds(0.1, Number.POSITIVE_INFINITY)).part).toBeGreaterThan(0.7);
  });
});
