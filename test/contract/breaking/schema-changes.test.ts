import { readFileSync } from 'node:fs';
import { buildSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { isDue, readDeprecation } from '../../../src/schema/contracts/deprecation.ts';
import { deprecationsOf, mayBreak, mayRemove, schemaChanges } from './schema-changes.ts';

const RELEASE = { version: '1.3.0', today: '2027-06-01' };
const reason = (version: string, date: string) =>
  `Use \`b\`. Removed in ${version} at the earliest, and not before ${date}.`;
const deprecated = (version: string, date: string) => `@deprecated(reason: "${reason(version, date)}")`;
const sdl = (query: string) => `type Query { ${query} } enum Color { RED }`;

describe('the check for breaking changes', () => {
  const committed = readFileSync('schema.graphql', 'utf8');

  it('finds nothing where nothing has changed', async () => {
    const nothing = { breaking: [], removals: [], dangerous: [], due: [] };
    expect(await schemaChanges(committed, committed, RELEASE)).toMatchObject(nothing);
  });

  const input = (members: string) => `type Query { a(b: In): Int } input In${members}`;
  const roots = (extra: string) => `type Query { a: Int } type Ticks { tick: Int } schema { query: Query ${extra} }`;
  const nonNull = (use: string) => `directive @semanticNonNull on FIELD_DEFINITION type Query { a: Int ${use} }`;

  it.each([
    ['another type', sdl('a: Int'), sdl('a: String'), "Field 'Query.a' changed type from 'Int' to 'String'"],
    ['a required argument', sdl('a: Int'), sdl('a(b: Int!): Int'), "Argument 'b: Int!' added to field 'Query.a'"],
    [
      'an input that takes one member only',
      input(' { a: Int b: Int }'),
      input(' @oneOf { a: Int b: Int }'),
      "Directive 'oneOf' was added to input object 'In'",
    ],
    [
      'no subscriptions any more',
      roots('subscription: Ticks'),
      roots(''),
      "Schema subscription type 'Ticks' was removed.",
    ],
    [
      'a field that may be null now',
      nonNull('@semanticNonNull'),
      nonNull(''),
      "Directive 'semanticNonNull' was removed from field 'Query.a'",
    ],
    [
      'an argument without a default that has to be given now',
      sdl('a(b: Int! = 1): Int'),
      sdl('a(b: Int!): Int'),
      "Default value for argument 'b' on field 'Query.a' changed from '1' to 'undefined'",
    ],
    [
      'a member without a default that has to be given now',
      input(' { a: Int! = 1 }'),
      input(' { a: Int! }'),
      "Input field 'In.a' default value changed from '1' to 'undefined'",
    ],
  ])('calls it breaking: %s', async (_what, before, after, message) => {
    expect(await schemaChanges(before, after, RELEASE)).toMatchObject({ breaking: [message], removals: [] });
  });

  it.each([
    [
      'an enum value',
      sdl('a: Color'),
      sdl('a: Color').replace('RED', 'RED GREEN'),
      "Enum value 'GREEN' was added to enum 'Color'",
    ],
    [
      'another default of an argument',
      sdl('a(b: Int = 1): Int'),
      sdl('a(b: Int = 2): Int'),
      "Default value for argument 'b' on field 'Query.a' changed from '1' to '2'",
    ],
    [
      'another default of an argument that is not null',
      sdl('a(b: Int! = 1): Int'),
      sdl('a(b: Int! = 2): Int'),
      "Default value for argument 'b' on field 'Query.a' changed from '1' to '2'",
    ],
    [
      'no default any more of an argument that may be null',
      sdl('a(b: Int = 1): Int'),
      sdl('a(b: Int): Int'),
      "Default value for argument 'b' on field 'Query.a' changed from '1' to 'undefined'",
    ],
    [
      'another default of an input member',
      input(' { a: Int = 1 }'),
      input(' { a: Int = 2 }'),
      "Input field 'In.a' default value changed from '1' to '2'",
    ],
  ])('calls it dangerous, not breaking: %s', async (_what, before, after, message) => {
    expect(await schemaChanges(before, after, RELEASE)).toMatchObject({ breaking: [], dangerous: [message] });
  });

  it.each([
    ['a field', sdl('a: Int'), sdl('a: Int b: Int')],
    ['an argument', sdl('a: Int'), sdl('a(b: Int): Int')],
    ['a tag', 'directive @tag on OBJECT type Query { a: Int }', 'directive @tag on OBJECT type Query @tag { a: Int }'],
    ['a field that is not null any more', sdl('a: Int'), sdl('a: Int!')],
  ])('calls it neither: %s', async (_what, before, after) => {
    expect(await schemaChanges(before, after, RELEASE)).toMatchObject({ breaking: [], dangerous: [] });
  });

  it.each([
    ['that nothing announced', 'a: Int b: Int', ["Field 'a' was removed from object type 'Query'"]],
    ['that was announced for this version and day', `a: Int ${deprecated('1.3', '2027-06-01')} b: Int`, []],
    ['that was announced for an earlier one', `a: Int ${deprecated('1.2', '2027-05-31')} b: Int`, []],
    [
      'before its day',
      `a: Int ${deprecated('1.3', '2027-06-02')} b: Int`,
      ["Field 'a' (deprecated) was removed from object type 'Query'"],
    ],
    [
      'before its version',
      `a: Int ${deprecated('1.4', '2027-01-01')} b: Int`,
      ["Field 'a' (deprecated) was removed from object type 'Query'"],
    ],
    [
      'before its major version',
      `a: Int ${deprecated('2.0', '2027-01-01')} b: Int`,
      ["Field 'a' (deprecated) was removed from object type 'Query'"],
    ],
    [
      'whose deprecation names no version',
      'a: Int @deprecated(reason: "Use b.") b: Int',
      ["Field 'a' (deprecated) was removed from object type 'Query'"],
    ],
  ])('refuses the removal of a field %s, or not', async (_what, before, removals) => {
    const changes = await schemaChanges(sdl(before), sdl('b: Int'), RELEASE);
    expect(changes.removals).toEqual(removals);
    expect(changes.breaking).toEqual(removals);
    expect(changes.due).toEqual(removals.length === 0 ? ['Query.a'] : []);
  });

  it('allows, with what was announced, the types that only it led to', async () => {
    const due = deprecated('1.3', '2027-06-01');
    const types = 'type A { c: B } enum B { X } input I { d: J } input J { e: Int }';
    const before = `type Query { a: A ${due} b(i: Int, j: I ${due}): Int } ${types}`;
    expect(await schemaChanges(before, 'type Query { b(i: Int): Int }', RELEASE)).toMatchObject({
      breaking: [],
      due: ['Query.a', 'Query.b(j:)'],
    });
    const kept = 'type Query { a: A b(i: Int, j: I): Int }';
    const changes = await schemaChanges(`${kept} ${types}`, 'type Query { b(i: Int): Int }', RELEASE);
    expect(changes.removals).toHaveLength(6);
  });

  it('allows the removal of announced enum values and members of inputs', async () => {
    const due = deprecated('1.3', '2027-06-01');
    const before = `type Query { a(i: I): E } input I { x: Int y: Int ${due} } enum E { P Q ${due} }`;
    expect(
      await schemaChanges(before, 'type Query { a(i: I): E } input I { x: Int } enum E { P }', RELEASE),
    ).toMatchObject({
      breaking: [],
      due: ['I.y', 'E.Q'],
    });
  });

  it.each([
    ['of two minor versions and six months', '1.5', '2027-12-01', []],
    ['of a major version and six months', '2.0', '2027-12-01', []],
    ['of one minor version', '1.4', '2027-12-01', ['Query.a']],
    ['of five months', '1.5', '2027-11-30', ['Query.a']],
  ])('wants a notice: %s', async (_what, version, date, hasty) => {
    const after = sdl(`a: Int ${deprecated(version, date)} b: Int`);
    expect((await schemaChanges(sdl('a: Int b: Int'), after, RELEASE)).hasty).toEqual(hasty);
  });

  it('refuses to shorten a notice that was given, and a reason without one', async () => {
    const given = sdl(`a: Int ${deprecated('1.5', '2027-12-01')} b: Int`);
    const changed = async (version: string, date: string) =>
      (await schemaChanges(given, sdl(`a: Int ${deprecated(version, date)} b: Int`), RELEASE)).hasty;
    expect(await changed('1.5', '2027-12-01')).toEqual([]);
    expect(await changed('1.6', '2028-12-01')).toEqual([]);
    expect(await changed('1.4', '2027-12-01')).toEqual(['Query.a']);
    expect(await changed('1.5', '2027-11-01')).toEqual(['Query.a']);
    const bare = sdl('a: Int @deprecated(reason: "Old.") b: Int');
    expect((await schemaChanges(sdl('a: Int b: Int'), bare, RELEASE)).hasty).toEqual(['Query.a']);
  });

  it.each([
    ['v0.1.0', '0.1.1', false, false],
    ['v0.1.0', '0.2.0', true, true],
    ['v0.9.0', '1.0.0', true, true],
    ['v1.4.0', '1.5.0', false, false],
    ['v1.4.0', '2.0.0', true, false],
  ])(
    'lets only a new line of versions break, and none after 1.0 remove unannounced: %s -> %s',
    (base, version, mayDo, mayGo) => {
      expect({ break: mayBreak(base, version), remove: mayRemove(base, version) }).toEqual({
        break: mayDo,
        remove: mayGo,
      });
    },
  );
});

describe('deprecations', () => {
  const committed = buildSchema(readFileSync('schema.graphql', 'utf8'));

  it('name what to use instead, and the first version and day of the removal', () => {
    const all = [...deprecationsOf(committed)];
    expect(all.length).toBeGreaterThan(3);
    expect(all.filter(([, given]) => readDeprecation(given) === undefined)).toEqual([]);
  });

  it('are read as docs/versioning.md writes them', () => {
    expect(readDeprecation(reason('1.2', '2027-03-01'))).toEqual({
      successor: '`b`',
      version: [1, 2],
      date: '2027-03-01',
    });
    const withdrawn =
      'AWS has withdrawn this. Nothing takes its place. Removed in 2.0 at the earliest, and not before 2027-12-01.';
    expect(readDeprecation(withdrawn)).toEqual({ successor: undefined, version: [2, 0], date: '2027-12-01' });
    expect(readDeprecation('Use `b`. Removed in 1.2.')).toBeUndefined();
    expect(readDeprecation(reason('1.2', '2027-13-41'))).toBeUndefined();
    expect(readFileSync('docs/versioning.md', 'utf8')).toContain(
      reason('1.2', '2027-09-01').replace('`b`', '`clusters`'),
    );
  });

  it('are due when both the version and the day have come', () => {
    const given = { successor: 'b', version: [1, 2], date: '2027-03-01' } as const;
    expect(isDue(given, '1.2.0', '2027-03-01')).toBe(true);
    expect(isDue(given, '1.10.0', '2028-01-01')).toBe(true);
    expect(isDue(given, '2.0.0', '2027-03-01')).toBe(true);
    expect(isDue(given, '1.1.9', '2028-01-01')).toBe(false);
    expect(isDue(given, '1.2.0', '2027-02-28')).toBe(false);
  });
});
