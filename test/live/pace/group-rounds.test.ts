import { describe, expect, it } from 'vitest';
import { Hub } from '../../../src/live/hub/hub.ts';
import { FakeTimers } from '../../support/time/fake-timers.ts';
import { breathe, Counter, collect, EPOCH, hubUnderTest } from '../support/live-support.ts';

const inGroup = (group: string, count: number) =>
  Array.from({ length: count }, (_, i) => new Counter(`${group} ${i}`, { group }));

describe('the topics of a group', () => {
  it('are looked at in one round each time, whenever each of them changes', async () => {
    const { hub, advance } = hubUnderTest(() => ({}));
    const counters = inGroup('prod', 12);
    for (const counter of counters) collect(hub.follow(counter.topic()));
    await advance(8_000);
    const [first] = counters;
    const before = counters.map(({ reads }) => reads);
    for (let second = 0; second < 40; second += 1) {
      // One changes every other second, each time another one.
      if (second % 2 === 0) (counters[second % counters.length] as Counter).value += 1;
      await advance(1_000);
    }
    const rounds = counters.map(({ reads }, i) => reads - (before[i] ?? 0));
    expect(new Set(rounds).size).toBe(1);
    expect(rounds[0]).toBeGreaterThan(20);
    for (const { sessions } of counters) expect(sessions.slice(1)).toEqual(first?.sessions.slice(1));
    expect(new Set(first?.sessions).size).toBe(first?.reads);
  });

  it('leave alone those in which nothing is under way, and other groups', async () => {
    const { hub, advance } = hubUnderTest(() => ({}));
    const busy = new Counter('busy', { group: 'prod' });
    const quiet = new Counter('quiet', { group: 'prod', pulse: () => 'quiet' });
    const other = new Counter('other', { group: 'test' });
    for (const counter of [busy, quiet, other]) collect(hub.follow(counter.topic()));
    await advance(32_000);
    for (const counter of [busy, quiet, other]) counter.reads = 0;
    for (let second = 0; second < 32; second += 1) {
      busy.value += 1;
      await advance(1_000);
    }
    expect(busy.reads).toBeGreaterThan(25);
    expect(other.reads).toBe(8);
    expect(quiet.reads).toBe(2);
  });

  it('wait for one that is not answered, but not longer than the longest interval, and hold no other group', async () => {
    const timers = new FakeTimers();
    const hub = new Hub<object>({
      timers,
      openSession: () => ({}),
      now: () => EPOCH + timers.monotonic(),
      describeError: () => ({ code: '', message: '', retryable: true }),
      random: () => 0.5,
    });
    const advance = (ms: number) => timers.pass(ms, () => breathe());
    const [slow, swift] = inGroup('prod', 2) as [Counter, Counter];
    const other = new Counter('other', { group: 'test' });
    for (const counter of [slow, swift, other]) collect(hub.follow(counter.topic()));
    await advance(1_500);
    let answer: () => void = () => undefined;
    slow.held = new Promise((resolve) => {
      answer = resolve;
    });
    await advance(1_000);
    for (const counter of [slow, swift, other]) counter.reads = 0;
    for (let second = 0; second < 3; second += 1) {
      swift.value += 1;
      other.value += 1;
      await advance(1_000);
    }
    expect([slow.reads, swift.reads]).toEqual([0, 0]);
    expect(other.reads).toBeGreaterThan(0);
    await advance(2_000);
    expect(swift.reads).toBeGreaterThan(0);
    slow.held = undefined;
    answer();
    await advance(1_000);
    // From then on they go together again.
    for (const counter of [slow, swift]) counter.sessions.length = 0;
    await advance(20_000);
    expect(slow.sessions).toEqual(swift.sessions);
    expect(slow.sessions.length).toBeGreaterThan(3);
    hub.dispose();
    await advance(100);
    expect(timers.pending).toBe(0);
  });
});
