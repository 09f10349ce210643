import {
  type GraphQLFieldConfig,
  type GraphQLInterfaceType,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLResolveInfo,
  GraphQLScalarType,
  GraphQLSchema,
  GraphQLString,
  GraphQLUnionType,
} from 'graphql';
import type { GraphContext } from '../core/context.ts';
import { badUserInput } from '../core/errors.ts';
import { encodeNodeId, readNodeId } from '../core/node-id.ts';
import { arnTypeOf } from '../core/reference.ts';
import { checkedArn } from '../graph/entity.ts';
import { type EntityKeys, entityKeys } from './keys.ts';
import { subgraphSdl } from './subgraph-sdl.ts';

const ARGUMENT = 'representations';
/** Gateways send one representation for each object of a list. Documents hold few more: each is three items of variables. */
const MOST_REPRESENTATIONS = 500;

/**
 * The schema with the fields by which a gateway of Apollo Federation 2 uses it. `_entities` resolves by the field
 * `node` of the same schema, so that the policies which guard `node` guard it too.
 */
export function federate(schema: GraphQLSchema): GraphQLSchema {
  const query = schema.getQueryType();
  if (!query) throw new Error('a schema without queries');
  const keys = entityKeys(schema);
  const sdl = subgraphSdl(schema);
  const config = query.toConfig();
  const extended = new GraphQLObjectType({
    ...config,
    fields: { ...config.fields, _service: serviceField(sdl), _entities: entitiesField(schema, keys) },
  });
  const types = schema.toConfig().types.filter((type) => type !== query);
  return new GraphQLSchema({ ...schema.toConfig(), query: extended, types });
}

function serviceField(sdl: string): GraphQLFieldConfig<unknown, GraphContext> {
  return {
    type: new GraphQLNonNull(
      new GraphQLObjectType({
        name: '_Service',
        description: 'The subgraph as a gateway of Apollo Federation reads it.',
        fields: { sdl: { type: GraphQLString, description: 'Its schema, with the directives of Federation 2.' } },
      }),
    ),
    description: 'The subgraph, for a gateway of Apollo Federation. Costs no call.',
    resolve: () => ({ sdl }),
  };
}

function entitiesField(
  schema: GraphQLSchema,
  keys: ReadonlyMap<string, EntityKeys>,
): GraphQLFieldConfig<unknown, GraphContext> {
  const node = schema.getType('Node') as GraphQLInterfaceType;
  const entity = new GraphQLUnionType({
    name: '_Entity',
    description: 'An object that other subgraphs may refer to by one of its keys.',
    types: [...keys.values()].map(({ type }) => type),
    resolveType: (source, context, info) => node.resolveType?.(source, context, info, node),
  });
  const representation = new GraphQLScalarType({
    name: '_Any',
    description: 'A type name and a key: `{ "__typename": "Service", "serviceArn": "arn:..." }`.',
  });
  return {
    type: new GraphQLNonNull(new GraphQLList(entity)),
    description:
      'The objects with these keys, in the same order, for a gateway of Apollo Federation. Null for each that does not exist. Keys of one type share Describe calls.',
    args: {
      [ARGUMENT]: {
        type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(representation))),
        description: `Up to ${MOST_REPRESENTATIONS} type names with a key each.`,
      },
    },
    extensions: { ecsCost: 1 },
    resolve(root, args, context, info) {
      const given = args[ARGUMENT] as readonly unknown[];
      if (given.length > MOST_REPRESENTATIONS)
        throw badUserInput(ARGUMENT, `must not be more than ${MOST_REPRESENTATIONS}`);
      return given.map((one) => resolveEntity(root, one, context, info, keys));
    },
  };
}

async function resolveEntity(
  root: unknown,
  given: unknown,
  context: GraphContext,
  info: GraphQLResolveInfo,
  keys: ReadonlyMap<string, EntityKeys>,
): Promise<unknown> {
  const { __typename: name, ...key } = (given ?? {}) as Readonly<Record<string, unknown>>;
  const entity = typeof name === 'string' ? keys.get(name) : undefined;
  if (entity === undefined) throw badUserInput(ARGUMENT, 'must name types with a key in __typename');
  const id = idOf(entity, key, context);
  // Not the field of the schema that was given: policies guard that of the schema which is served.
  const resolve = info.schema.getQueryType()?.getFields().node?.resolve;
  return resolve?.(root, { id }, context, info);
}

function idOf({ type, arn }: EntityKeys, key: Readonly<Record<string, unknown>>, context: GraphContext): string {
  const { id } = key;
  if (typeof id === 'string') {
    if (readNodeId(id)?.type === type.name) return id;
    throw badUserInput(ARGUMENT, `must hold ids of the type in __typename, which is ${type.name}`);
  }
  const text = arn === undefined ? undefined : key[arn];
  if (typeof text !== 'string')
    throw badUserInput(ARGUMENT, `must hold id${arn === undefined ? '' : ` or ${arn}`} for ${type.name}`);
  return encodeNodeId({
    type: type.name,
    parts: [checkedArn(context, ARGUMENT, arnTypeOf(type.name as never), text)],
  });
}
