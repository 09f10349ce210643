import { describe, expect, it } from 'vitest';
import { HISTORY_MARKS, OVERLAP_MS, reportedId } from '../../../src/live/feeds/feed-mark.ts';

const NOW = 1_795_337_007_000.5469;
const standing = { observedAt: NOW, open: new Set<string>(), over: new Set<string>() };

describe("the mark in a feed's cursor", () => {
  it('contains what was reported around it, on a clock finer than a millisecond', () => {
    const reported = [
      { id: reportedId('ENDED', 'arn:told'), at: NOW - 1_000 },
      { id: reportedId('ENDED', 'arn:long ago'), at: NOW - OVERLAP_MS - 1 },
    ];
    const mark = HISTORY_MARKS.write({ ...standing, reported }) ?? '';
    const gap = HISTORY_MARKS.read(mark);
    expect(gap?.since).toBe(Math.floor(NOW));
    expect(gap?.hasEnded('arn:told', NOW - 1_000)).toBe(false);
    expect(gap?.hasBegun('arn:told', NOW - 1_000)).toBe(true);
    expect(gap?.hasEnded('arn:other', NOW - 1_000)).toBe(true);
    expect(gap?.hasEnded('arn:other', NOW + 1_000)).toBe(true);
    expect(gap?.hasEnded('arn:long ago', NOW - OVERLAP_MS - 1)).toBe(false);
  });

  it.each(['', 'x', '1.5', 'NaN s1'])('is not %j', (text) => {
    expect(HISTORY_MARKS.read(text)).toBeUndefined();
  });
});
