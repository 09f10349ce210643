import { GraphQLScalarType } from 'graphql';
import { expect, it } from 'vitest';
import { sharedSchema } from '../../support/gateway/shared-schema.ts';

it('JSON writes integers beyond 53 bits as the nearest number, at any depth', () => {
  const json = sharedSchema().getType('JSON') as GraphQLScalarType;
  expect(json).toBeInstanceOf(GraphQLScalarType);
  const document = { limit: -9007199254740992n, list: [1, { deep: 2n }], text: 'x', nothing: null };
  const written = json.serialize(document);
  expect(JSON.stringify(written)).toBe('{"limit":-9007199254740992,"list":[1,{"deep":2}],"text":"x","nothing":null}');
});
