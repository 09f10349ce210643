import { describe, expect, it } from 'vitest';
import { logLines } from '../../src/watch/log-lines.ts';
import { paintLine, span, widthOf } from '../../src/watch/paint.ts';
import { weightedPercent } from '../../src/watch/weighted-percent.ts';

describe('a weighted percentage', () => {
  it.each([
    ['nothing under way', [50, 100, 4, []], 50],
    ['two of four half done', [50, 100, 4, [[0.5, 2]]], 62],
    ['more under way than remains', [50, 100, 1, [[0.9, 5]]], 100],
    ['nothing remains', [90, 100, 0, [[0.5, 2]]], 90],
    ['beyond the end of its stage', [50, 45, 4, [[0.5, 2]]], 50],
    ['a count below zero', [10, 100, 4, [[0.5, -3]]], 10],
  ] as const)('%s', (_name, [percent, end, remaining, shares], expected) => {
    expect(weightedPercent(percent, end, remaining, shares)).toBe(expected);
  });
});

describe('a painted line', () => {
  it('is cut at the width, without a colour that goes on', () => {
    expect(paintLine([span('abc', 'good'), span('def', 'bad')], 4, true)).toBe(
      '\u001b[32mabc\u001b[0m\u001b[31md\u001b[0m',
    );
    expect(paintLine([span('abc', 'good'), span('def', 'bad')], 2, false)).toBe('ab');
    expect([widthOf('ab'), widthOf('日本'), widthOf('█●')]).toEqual([2, 4, 2]);
  });

  it('has no control characters of a service event', () => {
    const lines = logLines({
      type: 'CHANGED',
      cursor: 'c',
      observedAt: '2026-03-01T12:00:05.000Z',
      outcome: null,
      summary: '',
      isStalled: false,
      stalledSince: null,
      changes: [{ field: 'event/1', before: null, after: '(service web) has\u001b[2J reached\na steady\u0007 state.' }],
      degraded: { code: 'UPSTREAM_THROTTLED', message: 'ECS throttled' },
      progress: {},
    });
    expect(lines.map((line) => paintLine(line, 200, false))).toEqual([
      '12:00:05  has reached a steady  state.',
      '12:00:05  ECS cannot be read: ECS throttled (UPSTREAM_THROTTLED)',
    ]);
  });
});
