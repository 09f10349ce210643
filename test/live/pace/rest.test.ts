import { describe, expect, it } from 'vitest';
import { DEFAULT_PACE } from '../../../src/live/pace/poll-interval.ts';
import { Rest } from '../../../src/live/pace/rest.ts';

/** When polls begin, in seconds, if the topic is polled as soon as it rests no more. */
function polls(pulse: 'active' | 'quiet', seconds: number): number[] {
  const rest = new Rest(DEFAULT_PACE);
  const begun: number[] = [];
  for (let second = 0; second <= seconds; second += 1) {
    if (rest.lastsAt(second * 1_000)) continue;
    begun.push(second);
    rest.begin(begun.length === 1, pulse, second * 1_000);
  }
  return begun;
}

describe('a topic whose changes are announced', () => {
  it('is polled soon after a change, and then ever less', () => {
    expect(polls('active', 40)).toEqual([0, 1, 4, 16, 32]);
  });

  it('is polled every 16 s in the five minutes after a change, every 64 s later, and every 256 s if it is quiet', () => {
    const gaps = (pulse: 'active' | 'quiet', from: number) => {
      const begun = polls(pulse, 1_200).filter((second) => second >= from);
      return new Set(begun.slice(1).map((second, index) => second - (begun[index] ?? 0)));
    };
    expect(gaps('active', 16).has(16)).toBe(true);
    expect(gaps('active', 400)).toEqual(new Set([64]));
    expect(gaps('quiet', 600)).toEqual(new Set([256]));
  });

  it('is polled at once when its rest ends early, and soon again', () => {
    const rest = new Rest(DEFAULT_PACE);
    rest.begin(true, 'active', 0);
    for (const second of [1, 2, 4, 8]) rest.begin(false, 'active', second * 1_000);
    expect(rest.lastsAt(10_000)).toBe(true);
    rest.end();
    expect(rest.lastsAt(10_000)).toBe(false);
    rest.begin(false, 'active', 10_000);
    expect([rest.lastsAt(11_999), rest.lastsAt(12_000)]).toEqual([true, false]);
  });

  it('is not polled again at a point of the grid that comes just after a poll', () => {
    const rest = new Rest(DEFAULT_PACE);
    rest.begin(true, 'active', 0);
    rest.end();
    rest.begin(false, 'active', 3_990);
    expect([rest.lastsAt(7_999), rest.lastsAt(8_000)]).toEqual([true, false]);
  });
});
