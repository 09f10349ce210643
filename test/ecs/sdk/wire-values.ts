import type { NormalizedSchema } from '@smithy/core/schema';
import fc from 'fast-check';
import { FLOATS, LONGS } from '../../../src/ecs/sdk/number-widths.ts';

/** Stand-ins for what no JavaScript value prints as: `toText` puts the real thing in. */
const PROTO = 'PLACE_OF_PROTO';
const HUGE = 'PLACE_OF_HUGE';
const DEEPEST = 5;

/**
 * The SDK turns numbers that a double cannot hold exactly into a BigInt, but only if the engine gives it their text (Node 22 and later). We
 * never do, and ECS sends none: they are compared where the SDK does as we do.
 */
const reviveText = ((_key: string, value: unknown, context?: { source: string }) =>
  context !== undefined || value) as Parameters<typeof JSON.parse>[1];
const WITH_UNSAFE = JSON.parse('1', reviveText) !== true;
const INFINITE = WITH_UNSAFE ? [HUGE] : [];
const isComparable = (value: number) => WITH_UNSAFE || Number.isSafeInteger(value) || !Number.isInteger(value);

/**
 * Random JSON that an answer of this schema could hold: unknown and null members, infinite numbers as text, members named
 * `__type` and `__proto__`. With `odd`, also values of another type, and nulls in lists.
 */
export function wireValue(ns: NormalizedSchema, odd = false, depth = 0, member = ''): fc.Arbitrary<unknown> {
  const value = expected(ns, odd, depth, member);
  if (!odd) return value;
  const wrong = fc.constantFrom<unknown>(null, [], {}, 'text', 7, true, { a: 1 }, [null]);
  return fc.oneof({ weight: 30, arbitrary: value }, { weight: 1, arbitrary: wrong });
}

function expected(ns: NormalizedSchema, odd: boolean, depth: number, member: string): fc.Arbitrary<unknown> {
  if (ns.isStructSchema()) return struct(ns, odd, depth);
  if (ns.isListSchema()) return fc.array(wireValue(ns.getValueSchema(), odd, depth, member), { maxLength: 2 });
  if (ns.isMapSchema()) {
    const key = fc.oneof(fc.string({ maxLength: 5 }), fc.constantFrom(PROTO, 'constructor', '__type'));
    return fc.dictionary(key, wireValue(ns.getValueSchema(), odd, depth), { maxKeys: 3 });
  }
  if (ns.isTimestampSchema()) {
    return fc.oneof(
      fc.double({ min: 0, max: 4e9, noNaN: true }),
      fc.integer({ min: 0, max: 2 ** 31 }),
      fc.constantFrom<unknown>('1700000000.123', '1700000000', 'yesterday', '', ...INFINITE, -1.5),
    );
  }
  if (ns.isBooleanSchema()) return fc.boolean();
  if (ns.isNumericSchema()) {
    return odd
      ? fc.oneof(fc.integer(), fc.constantFrom<unknown>('12', 'NaN', 'Infinity', 1.5, 2 ** 31))
      : number(member);
  }
  if (ns.isDocumentSchema()) return fc.jsonValue({ maxDepth: 2 });
  return fc.string({ maxLength: 8 });
}

/** A number that the member can hold. */
function number(member: string): fc.Arbitrary<unknown> {
  if (LONGS.has(member)) return fc.maxSafeInteger();
  return FLOATS.has(member) ? fc.double({ noNaN: true, noDefaultInfinity: true }).filter(isComparable) : fc.integer();
}

function struct(ns: NormalizedSchema, odd: boolean, depth: number): fc.Arbitrary<unknown> {
  const members = depth >= DEEPEST ? [] : [...ns.structIterator()];
  const unknown = fc.dictionary(
    fc.constantFrom('aMemberOfTomorrow', 'toString', '__type', '$unknown', PROTO),
    fc.oneof(fc.string({ maxLength: 4 }), fc.constant(null), fc.constant({ surprise: [1] })),
    { maxKeys: 2 },
  );
  const most = ns.isUnionSchema() ? 2 : 6;
  const known = fc.subarray(members, { maxLength: Math.min(members.length, most) }).chain((chosen) =>
    fc.record(
      Object.fromEntries(
        chosen.map(([name, member]) => {
          return [name, fc.option(wireValue(member, odd, depth + 1, `${ns.getName()}.${name}`), { freq: 12 })];
        }),
      ),
    ),
  );
  return fc
    .tuple(known, fc.oneof({ weight: 4, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: unknown }), fc.boolean())
    .map(([own, more, moreFirst]) => (moreFirst ? { ...more, ...own } : { ...own, ...more }));
}

/** The value as it stands on the wire. */
export function toText(value: unknown): string {
  return JSON.stringify(value).replaceAll(`"${PROTO}":`, '"__proto__":').replaceAll(`"${HUGE}"`, '1e999');
}
