import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemberCutter } from '../../../src/ecs/sdk/field-pruner.ts';

const CUT = ['containers', 'overrides'];

/** The same text, parsed completely. */
function without(answer: unknown): unknown {
  const trimmed = Object.entries(answer as object).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.map((item) => (isObject(item) ? omit(item) : item)) : value,
  ]);
  return Object.fromEntries(trimmed);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function omit(item: object): object {
  return Object.fromEntries(Object.entries(item).filter(([name]) => !CUT.includes(name)));
}

const cut = (text: string) => new MemberCutter().cut(Buffer.from(text), CUT);

const name = fc.constantFrom('containers', 'overrides', 'containersOfMine', 'taskArn', 'a"b', 'q\\', 'ü', '');
const string = fc.oneof(fc.string(), fc.constantFrom('"', '\\', '\\"', '}', ']', '{"containers":[', 'Zürich 東京 🚢'));
const value = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    string,
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constantFrom(null, true, false),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(name, tie('value'), { maxKeys: 4 }),
  ),
})).value;
const item = fc.dictionary(name, value, { maxKeys: 6 });
const answer = fc.dictionary(name, fc.oneof(fc.array(fc.oneof(item, value), { maxLength: 4 }), value), {
  minKeys: 1,
  maxKeys: 4,
});

describe('MemberCutter', () => {
  it('leaves of any answer what parsing all of it and leaving out the members would', () => {
    fc.assert(
      fc.property(answer, fc.constantFrom(undefined, 1, '\t \r\n'), (value, space) => {
        const text = cut(JSON.stringify(value, null, space));
        expect(JSON.parse(text ?? 'null')).toEqual(without(JSON.parse(JSON.stringify(value))));
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    ['{"tasks":[{"containers":[1],"taskArn":"a"}]}', '{"tasks":[{"taskArn":"a"}]}'],
    ['{"tasks":[{"taskArn":"a","overrides":{},"containers":"}"}]}', '{"tasks":[{"taskArn":"a"}]}'],
    ['{"tasks":[{"containers":[]},{}],"failures":[]}', '{"tasks":[{},{}],"failures":[]}'],
    ['{"task":{"containers":[1]},"containers":2}', '{"task":{"containers":[1]},"containers":2}'],
    [
      '{"tasks":[{"attachments":[{"containers":1}]},[{"containers":1}]]}',
      '{"tasks":[{"attachments":[{"containers":1}]},[{"containers":1}]]}',
    ],
  ])('makes of %s %s', (text, rest) => {
    expect(cut(text)).toBe(rest);
  });

  it('leaves broken text, or text that is no object, to the parser, wherever it ends', () => {
    const whole = '{ "tasks": [ { "taskArn": "\\"", "containers": [ { "a": "]" } ], "cpu": 1.5 }, null ], "x": true }';
    expect(cut(whole)).toBeDefined();
    for (let end = 0; end < whole.length; end += 1) expect(cut(whole.slice(0, end))).toBeUndefined();
    for (const text of ['{}', '[]', 'null', '"text"', '{"tasks":[{"a":1,}]}', '{"a" 1}', `${whole} x`]) {
      expect(cut(text)).toBeUndefined();
    }
  });

  it('does not try again for a while where most of an answer stays', () => {
    const cutter = new MemberCutter();
    const mostly = Buffer.from(`{"tasks":[{"taskArn":"${'a'.repeat(100)}","overrides":{}}]}`);
    const tried = Array.from({ length: 110 }, () => cutter.cut(mostly, CUT) !== undefined);
    expect(tried.flatMap((wasTried, index) => (wasTried ? [index] : []))).toEqual([0, 51, 102]);
    expect(cutter.cut(mostly, ['taskArn'])).toBe('{"tasks":[{"overrides":{}}]}');
  });
});
