import { GraphQLSchema, lexicographicSortSchema, printSchema, validateSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { sharedSchema } from '../support/gateway/shared-schema.ts';

describe('the schema', () => {
  it('is valid, which nothing checks at run time', () => {
    const schema = sharedSchema();
    expect(Object.keys(schema.getTypeMap()).length).toBeGreaterThan(600);
    expect(validateSchema(new GraphQLSchema({ ...schema.toConfig(), assumeValid: false }))).toEqual([]);
  });

  it('is in the order of the names, as introspection and schema.graphql show it', () => {
    const schema = sharedSchema();
    expect(printSchema(schema)).toBe(printSchema(lexicographicSortSchema(schema)));
  });
});
