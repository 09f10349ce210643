import { describe, expect, it } from 'vitest';
import { encodeLiveCursor } from '../../../src/live/topic/cursor.ts';
import { breathe, Counter, collect, EPOCH, hubUnderTest, short, TransientError } from '../support/live-support.ts';

describe('the hub', () => {
  it('sends the current state, then changes, then the end', async () => {
    const { hub, advance, timers } = hubUnderTest(() => ({}));
    const counter = new Counter();
    const received = collect(hub.follow(counter.topic()));
    await advance(20);
    expect(short(received.events)).toEqual(['SNAPSHOT 0']);
    await advance(10_000);
    expect(received.events).toHaveLength(1);
    counter.value = 7;
    await advance(5_000);
    counter.value = -1;
    await advance(5_000);
    expect(short(received.events)).toEqual(['SNAPSHOT 0', 'CHANGED 7', 'ENDED -1']);
    expect(received.events.map(({ sequence }) => sequence)).toEqual([0, 1, 2]);
    expect(received.events[1]?.changes).toEqual([{ field: 'value', before: '0', after: '7' }]);
    expect(received.events[2]?.outcome).toBe('SUCCEEDED');
    expect(received.isDone).toBe(true);
    expect(hub.activeTopics).toBe(0);
    expect(timers.pending).toBe(0);
  });

  it('share the specification of their topic: each further follower keeps none of its own', async () => {
    const { hub, advance } = hubUnderTest(() => ({}));
    const counter = new Counter();
    const followers = Array.from({ length: 3 }, () => hub.follow(counter.topic()));
    const elsewhere = hub.follow({ ...counter.topic(), key: 'elsewhere' });
    await advance(20);
    expect(new Set(followers.map(({ spec }) => spec)).size).toBe(1);
    expect(elsewhere.spec).not.toBe(followers[0]?.spec);
    expect(hub.activeTopics).toBe(2);
    hub.dispose();
  });

  it('reads once for all followers, and not at all without followers', async () => {
    const { hub, advance, timers } = hubUnderTest(() => ({}));
    const counter = new Counter();
    const followers = Array.from({ length: 100 }, () => hub.follow(counter.topic()));
    const received = followers.map(collect);
    await advance(20);
    expect(counter.reads).toBe(1);
    counter.value = 1;
    await advance(1_100);
    expect(counter.reads).toBe(2);
    expect(received.every(({ events }) => events.length === 2)).toBe(true);
    for (const follower of followers) await follower.return();
    await advance(60_000);
    expect(counter.reads).toBe(2);
    expect([hub.activeTopics, hub.followers, timers.pending, hub.isIdle]).toEqual([0, 0, 0, true]);
  });

  it('reads topics that are due together through one session', async () => {
    let sessions = 0;
    const { hub, advance } = hubUnderTest(() => {
      sessions += 1;
      return { number: sessions };
    });
    const counters = Array.from({ length: 20 }, (_, i) => new Counter(`counter ${i}`));
    for (const [i, counter] of counters.entries()) {
      collect(hub.follow(counter.topic()));
      if (i % 5 === 0) await advance(300);
    }
    const before = sessions;
    await advance(4_000);
    const rounds = sessions - before;
    for (const counter of counters) counter.reads = 0;
    await advance(8_000);
    expect(rounds).toBeLessThanOrEqual(4);
    expect(counters.map(({ reads }) => reads)).toEqual(counters.map(() => 2));
    expect(sessions - before - rounds).toBe(2);
  });

  it('reads often while things change, seldom when they do not', async () => {
    const { hub, advance } = hubUnderTest(() => ({}));
    const counter = new Counter();
    collect(hub.follow(counter.topic()));
    await advance(60_000);
    const quiet = counter.reads;
    counter.reads = 0;
    for (let i = 0; i < 60; i += 1) {
      counter.value += 1;
      await advance(1_000);
    }
    expect(quiet).toBeLessThanOrEqual(18);
    expect(counter.reads).toBeGreaterThanOrEqual(55);
  });

  it('says that it is degraded, goes on, and misses nothing', async () => {
    const { hub, advance } = hubUnderTest(() => ({}));
    const counter = new Counter();
    const received = collect(hub.follow(counter.topic()));
    await advance(20);
    counter.error = new TransientError('throttled');
    await advance(30_000);
    counter.value = 3;
    counter.error = undefined;
    await advance(20_000);
    counter.error = new TransientError('throttled');
    await advance(10_000);
    counter.error = undefined;
    await advance(20_000);
    expect(short(received.events)).toEqual(['SNAPSHOT 0', 'DEGRADED 0', 'CHANGED 3', 'DEGRADED 3', 'RECOVERED 3']);
    expect(received.events[1]?.degraded).toMatchObject({ code: 'UPSTREAM_THROTTLED' });
    expect(received.events[1]?.summary).toBe('cannot see ECS (UPSTREAM_THROTTLED), last known: value 0');
    expect(received.events.at(-1)?.summary).toBe('ECS can be seen again: value 3');
    expect(received.events[2]?.degraded).toBeNull();
    expect(received.isDone).toBe(false);
  });

  it('looks at what may end at any moment as often in an outage, so that it is caught up with soon', async () => {
    const { hub, advance } = hubUnderTest(() => ({}));
    const counter = new Counter();
    const received = collect(hub.follow(counter.topic()));
    await advance(20);
    counter.error = new TransientError('throttled');
    await advance(120_000);
    counter.error = undefined;
    counter.value = 5;
    await advance(4_100);
    expect(short(received.events)).toEqual(['SNAPSHOT 0', 'DEGRADED 0', 'CHANGED 5']);
  });

  it('fails at once when the first look is refused, and after three tries when ECS is away', async () => {
    const { hub, advance, timers } = hubUnderTest(() => ({}));
    const refused = new Counter('refused');
    refused.error = new Error('no');
    const away = new Counter('away');
    away.error = new TransientError('away');
    const tolds = [refused, away].map((counter) => collect(hub.follow(counter.topic())));
    await advance(50);
    expect(tolds.map(({ error }) => error)).toEqual([refused.error, undefined]);
    await advance(30_000);
    expect(tolds[1]?.error).toBe(away.error);
    expect([away.reads, hub.activeTopics, timers.pending]).toEqual([3, 0, 0]);
  });

  it('ends a stream at its timeout, and only that one', async () => {
    const { hub, advance } = hubUnderTest(() => ({}));
    const counter = new Counter();
    const hasty = collect(hub.follow(counter.topic(), { timeoutMs: 10_000 }));
    const patient = collect(hub.follow(counter.topic()));
    await advance(20_000);
    expect(short(hasty.events)).toEqual(['SNAPSHOT 0', 'ENDED 0']);
    expect(hasty.events[1]?.outcome).toBe('TIMED_OUT');
    expect(hasty.isDone).toBe(true);
    expect(patient.isDone).toBe(false);
    counter.value = 1;
    await advance(5_000);
    expect(patient.events[1]?.sequence).toBeGreaterThan(hasty.events[1]?.sequence ?? 99);
  });

  it('says once that nothing changes, until something does', async () => {
    const { hub, advance } = hubUnderTest(() => ({}));
    const counter = new Counter();
    const received = collect(hub.follow(counter.topic(), { stallAfterMs: 30_000 }));
    await advance(120_000);
    counter.value = 1;
    await advance(60_000);
    expect(short(received.events)).toEqual(['SNAPSHOT 0', 'STALLED 0', 'CHANGED 1', 'STALLED 1']);
    expect(received.events[1]?.summary).toBe('stalled: value 0');
    expect(received.events[1]?.stalledSince?.getTime()).toBe(received.events[0]?.observedAt.getTime());
  });

  it('counts an outage neither as a change nor as news of the thing', async () => {
    const { hub, advance } = hubUnderTest(() => ({}));
    const counter = new Counter();
    const received = collect(hub.follow(counter.topic(), { stallAfterMs: 30_000 }));
    await advance(8_100);
    counter.error = new TransientError('throttled');
    await advance(12_000);
    counter.error = undefined;
    await advance(14_000);
    expect(short(received.events)).toEqual(['SNAPSHOT 0', 'DEGRADED 0', 'RECOVERED 0', 'STALLED 0']);
    const [first, degraded, recovered, stalled] = received.events.map(({ observedAt }) => observedAt.getTime());
    // A repeated state is as old as it was when ECS could be read last.
    expect([degraded, recovered]).toEqual([EPOCH + 8_000, EPOCH + 24_000]);
    expect((stalled ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(30_000);
    expect(received.events[3]?.stalledSince?.getTime()).toBe(first);
  });

  it('starts at once with a recent reading, but never one older than the follower has seen', async () => {
    const { hub, advance } = hubUnderTest(() => ({}));
    const counter = new Counter();
    const first = collect(hub.follow(counter.topic()));
    await advance(8_900);
    const reads = counter.reads;
    const second = collect(hub.follow(counter.topic()));
    await breathe();
    expect(short(second.events)).toEqual(['SNAPSHOT 0']);
    expect(second.events[0]?.observedAt.getTime()).toBeLessThan(EPOCH + 8_100);
    expect(counter.reads).toBe(reads);
    const cursor = encodeLiveCursor(counter.key, { epoch: 'look', sequence: 0 });
    const third = collect(hub.follow(counter.topic(), { after: cursor }));
    await breathe();
    expect(third.events).toEqual([]);
    await advance(50);
    expect(short(third.events)).toEqual(['RESYNC 0']);
    expect(counter.reads).toBe(reads + 1);
    expect(first.events).toHaveLength(1);
  });

  it('joins what happens within minInterval, but never keeps the end back', async () => {
    const { hub, advance } = hubUnderTest(() => ({}));
    const counter = new Counter();
    const received = collect(hub.follow(counter.topic(), { minIntervalMs: 30_000 }));
    await advance(20);
    for (let value = 1; value <= 20; value += 1) {
      counter.value = value;
      await advance(1_000);
    }
    expect(short(received.events)).toEqual(['SNAPSHOT 0']);
    await advance(15_000);
    expect(received.events[1]).toMatchObject({ type: 'CHANGED', body: 20, changes: [{ before: '0', after: '20' }] });
    counter.value = -1;
    await advance(5_000);
    expect(short(received.events)).toEqual(['SNAPSHOT 0', 'CHANGED 20', 'ENDED -1']);
  });

  it('says all of it in the line where later news does not repeat what came before', async () => {
    const { hub, advance } = hubUnderTest(() => ({}));
    const counter = new Counter();
    const topic = { ...counter.topic(), joinBodies: (earlier: number, later: number) => earlier + later };
    const received = collect(hub.follow(topic, { minIntervalMs: 3_000_000 }));
    await advance(20);
    for (let value = 1; value <= 3; value += 1) {
      counter.value = value;
      await advance(1_000);
    }
    counter.value = -1;
    await advance(5_000);
    expect(received.events.at(-1)).toMatchObject({
      type: 'ENDED',
      body: 5,
      summary: 'value 1; value 2; value 3; value -1',
    });
    const long = new Counter('long');
    const slow = collect(
      hub.follow(
        { ...long.topic(), joinBodies: (_earlier: number, later: number) => later },
        { minIntervalMs: 3_000_000 },
      ),
    );
    await advance(20);
    for (let value = 1; value <= 300; value += 1) {
      long.value = value;
      await advance(1_000);
    }
    long.value = -1;
    await advance(5_000);
    const { summary } = slow.events.at(-1) ?? { summary: '' };
    expect(summary).toMatch(/^\.\.\.; value \d+; .*; value 300; value -1$/);
    expect(summary.length).toBeLessThan(1_010);
  });

  it.each([20, 2_000])(
    'does not count a poll that it aborted as a failure, with or without new followers (%i ms)',
    async (ms) => {
      const { hub, advance, timers } = hubUnderTest((signal) => signal);
      const counter = new Counter();
      let isStuck = ms === 20;
      const topic = {
        ...counter.topic(),
        read: (session: unknown) =>
          new Promise<number>((resolve, reject) => {
            if (!isStuck) resolve(counter.value);
            (session as AbortSignal).addEventListener('abort', () => setImmediate(() => reject(new Error('aborted'))));
          }),
      };
      const first = hub.follow(topic);
      const received = collect(first);
      await timers.pass(20, breathe);
      isStuck = true;
      await timers.pass(ms, breathe);
      void first.return();
      const again = collect(hub.follow(topic, { after: received.events[0]?.cursor }));
      isStuck = false;
      await breathe();
      await advance(10_000);
      // The first look of all; or no RECOVERED where nothing was DEGRADED. In any case no error.
      expect(short(again.events)).toEqual(ms === 20 ? ['SNAPSHOT 0'] : []);
      expect([again.isDone, again.error]).toEqual([false, undefined]);
    },
  );

  it('joins what a slow reader cannot keep up with', async () => {
    const { hub, advance } = hubUnderTest(() => ({}));
    const counter = new Counter();
    const slow = hub.follow(counter.topic());
    await advance(20);
    for (let value = 1; value <= 100; value += 1) {
      counter.value = value;
      await advance(1_000);
    }
    const received = collect(slow);
    await advance(0);
    expect(received.events.length).toBeLessThanOrEqual(16);
    expect(received.events.at(-1)).toMatchObject({ body: 100 });
    const first = received.events.at(-1)?.changes[0];
    expect(first).toEqual({ field: 'value', before: '14', after: '100' });
  });
});

describe('10,000 subscriptions', () => {
  it('leave nothing behind', async () => {
    const signals: AbortSignal[] = [];
    const { hub, advance, timers } = hubUnderTest((signal) => {
      signals.push(signal);
      return {};
    });
    for (let batch = 0; batch < 100; batch += 1) {
      const followers = Array.from({ length: 100 }, (_, i) => hub.follow(new Counter(`${batch} ${i % 50}`).topic()));
      if (batch % 2 === 0) await advance(20);
      for (const follower of followers) await follower.return();
    }
    await advance(0);
    expect([hub.activeTopics, hub.followers, timers.pending, hub.isIdle]).toEqual([0, 0, 0, true]);
    expect(signals.length).toBeLessThanOrEqual(52);
  });

  it('end what is under way when the last follower leaves', async () => {
    const signals: AbortSignal[] = [];
    const { hub, timers, advance } = hubUnderTest<AbortSignal>((signal) => {
      signals.push(signal);
      return signal;
    });
    const counter = new Counter();
    const topic = counter.topic();
    const hanging = {
      ...topic,
      read: (signal: AbortSignal) =>
        new Promise<number>((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted')))),
    };
    const follower = hub.follow(hanging);
    const waiting = follower.next();
    void timers.pass(20, async () => {});
    await new Promise((resolve) => setImmediate(resolve));
    await follower.return();
    expect(await waiting).toEqual({ value: undefined, done: true });
    await advance(0);
    expect(signals[0]?.aborted).toBe(true);
    expect(hub.isIdle).toBe(true);
  });

  it('are ended by dispose', async () => {
    const { hub, advance, timers } = hubUnderTest(() => ({}));
    const received = Array.from({ length: 10 }, (_, i) => collect(hub.follow(new Counter(`${i}`).topic())));
    await advance(20);
    hub.dispose();
    await advance(0);
    expect(received.every(({ isDone, error }) => isDone && error === undefined)).toBe(true);
    expect(timers.pending).toBe(0);
  });
});
