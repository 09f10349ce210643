import { describe, expect, it } from 'vitest';
import { DEFAULT_PACE, nextInterval, nextOnGrid, paceBetween } from '../../../src/live/pace/poll-interval.ts';

describe('the pace', () => {
  it.each([
    [1_000, 16_000, DEFAULT_PACE],
    [2_000, 60_000, { tickMs: 2_000, activeMostTicks: 4, quietMostTicks: 16 }],
    [5_000, 10_000, { tickMs: 5_000, activeMostTicks: 2, quietMostTicks: 2 }],
    [10_000, 1_000, { tickMs: 10_000, activeMostTicks: 1, quietMostTicks: 1 }],
    [0, 0, { tickMs: 100, activeMostTicks: 1, quietMostTicks: 1 }],
  ])('between %i and %i ms', (shortest, longest, expected) => {
    expect(paceBetween(shortest, longest)).toEqual(expected);
  });

  it('keeps slow looks on the grid of fast ones', () => {
    const pace = paceBetween(1_000, 100_000);
    let ticks = 1;
    for (let look = 0; look < 10; look += 1) ticks = nextInterval(ticks, false, 'quiet', pace);
    expect(ticks).toBe(64);
    expect(nextOnGrid(65_500, ticks, pace) % 64_000).toBe(0);
  });
});
