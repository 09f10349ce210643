import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Rounds } from '../../../src/http/core/rounds.ts';

describe('rounds', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  /** Members by the time at which each was visited. */
  function create(intervalMs: number) {
    const visits: [at: number, member: string][] = [];
    const start = Date.now();
    const rounds = new Rounds<string>(intervalMs, (member) => void visits.push([Date.now() - start, member]));
    return { rounds, visits };
  }

  it('visit each member once an interval, the first time within the last twelfth of one', () => {
    const { rounds, visits } = create(12_000);
    rounds.add('a');
    vi.advanceTimersByTime(5_500);
    rounds.add('b');
    vi.advanceTimersByTime(30_500);
    expect(visits).toEqual([
      [12_000, 'a'],
      [17_000, 'b'],
      [24_000, 'a'],
      [29_000, 'b'],
      [36_000, 'a'],
    ]);
  });

  it('visit no member that was removed, and have no timer without members', () => {
    const { rounds, visits } = create(1_200);
    rounds.add('a');
    rounds.add('b');
    rounds.delete('a');
    rounds.delete('unknown');
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(1_200);
    expect(visits.map(([, member]) => member)).toEqual(['b']);
    rounds.delete('b');
    expect(vi.getTimerCount()).toBe(0);
    rounds.add('c');
    expect(vi.getTimerCount()).toBe(1);
  });

  it('have no timer with an interval of 0', () => {
    create(0).rounds.add('a');
    expect(vi.getTimerCount()).toBe(0);
  });
});
