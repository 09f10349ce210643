import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeCursor, encodeCursor, listBinding } from '../../../src/schema/connections/cursor.ts';
import { decodeNodeId, encodeNodeId } from '../../../src/schema/core/node-id.ts';

const refusal = expect.objectContaining({ extensions: expect.objectContaining({ code: 'BAD_USER_INPUT' }) });

describe('cursors', () => {
  it('come back as the place they were made of, in the list they were made for', () => {
    const place = fc.oneof(
      fc.record({ key: fc.string() }),
      fc.record({ token: fc.option(fc.string()), offset: fc.nat() }),
    );
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), place, (parts, place) => {
        const binding = listBinding(...parts);
        expect(decodeCursor(binding, encodeCursor(binding, place))).toEqual(place);
      }),
    );
  });

  it('are refused by another list, with a word why', () => {
    const cursor = encodeCursor(listBinding('tasks', 'prod'), { key: 'x' });
    expect(() => decodeCursor(listBinding('tasks', 'test'), cursor)).toThrow(/another list/);
  });

  it('are refused when nobody here made them', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => decodeCursor(listBinding('tasks'), text)).toThrow(refusal);
      }),
    );
  });
});

describe('node ids', () => {
  it('come back as what they wrap', () => {
    const key = { type: 'Task', parts: ['arn:aws:ecs:eu-west-1:123456789012:task/1', 'prod'] as [string, ...string[]] };
    expect(decodeNodeId(encodeNodeId(key))).toEqual(key);
  });

  it('are refused when nobody here made them', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => decodeNodeId(text)).toThrow(refusal);
      }),
      { examples: [['fA'], ['eHw']] },
    );
  });
});
