import { MapperKind, mapSchema } from '@graphql-tools/utils';
import type { GraphQLSchema } from 'graphql';
import { CORE, tagOf } from './tag-contracts.ts';

/** The contract `core` of a schema with tags: it omits everything tagged with an area. */
export function coreOf(schema: GraphQLSchema): GraphQLSchema {
  return mapSchema(schema, {
    [MapperKind.TYPE]: (type) => ((tagOf(type) ?? CORE) === CORE ? undefined : null),
    [MapperKind.FIELD]: (field) => (tagOf(field as never) === undefined ? undefined : null),
  });
}
