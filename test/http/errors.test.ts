import { describe, expect, it } from 'vitest';
import { ERROR_CODES } from '../../src/schema/error-codes.ts';
import { startTestApp } from '../support/test-app.ts';

describe('errors', () => {
  it('hides unknown ones behind an id that the log explains', async () => {
    const server = await startTestApp({}, { expectErrors: true });
    const answer = await server.query('{ hello crash }');
    expect(answer).toEqual({
      status: 200,
      data: { hello: 'hello world', crash: null },
      errors: [
        {
          message: 'Internal server error.',
          path: ['crash'],
          locations: [{ line: 1, column: 9 }],
          extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
        },
      ],
      extensions: expect.anything(),
    });
    const requestId = answer.errors?.[0]?.extensions.requestId;
    expect(server.logs).toContainEqual(
      expect.objectContaining({ level: 'error', requestId, msg: 'internal error', path: 'crash' }),
    );
    await server[Symbol.asyncDispose]();
  });

  it('hides a null where the schema has none', async () => {
    const server = await startTestApp({}, { expectErrors: true });
    const answer = await server.query('{ missing }');
    expect(answer).toMatchObject({ data: null, errors: [{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }] });
    await server[Symbol.asyncDispose]();
  });

  it('shows coded ones, and leaves their siblings alone', async () => {
    const server = await startTestApp();
    const answer = await server.query('{ hello coded }');
    expect(answer).toMatchObject({
      status: 200,
      data: { hello: 'hello world', coded: null },
      errors: [
        {
          message: 'no such cluster',
          path: ['coded'],
          extensions: { code: 'NOT_FOUND', operation: 'DescribeClusters' },
        },
      ],
    });
    await server[Symbol.asyncDispose]();
  });

  it('calls variables that do not fit BAD_USER_INPUT, 5 of them at most', async () => {
    const server = await startTestApp();
    const answer = await server.query('query ($i: [String]) { nodes(ids: $i) { name } }', { i: Array(20).fill({}) });
    expect(answer.status).toBe(400);
    expect(answer.errors?.map((error) => error.extensions.code)).toEqual(Array(5).fill('BAD_USER_INPUT'));
    await server[Symbol.asyncDispose]();
  });

  it.each([
    ['a field', '{ hell }', undefined],
    ['an argument', '{ hello(nam: "x") }', undefined],
    ['an enum literal', '{ hello(size: SMAL) }', undefined],
    ['an enum in a variable', 'query ($s: Size) { hello(size: $s) }', { s: 'SMAL' }],
    ['an input field', '{ hello(filter: { colour: "x" }) }', undefined],
    ['an input field in a variable', 'query ($f: ItemFilter) { hello(filter: $f) }', { f: { colour: 'x' } }],
    ['a type', 'query ($f: ItemFiltr) { hello(filter: $f) }', undefined],
    ['a fragment’s type', '{ item { ... on Itm { name } } }', undefined],
  ])('do not name near misses of %s where introspection is off', async (_name, query, variables) => {
    const closed = await startTestApp({ introspection: false });
    const open = await startTestApp();
    const hidden = JSON.stringify((await closed.query(query, variables)).errors);
    const shown = JSON.stringify((await open.query(query, variables)).errors);
    expect(hidden).not.toContain('Did you mean');
    expect(shown).toContain('Did you mean');
    await closed[Symbol.asyncDispose]();
    await open[Symbol.asyncDispose]();
  });

  it.each([
    '{ __schema { types { name } } }',
    '{ s: __schema { types { name } } }',
    '{ ...F } fragment F on Query { __type(name: "Item") { name } }',
  ])('refuse introspection where it is off: %s', async (query) => {
    const server = await startTestApp({ introspection: false });
    expect((await server.query(query)).errors?.[0]?.extensions.code).toBe('INTROSPECTION_DISABLED');
    expect((await server.query('{ __typename }')).data).toEqual({ __typename: 'Query' });
    await server[Symbol.asyncDispose]();
  });

  it('have codes that are described', () => {
    for (const [code, info] of Object.entries(ERROR_CODES)) {
      expect(code).toMatch(/^[A-Z_]+$/);
      expect(info.description).toMatch(/^[A-Z`].*\.$/);
    }
  });
});
