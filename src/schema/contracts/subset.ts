import { MapperKind, mapSchema } from '@graphql-tools/utils';
import {
  type GraphQLArgument,
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isObjectType,
  isUnionType,
} from 'graphql';

/**
 * The part of a schema about some nouns: their fields, what these consist of, and the queries, mutations and
 * subscriptions that return them. Links to other nouns are left out, so that the part stays small, and is valid.
 * @param names of nouns
 */
export function subsetOf(schema: GraphQLSchema, names: readonly string[]): GraphQLSchema {
  const nouns = nounsOf(schema);
  const kept = new Set(names);
  const isForeign = (type: GraphQLNamedType) => nouns.has(type.name) && !kept.has(type.name);
  const leadsAway = awayFrom(schema, isForeign);
  const roots = new Set([schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]);
  const rootNames = new Set([...roots].flatMap((type) => type?.name ?? []));
  const returnsKept = returning(schema, kept, leadsAway);
  const cut = mapSchema(schema, {
    [MapperKind.OBJECT_FIELD]: ({ type }, fieldName, typeName) => {
      const { name } = getNamedType(type as GraphQLOutputType);
      if (leadsAway.has(name)) return null;
      if (!rootNames.has(typeName) || fieldName === 'node' || fieldName === 'nodes') return undefined;
      return returnsKept.has(name) ? undefined : null;
    },
    [MapperKind.INTERFACE_FIELD]: ({ type }) =>
      leadsAway.has(getNamedType(type as GraphQLOutputType).name) ? null : undefined,
    [MapperKind.TYPE]: (type) => (isForeign(type) || leadsAway.has(type.name) ? null : undefined),
  });
  return pruned(cut);
}

/** Names of the nouns: object types that have an id. */
export function nounsOf(schema: GraphQLSchema): ReadonlySet<string> {
  const node = schema.getType('Node');
  const types = isInterfaceType(node) ? schema.getPossibleTypes(node) : [];
  return new Set(types.map(({ name }) => name));
}

/** Types that are of no use without the foreign ones: connections, edges and payloads of those, and unions of nothing else. */
function awayFrom(schema: GraphQLSchema, isForeign: (type: GraphQLNamedType) => boolean): ReadonlySet<string> {
  const away = new Set(Object.values(schema.getTypeMap()).flatMap((type) => (isForeign(type) ? type.name : [])));
  for (let before = -1; before !== away.size; ) {
    before = away.size;
    for (const type of Object.values(schema.getTypeMap())) {
      if (away.has(type.name)) continue;
      if (isUnionType(type) && type.getTypes().every(({ name }) => away.has(name))) away.add(type.name);
      if (!isObjectType(type) || isRoot(schema, type)) continue;
      // A list of nodes, or an edge to one, is nothing without its nodes.
      const item = type.getFields().nodes ?? (type.name.endsWith('Edge') ? type.getFields().node : undefined);
      const of = item && getNamedType(item.type);
      const isEmpty = Object.values(type.getFields()).every((field) => away.has(getNamedType(field.type).name));
      if ((of !== undefined && away.has(of.name)) || isEmpty) away.add(type.name);
    }
  }
  return away;
}

/** Types through whose fields some nouns are reached, and the nouns. */
function returning(schema: GraphQLSchema, nouns: ReadonlySet<string>, away: ReadonlySet<string>): ReadonlySet<string> {
  const found = new Set(nouns);
  for (let before = -1; before !== found.size; ) {
    before = found.size;
    for (const type of Object.values(schema.getTypeMap())) {
      if (found.has(type.name) || away.has(type.name) || !isObjectType(type) || isRoot(schema, type)) continue;
      if (Object.values(type.getFields()).some((field) => found.has(getNamedType(field.type).name)))
        found.add(type.name);
    }
  }
  return found;
}

function isRoot(schema: GraphQLSchema, type: GraphQLNamedType): boolean {
  return [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].some((root) => root === type);
}

/** The schema without types that nothing refers to. */
function pruned(schema: GraphQLSchema): GraphQLSchema {
  const used = new Set<string>();
  const todo: GraphQLNamedType[] = [
    schema.getQueryType(),
    schema.getMutationType(),
    schema.getSubscriptionType(),
  ].flatMap((type) => type ?? []);
  for (let type = todo.pop(); type !== undefined; type = todo.pop()) {
    if (used.has(type.name)) continue;
    used.add(type.name);
    if (isUnionType(type)) todo.push(...type.getTypes());
    if (isInterfaceType(type)) todo.push(...schema.getPossibleTypes(type));
    if (isObjectType(type) || isInterfaceType(type)) todo.push(...type.getInterfaces());
    if ('getFields' in type) {
      for (const field of Object.values(type.getFields())) {
        todo.push(getNamedType(field.type as GraphQLOutputType));
        if ('args' in field) todo.push(...field.args.map((arg: GraphQLArgument) => getNamedType(arg.type)));
      }
    }
  }
  return mapSchema(schema, {
    [MapperKind.TYPE]: (type) => (used.has(type.name) || type.name.startsWith('__') ? undefined : null),
  });
}
