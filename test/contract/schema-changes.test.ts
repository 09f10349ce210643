import { readFileSync } from 'node:fs';
import { buildSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { isDue, readDeprecation } from '../../src/schema/contracts/deprecation.ts';
import { deprecationsOf, mayBreak, mayRemove, schemaChanges } from './schema-changes.ts';

const RELEASE = { version: '1.3.0', today: '2027-06-01' };
const reason = (version: string, date: string) =>
  `Use \`b\`. Removed in ${version} at the earliest, and not before ${date}.`;
const deprecated = (version: string, date: string) => `@deprecated(reason: "${reason(version, date)}")`;
const sdl = (query: string) => `type Query { ${query} } enum Color { RED }`;

describe('the check for breaking changes', () => {
  const committed = readFileSync('schema.graphql', 'utf8');

  it('finds nothing where nothing has changed', () => {
    const nothing = { breaking: [], removals: [], dangerous: [], due: [] };
    expect(schemaChanges(committed, committed, RELEASE)).toMatchObject(nothing);
  });

  it('distinguishes breaking changes from surprising ones', () => {
    expect(schemaChanges(sdl('a: Int b: Color'), sdl('a: String b: Color c: Int'), RELEASE)).toMatchObject({
      breaking: ['Query.a changed type from Int to String.'],
      removals: [],
    });
    expect(schemaChanges(sdl('a(b: Int): Int'), sdl('a(b: Int, c: Int!): Int'), RELEASE).breaking).toHaveLength(1);
    expect(schemaChanges(sdl('a: Color'), sdl('a: Color').replace('RED', 'RED GREEN'), RELEASE)).toMatchObject({
      breaking: [],
      dangerous: ['GREEN was added to enum type Color.'],
    });
  });

  it.each([
    ['that nothing announced', 'a: Int b: Int', ['Query.a was removed.']],
    ['that was announced for this version and day', `a: Int ${deprecated('1.3', '2027-06-01')} b: Int`, []],
    ['that was announced for an earlier one', `a: Int ${deprecated('1.2', '2027-05-31')} b: Int`, []],
    ['before its day', `a: Int ${deprecated('1.3', '2027-06-02')} b: Int`, ['Query.a was removed.']],
    ['before its version', `a: Int ${deprecated('1.4', '2027-01-01')} b: Int`, ['Query.a was removed.']],
    ['before its major version', `a: Int ${deprecated('2.0', '2027-01-01')} b: Int`, ['Query.a was removed.']],
    ['whose deprecation names no version', 'a: Int @deprecated(reason: "Use b.") b: Int', ['Query.a was removed.']],
  ])('refuses the removal of a field %s, or not', (_what, before, removals) => {
    const changes = schemaChanges(sdl(before), sdl('b: Int'), RELEASE);
    expect(changes.removals).toEqual(removals);
    expect(changes.breaking).toEqual(removals);
    expect(changes.due).toEqual(removals.length === 0 ? ['Query.a'] : []);
  });

  it('allows, with what was announced, the types that only it led to', () => {
    const due = deprecated('1.3', '2027-06-01');
    const types = 'type A { c: B } enum B { X } input I { d: J } input J { e: Int }';
    const before = `type Query { a: A ${due} b(i: Int, j: I ${due}): Int } ${types}`;
    expect(schemaChanges(before, 'type Query { b(i: Int): Int }', RELEASE)).toMatchObject({
      breaking: [],
      due: ['Query.a', 'Query.b(j:)'],
    });
    const kept = 'type Query { a: A b(i: Int, j: I): Int }';
    expect(schemaChanges(`${kept} ${types}`, 'type Query { b(i: Int): Int }', RELEASE).removals).toHaveLength(6);
  });

  it('allows the removal of announced enum values and members of inputs', () => {
    const due = deprecated('1.3', '2027-06-01');
    const before = `type Query { a(i: I): E } input I { x: Int y: Int ${due} } enum E { P Q ${due} }`;
    expect(schemaChanges(before, 'type Query { a(i: I): E } input I { x: Int } enum E { P }', RELEASE)).toMatchObject({
      breaking: [],
      due: ['I.y', 'E.Q'],
    });
  });

  it.each([
    ['of two minor versions and six months', '1.5', '2027-12-01', []],
    ['of a major version and six months', '2.0', '2027-12-01', []],
    ['of one minor version', '1.4', '2027-12-01', ['Query.a']],
    ['of five months', '1.5', '2027-11-30', ['Query.a']],
  ])('wants a notice: %s', (_what, version, date, hasty) => {
    const after = sdl(`a: Int ${deprecated(version, date)} b: Int`);
    expect(schemaChanges(sdl('a: Int b: Int'), after, RELEASE).hasty).toEqual(hasty);
  });

  it('refuses to shorten a notice that was given, and a reason without one', () => {
    const given = sdl(`a: Int ${deprecated('1.5', '2027-12-01')} b: Int`);
    const changed = (version: string, date: string) =>
      schemaChanges(given, sdl(`a: Int ${deprecated(version, date)} b: Int`), RELEASE).hasty;
    expect(changed('1.5', '2027-12-01')).toEqual([]);
    expect(changed('1.6', '2028-12-01')).toEqual([]);
    expect(changed('1.4', '2027-12-01')).toEqual(['Query.a']);
    expect(changed('1.5', '2027-11-01')).toEqual(['Query.a']);
    const bare = sdl('a: Int @deprecated(reason: "Old.") b: Int');
    expect(schemaChanges(sdl('a: Int b: Int'), bare, RELEASE).hasty).toEqual(['Query.a']);
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
