import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromText, toText } from '../../../src/ecs/consistency/output-text.ts';

describe('the text of an output', () => {
  it('has an object once that occurs several times', () => {
    const definition = {
      family: 'web',
      containerDefinitions: [{ name: 'web', image: 'shop/web:1', command: ['x'.repeat(1_000)] }],
    };
    const plan = [{ operation: 'RegisterTaskDefinition', input: definition }];
    const decision = { definitions: { next: definition, before: { ...definition, revision: 1 } }, plan };
    const record = { sent: decision, output: { ...decision, plan: [...plan] } };
    const text = toText(record);
    expect(text.split('x'.repeat(1_000))).toHaveLength(2);
    expect(text.length).toBeLessThan(1_700);
    const again = fromText(text) as typeof record;
    expect(again).toEqual(record);
    expect(again.output.plan[0]).toBe(again.sent.plan[0]);
  });

  it.each([
    [{ dockerLabels: { $date: 'today' } }],
    [{ dockerLabels: { $same: ['a'] } }],
    [{ dockerLabels: { $plain: { $plain: { $number: '1' } } } }],
    [{ $bigint: 'x' }],
    [{ options: { '': { '': 'empty names' } } }],
    [{ labels: { 'a/b~c': 1, '~1': 2 } }],
  ])('keeps an object that looks like a mark of ours: %j', (value) => {
    expect(fromText(toText(value))).toEqual(value);
  });

  it('is the inverse of its reading, also of what is shared', () => {
    const leaf = fc.oneof(
      fc.string(),
      fc.boolean(),
      fc.constant(null),
      fc.double(),
      fc.bigInt(),
      fc.date({ noInvalidDate: true }),
    );
    const name = fc.oneof(fc.constantFrom('$date', '$same', '$plain', '$number', '', 'a', 'b'), fc.string());
    const values = fc.letrec((tie) => ({
      value: fc.oneof(
        leaf,
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(name, tie('value'), { maxKeys: 4 }),
      ),
    })).value;
    fc.assert(
      fc.property(fc.array(values, { minLength: 1, maxLength: 4 }), (shared) => {
        const value = { first: shared, again: [...shared], deep: { again: [{ one: shared[0] }, shared] } };
        expect(fromText(toText(value))).toEqual(value);
      }),
      { numRuns: 300 },
    );
  });
});
