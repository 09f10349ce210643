import { getIntrospectionQuery } from 'graphql';
import { describe, expect, it } from 'vitest';
import { startTestApp } from '../../support/gateway/test-app.ts';

const QUERY = getIntrospectionQuery({
  descriptions: true,
  directiveIsRepeatable: true,
  inputValueDeprecation: true,
  oneOf: true,
  schemaDescription: true,
  specifiedByUrl: true,
});
const TIGHT = {
  maxDocument: 200,
  maxTokens: 60,
  maxDepth: 1,
  maxFields: 10,
  maxAliases: 1,
  maxRootFields: 1,
  maxDirectives: 1,
  maxDuplicates: 1,
  maxFragments: 1,
  maxVariables: 1,
  maxCost: 1,
  maxObjects: 1,
  maxResponse: 200,
};

describe('introspection', () => {
  it.each([...Object.entries(TIGHT).map(([name, value]) => ({ [name]: value })), TIGHT])(
    'is exempt from every limit: %o',
    async (limits) => {
      await using server = await startTestApp(limits);
      const { status, data, errors } = await server.query(QUERY);
      expect([status, errors]).toEqual([200, undefined]);
      expect(data).toMatchObject({ __schema: { queryType: { name: 'Query' } } });
    },
  );

  const fields = Array.from({ length: 11 }, (_, at) => `f${at}: hello`).join(' ');
  it.each([
    ['beside data', `{ __schema { queryType { name } } ${fields} }`, 'QUERY_TOO_LARGE'],
    ['in a comment', `{ ${fields} } # __schema`, 'QUERY_TOO_LARGE'],
    ['as an alias of data', `{ __schema: hello ${fields} }`, 'QUERY_TOO_LARGE'],
    [
      'in a fragment that is not used',
      `{ ${fields} } fragment f on Query { __schema { types { name } } }`,
      'QUERY_TOO_LARGE',
    ],
    ['beside another operation', `query a { __schema { types { name } } } query b { ${fields} }`, 'QUERY_TOO_LARGE'],
    [
      'of more than tools ask for',
      `{ __schema { ${Array.from({ length: 500 }, (_, at) => `f${at}: description`).join(' ')} } }`,
      'QUERY_TOO_LARGE',
    ],
  ])('is no way around the limits: %s', async (_name, query, code) => {
    await using server = await startTestApp({ maxFields: 10, maxAliases: 0 });
    const { errors } = await server.query(query);
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual([code]);
  });

  it('does not lengthen answers of data that are named like it', async () => {
    await using server = await startTestApp({ maxResponse: 200 });
    const { errors } = await server.query('{ __schema: filler(length: 300) }');
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['RESPONSE_TOO_LARGE']);
  });

  it('is refused where it is turned off', async () => {
    await using server = await startTestApp({ introspection: false, maxFields: 10 });
    const { errors } = await server.query('{ __schema { queryType { name } } }');
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['INTROSPECTION_DISABLED']);
  });
});
