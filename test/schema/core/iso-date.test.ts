import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createIsoDate } from '../../../src/schema/core/iso-date.ts';

describe('a date in ISO 8601', () => {
  const isoDate = createIsoDate();
  const isSame = (date: Date) => isoDate(date) === date.toISOString();

  it('is what JavaScript makes of it, at every moment that it has a name for', () => {
    fc.assert(fc.property(fc.date({ noInvalidDate: true }), isSame), { numRuns: 2_000 });
  });

  it('is what JavaScript makes of it, at moments of the same day', () => {
    const moments = fc.date({ min: new Date('2026-11-22'), max: new Date('2026-11-24'), noInvalidDate: true });
    fc.assert(fc.property(moments, isSame), { numRuns: 2_000 });
    for (const edge of ['1969-12-31T23:59:59.999Z', '1970-01-01T00:00:00.000Z', '2024-02-29T23:59:59.999Z']) {
      expect(isoDate(new Date(edge))).toBe(edge);
    }
  });

  it('is null without a date', () => expect(() => isoDate(new Date(Number.NaN))).toThrow(RangeError));
});
