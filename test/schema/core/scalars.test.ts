import { execute, type GraphQLSchema, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createBuilder } from '../../../src/schema/sdk-types/create-builder.ts';

const schema = echoSchema();

/** A field for each scalar that answers what it was given. */
function echoSchema(): GraphQLSchema {
  const builder = createBuilder();
  for (const type of ['DateTime', 'JSON', 'Long', 'StringMap'] as const) {
    builder.queryField(type, (t) =>
      t.field({
        type,
        args: { value: t.arg({ type, required: true }) },
        resolve: (_root, { value }) => value as never,
      }),
    );
  }
  return builder.toSchema();
}

async function echo(type: string, value: unknown) {
  const document = parse(`query ($value: ${type}!) { ${type}(value: $value) }`);
  const result = await execute({ schema, document, variableValues: { value } });
  return result.errors ? result.errors[0]?.message : result.data?.[type];
}

async function echoLiteral(type: string, literal: string, variableValues: Record<string, unknown> = {}, header = '') {
  const document = parse(`query ${header} { ${type}(value: ${literal}) }`);
  const [invalid] = validate(schema, document);
  if (invalid) return invalid.message;
  const result = await execute({ schema, document, variableValues });
  return result.errors ? result.errors[0]?.message : result.data?.[type];
}

it.each([
  ['DateTime', '"now"'],
  ['Long', '"many"'],
  ['StringMap', '7'],
])('an error about a literal %s says where it is', (type, literal) => {
  const [error] = validate(schema, parse(`{ ${type}(value: ${literal}) }`));
  expect(error?.locations).toEqual([{ line: 1, column: `{ ${type}(value: `.length + 1 }]);
});

describe('DateTime', () => {
  it.each([
    ['2026-11-22T03:21:00Z', '2026-11-22T03:21:00.000Z'],
    ['2026-11-22T03:21:00.5+01:00', '2026-11-22T02:21:00.500Z'],
    ['2024-02-29t23:59:59z', '2024-02-29T23:59:59.000Z'],
  ])('takes %s', async (value, expected) => {
    expect(await echo('DateTime', value)).toBe(expected);
    expect(await echoLiteral('DateTime', JSON.stringify(value))).toBe(expected);
  });

  it.each(['2026-02-29T00:00:00Z', '2026-11-22', '2026-11-22T03:21:00', '2026-13-01T00:00:00Z', 'now', 0, true])(
    'refuses %s',
    async (value) => {
      expect(await echo('DateTime', value)).toContain('DateTime needs an RFC 3339 moment');
      expect(await echoLiteral('DateTime', JSON.stringify(value))).toContain('DateTime needs an RFC 3339 moment');
    },
  );
});

describe('Long', () => {
  it.each([0, -1, 2 ** 31, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER])('takes %d', async (value) => {
    expect(await echo('Long', value)).toBe(value);
    expect(await echoLiteral('Long', String(value))).toBe(value);
  });

  it.each([2 ** 53, 0.5, '1', true])('refuses %s', async (value) => {
    expect(await echo('Long', value)).toContain('Long needs an integer');
    expect(await echoLiteral('Long', JSON.stringify(value))).toContain('Long needs an integer');
  });
});

describe('StringMap', () => {
  it('takes objects of strings, also with variables inside a literal', async () => {
    const value = { 'com.example.team': 'web', ['__proto__']: 'x' };
    expect(await echo('StringMap', JSON.parse(JSON.stringify(value)))).toEqual(value);
    expect(await echoLiteral('StringMap', '{ a: "1", b: $b }', { b: '2' }, '($b: String!)')).toEqual({
      a: '1',
      b: '2',
    });
  });

  it.each([[['a']], ['a'], [{ a: 1 }], [{ a: null }], [{ a: { b: 'c' } }]])('refuses %j', async (value) => {
    expect(await echo('StringMap', value)).toContain('StringMap needs');
  });

  it('refuses literals that are no map of strings', async () => {
    expect(await echoLiteral('StringMap', '{ a: 1 }')).toContain('StringMap needs a string at "a"');
    expect(await echoLiteral('StringMap', '{ a: $a }', { a: 1 }, '($a: Int)')).toContain('value');
  });
});

describe('JSON', () => {
  it.each([[{ a: [1, 'b', true, null, { c: 0.5 }] }], [[]], ['text'], [1], [false]])('takes %j', async (value) => {
    expect(await echo('JSON', value)).toEqual(value);
  });

  it('takes literals, with variables inside', async () => {
    const literal = '{ a: [1, "b", true, null, { c: 0.5 }], e: NAME, d: $d }';
    const expected = { a: [1, 'b', true, null, { c: 0.5 }], e: 'NAME', d: { x: 1 } };
    expect(await echoLiteral('JSON', literal, { d: { x: 1 } }, '($d: JSON)')).toEqual(expected);
  });
});
