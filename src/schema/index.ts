import { GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql';

/** The whole graph. */
export function createSchema(): GraphQLSchema {
  return new GraphQLSchema({
    query: new GraphQLObjectType({
      name: 'Query',
      fields: { version: { type: GraphQLString, resolve: () => '0.1.0' } },
    }),
  });
}
