import { type GraphQLObjectType, type GraphQLSchema, isObjectType } from 'graphql';
import { isNoun } from '../access/nouns.ts';

/** Types that other subgraphs have too, with the same fields and the same meaning. */
export const SHARED: ReadonlySet<string> = new Set(['PageInfo', 'Tag']);

/** Root fields that each subgraph answers for its own ids only: in a supergraph they would find a part. */
export const OWN_ROOT_FIELDS: ReadonlySet<string> = new Set(['node', 'nodes']);

/** The keys of an entity: the id, and the ARN where it has one of its own. */
export interface EntityKeys {
  readonly type: GraphQLObjectType;
  readonly arn: string | undefined;
}

/** Every type that implements Node, with its keys, by name. */
export function entityKeys(schema: GraphQLSchema): ReadonlyMap<string, EntityKeys> {
  const entities = Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .filter((type) => type.getInterfaces().some(({ name }) => name === 'Node'));
  return new Map(entities.map((type) => [type.name, { type, arn: arnOf(type) }]));
}

/** An Express service has the ARN of a service, so only one of the two can have it as a key. */
function arnOf(type: GraphQLObjectType): string | undefined {
  const { name } = type;
  const field = `${name[0]?.toLowerCase()}${name.slice(1)}Arn`;
  return isNoun(name) && Object.hasOwn(type.getFields(), field) ? field : undefined;
}
