import { GraphQLError, type OperationDefinitionNode, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { EcsError, type EcsErrorCode } from '../../src/ecs/core/errors.ts';
import { requestError, withCode } from '../../src/pipeline/core/public-errors.ts';
import { ERROR_CODES } from '../../src/schema/core/error-codes.ts';
import { startTestApp } from '../support/gateway/test-app.ts';

const ECS_CODES = Object.keys({
  NOT_FOUND: 0,
  INVALID_PARAMETER: 0,
  CONFLICT: 0,
  FAILED_PRECONDITION: 0,
  LIMIT_EXCEEDED: 0,
  UNSUPPORTED_FEATURE: 0,
  FORBIDDEN_UPSTREAM: 0,
  CREDENTIALS_UNAVAILABLE: 0,
  CLOCK_SKEW: 0,
  PAGINATION_EXPIRED: 0,
  UPSTREAM_THROTTLED: 0,
  UPSTREAM_BUDGET: 0,
  UPSTREAM_TIMEOUT: 0,
  UPSTREAM_UNAVAILABLE: 0,
  UPSTREAM_INVALID_RESPONSE: 0,
  UPSTREAM_RESPONSE_TOO_LARGE: 0,
  UPSTREAM_REJECTED: 0,
  QUERY_TOO_EXPENSIVE: 0,
  OUTCOME_UNKNOWN: 0,
} satisfies Record<EcsErrorCode, 0>) as EcsErrorCode[];

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
          extensions: {
            code: 'INTERNAL_SERVER_ERROR',
            retryable: false,
            requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
          },
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

  it('show at most ten places of one error', () => {
    const [operation] = parse(`{ ${'hello '.repeat(40)} }`).definitions as OperationDefinitionNode[];
    const nodes = operation?.selectionSet.selections ?? [];
    const error = withCode(new GraphQLError('They conflict.', { nodes }), 'GRAPHQL_VALIDATION_FAILED');
    expect(error.locations).toHaveLength(10);
    expect(error.locations?.[9]).toEqual({ line: 1, column: 3 + 9 * 'hello '.length });
  });

  it('hides a null of a non-null field', async () => {
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

  it.each([
    ['{ hello(', 'GRAPHQL_PARSE_FAILED', false],
    ['{ hell }', 'GRAPHQL_VALIDATION_FAILED', false],
    ['query ($s: Size!) { hello(size: $s) }', 'BAD_USER_INPUT', false],
    ['query A { hello } query B { hello }', 'OPERATION_RESOLUTION_FAILURE', false],
    ['{ hello coded }', 'NOT_FOUND', false],
  ])('show whether to try again: %s', async (query, code, retryable) => {
    const server = await startTestApp();
    expect((await server.query(query)).errors?.[0]?.extensions).toMatchObject({ code, retryable });
    await server[Symbol.asyncDispose]();
  });

  it('of the server itself say that another, or the next one, will answer', () => {
    expect(requestError('SERVER_DRAINING', '').extensions).toMatchObject({ code: 'SERVER_DRAINING', retryable: true });
  });

  it('of ECS are retryable where the table says so', () => {
    for (const code of ECS_CODES) {
      expect(new EcsError(code, 'DescribeClusters', '').retryable, code).toBe(ERROR_CODES[code].retryable);
    }
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
