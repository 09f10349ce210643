import type { GraphQLSchema } from 'graphql';
import { createSchema } from '../../../src/schema/index.ts';

let schema: GraphQLSchema | undefined;

/** One schema for all gateways of a test process: it holds no state, and building it takes longer than most tests. */
export function sharedSchema(): GraphQLSchema {
  schema ??= createSchema();
  return schema;
}
