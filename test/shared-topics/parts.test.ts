import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createPacking } from '../../src/shared/packing.ts';
import { CommonClock } from '../../src/shared-topics/common-clock.ts';
import { toArguments, toLifeEntry, toLogEntries } from '../../src/shared-topics/log-entry.ts';
import { FakeTimers } from '../support/time/fake-timers.ts';

describe('the clock that replicas agree on', () => {
  it('believes the answer that came soonest, a later one after a while, and a clock that was set', async () => {
    const timers = new FakeTimers();
    const clock = new CommonClock(timers);
    await timers.pass(100);
    clock.sample(90, 1_000_095);
    expect(clock.toShared(100)).toBe(1_000_100);
    expect(clock.toMonotonic(1_000_100)).toBe(100);
    await timers.pass(400);
    // The answer took 400 ms: the time in it is worth less.
    clock.sample(100, 1_000_400);
    expect(clock.toShared(500)).toBe(1_000_500);
    await timers.pass(30_000);
    clock.sample(30_400, 1_030_460);
    expect(clock.toShared(30_500)).toBe(1_030_510);
    clock.sample(30_400, 970_450);
    expect(clock.toShared(30_500)).toBe(970_500);
  });
});

describe('the entries of a log', () => {
  const packing = createPacking([]);

  it('come back as they were written, long ones packed', () => {
    const text = 'arn:aws:ecs:eu-west-1:123456789012:task/prod/'.repeat(100);
    const [kind, packed] = toArguments({ kind: 'event', sequence: 7, text }, packing);
    expect(packed.length).toBeLessThan(text.length / 10);
    const [entry] = toLogEntries([['12-34', ['k', kind, 'b', 'me', 'q', '7', 't', packed]]]);
    expect(entry).toMatchObject({ id: '12-34', number: 34, by: 'me', sequence: 7 });
    expect(entry && toLifeEntry(entry, packing)).toEqual({ kind: 'event', sequence: 7, text });
    const [asked] = toLogEntries([
      [
        '12-35',
        ['k', ...toArguments({ kind: 'ask', marks: ['m'] }, packing).slice(0, 1), 'b', 'me', 'q', '7', 't', '["m"]'],
      ],
    ]);
    expect(asked && toLifeEntry(asked, packing)).toEqual({ kind: 'ask', marks: ['m'] });
    const claim = { kind: 'claim', until: 1_234.5 } as const;
    const [claimKind, until] = toArguments(claim, packing);
    const [claimed] = toLogEntries([['12-36', ['k', claimKind, 'b', 'me', 'q', '7', 't', until]]]);
    expect(claimed && toLifeEntry(claimed, packing)).toEqual(claim);
  });

  it('are missing where they cannot be read', () => {
    const [key, other] = [randomBytes(32), randomBytes(32)];
    const [kind, text] = toArguments({ kind: 'event', sequence: 7, text: 'a text' }, createPacking([key]));
    const [entry] = toLogEntries([['12-34', ['k', kind, 'b', 'me', 'q', '7', 't', text]]]);
    expect(entry && toLifeEntry(entry, createPacking([other, key]))).toMatchObject({ kind: 'event', text: 'a text' });
    expect(entry && toLifeEntry(entry, createPacking([other]))).toEqual({ kind: 'broken' });
  });

  it('about the lease are no events', () => {
    const [held] = toLogEntries([['12-1', ['k', 'held', 'b', 'me', 'q', '0', 't', '5']]]);
    expect(held && toLifeEntry(held, packing)).toBeUndefined();
  });
});
