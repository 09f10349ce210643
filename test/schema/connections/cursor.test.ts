import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeCursor, encodeCursor, listBinding, markOf } from '../../../src/schema/connections/cursor.ts';
import { decodeNodeId, encodeNodeId } from '../../../src/schema/core/node-id.ts';

const refusal = expect.objectContaining({ extensions: expect.objectContaining({ code: 'BAD_USER_INPUT' }) });

describe('cursors', () => {
  it('come back as the place they were made of, in the list they were made for', () => {
    const marks = fc.array(fc.string().map(markOf), { maxLength: 9 });
    const tokenPlace = fc.record({
      token: fc.option(fc.string({ unit: 'binary' })),
      passed: marks,
      next: marks,
      shown: marks,
      begun: fc.boolean(),
    });
    const place = fc.oneof(
      fc.record({ key: fc.string({ unit: 'binary' }) }),
      tokenPlace,
      fc.tuple(tokenPlace, fc.string()).map(([place, last]) => ({ ...place, last })),
    );
    fc.assert(
      fc.property(fc.array(fc.jsonValue({ maxDepth: 1 }), { maxLength: 4 }), place, (parts, place) => {
        const binding = listBinding(...parts);
        expect(decodeCursor(binding, encodeCursor(binding, place))).toEqual(place);
      }),
    );
  });

  it('are refused by another list, with a word why', () => {
    const cursor = encodeCursor(listBinding('tasks', 'prod'), { key: 'x' });
    expect(() => decodeCursor(listBinding('tasks', 'test'), cursor)).toThrow(/another list/);
  });

  it('are refused if this gateway did not create them', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => decodeCursor(listBinding('tasks'), text)).toThrow(refusal);
      }),
    );
  });

  it('are refused when a part of them is not one that could have been made', () => {
    const binding = listBinding('tasks');
    const marks = 'abcdefghij';
    const cursor = (parts: unknown[], text = marks) =>
      Buffer.from(`${JSON.stringify([binding, ...parts])}\n${text}`).toString('base64url');
    expect(decodeCursor(binding, cursor([null, 1, 0, 1, null]))).toEqual({
      token: null,
      passed: ['abcde'],
      next: [],
      shown: ['fghij'],
      begun: true,
    });
    for (const broken of [
      cursor([null, 1, 0, 1, null], 'abcdefgh'),
      cursor([null, 2, 1, 1, null]),
      cursor([null, -1, 0, 1, null]),
      cursor([null, 0.5, 0, 1, null]),
      cursor([null, 9e99, 0, 1, null]),
      cursor([7, 1, 0, 1, null]),
      cursor([null, 1, 0, 2, null]),
      cursor([null, 1, 0, 1, 7]),
      cursor([null, 1, 0, 1]),
      cursor([null, 1, 0, 1, null, null]),
      `${cursor([null, 1, 0, 1, null])}=`,
    ]) {
      expect(() => decodeCursor(binding, broken), broken).toThrow(refusal);
    }
  });

  it('of version 0.1.0 say that they have expired', () => {
    const binding = listBinding('tasks');
    for (const parts of [
      [null, 3],
      ['token', 0],
      [null, 3, 'mark', 'mark'],
    ]) {
      const cursor = Buffer.from(JSON.stringify([binding, ...parts])).toString('base64url');
      expect(() => decodeCursor(binding, cursor)).toThrow(
        expect.objectContaining({ extensions: { code: 'PAGINATION_EXPIRED', argument: 'after' } }),
      );
    }
  });
});

describe('node ids', () => {
  it('come back as what they wrap', () => {
    const key = { type: 'Task', parts: ['arn:aws:ecs:eu-west-1:123456789012:task/1', 'prod'] as [string, ...string[]] };
    expect(decodeNodeId(encodeNodeId(key))).toEqual(key);
  });

  it('are refused if this gateway did not create them', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => decodeNodeId(text)).toThrow(refusal);
      }),
      { examples: [['fA'], ['eHw']] },
    );
  });
});
