import { describe, expect, it } from 'vitest';
import { isRecord, parseJson, parseObject, unknownMember } from '../../src/util/json.ts';

describe('JSON of a file or an argument', () => {
  it('is parsed, or refused without a part of its text', () => {
    expect(parseJson('[1]')).toEqual([1]);
    expect(() => parseJson('{"secret": hunter2}')).toThrow(/^is not JSON$/);
  });

  it('is an object, or undefined', () => {
    expect(parseObject('{"a":1}')).toEqual({ a: 1 });
    for (const text of ['[]', 'null', '1', '"a"', '{', '']) expect(parseObject(text)).toBeUndefined();
    expect([{}, [], null, 'a'].map(isRecord)).toEqual([true, false, false, false]);
  });

  it('shows the beginning of the name of an unknown member', () => {
    expect(unknownMember('x'.repeat(99))).toBe(`has an unknown member "${'x'.repeat(40)}"`);
  });
});
