import {
  defaultFieldResolver,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isObjectType,
} from 'graphql';
import type { GraphContext } from '../core/context.ts';
import { Across } from './across.ts';
import { type ListPart, MergedPage } from './merged-page.ts';
import { routeRoot } from './route-root.ts';
import { bound, type Field, type Resolver, readAcross, resolveIn } from './scoped-values.ts';
import type { Args } from './select-scopes.ts';

const routed = new WeakSet<GraphQLSchema>();
const rootsRouted = new WeakSet<GraphQLSchema>();

/**
 * Makes every field of a schema read the account and region that its object is from. The root fields choose the scope, by their arguments;
 * what they return is remembered with it for the request, and the fields below follow. So resolvers know one scope only: that of their context.
 * @param isConfigured false for a gateway of one account and region: then only the arguments of root fields are checked
 */
export function routeSchema(schema: GraphQLSchema, isConfigured: boolean): GraphQLSchema {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const isRoot = (type: GraphQLNamedType) => roots.some((root) => root === type);
  if (!rootsRouted.has(schema)) {
    rootsRouted.add(schema);
    for (const type of roots) for (const field of fieldsOf(type)) routeRoot(schema, type as GraphQLObjectType, field);
  }
  if (!isConfigured || routed.has(schema)) return schema;
  routed.add(schema);
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__') || isRoot(type)) continue;
    for (const field of fieldsOf(type)) {
      // The field asks about a resource that its arguments name, not about its object.
      if (type.name === 'Viewer' && field.args.length > 0) routeRoot(schema, type, field);
      else routeField(type, field);
    }
  }
  return schema;
}

function fieldsOf(type: GraphQLObjectType | null | undefined): Field[] {
  return Object.values(type?.getFields() ?? {}) as Field[];
}

/** Types whose objects may stand for several scopes. */
const OVER_SEVERAL: ReadonlySet<string> = new Set([
  'ImageUsage',
  'Overview',
  'SecretUsage',
  'ServiceCounts',
  'TaskCounts',
]);

function routeField(type: GraphQLObjectType, field: Field): void {
  const isObject = isCompositeType(getNamedType(field.type));
  const isPage = type.name.endsWith('Connection');
  const isExposed = field.resolve === undefined || field.extensions.pothosExposedField !== undefined;
  const isOverSeveral = OVER_SEVERAL.has(type.name);
  // A value that is only read from its object has no scope.
  if (!isObject && isExposed && !isOverSeveral) return;
  const resolve: Resolver = field.resolve ?? defaultFieldResolver;
  // Our executor bypasses the resolver of an exposed property unless the resolver is marked as wrapped.
  if (isObject || isOverSeveral) field.extensions = { ...field.extensions, pothosResolveWrapped: true };
  field.resolve = (source, args, context, info) => {
    if (!context.services.scopes.isConfigured) return resolve(source, args, context, info);
    if (source instanceof Across) return resolveAcross(source, field, resolve, args, context, info);
    if (isPage && source instanceof MergedPage) return resolvePage(source, resolve, args, context, info);
    const entry = typeof source === 'object' && source !== null ? context.scopeOf.get(source) : undefined;
    const own = entry === undefined ? context : context.in(entry);
    return resolveIn(own, () => resolve(source, args, own, info), isObject);
  };
}

/** A field of an object that stands for several scopes. */
async function resolveAcross(
  source: Across,
  field: Field,
  resolve: Resolver,
  args: Args,
  context: GraphContext,
  info: GraphQLResolveInfo,
): Promise<unknown> {
  const parts = source.parts.map(({ context: own, value }): ListPart => ({ context: own, args, source: value }));
  return readAcross(parts, field, resolve, context, info);
}

/** A field of a page that holds items of several scopes. Each scope's policies filter its own items. */
async function resolvePage(
  page: MergedPage,
  resolve: Resolver,
  args: Args,
  context: GraphContext,
  info: GraphQLResolveInfo,
): Promise<unknown> {
  switch (info.fieldName) {
    case 'pageInfo':
      return page.pageInfo;
    case 'totalCount':
      return page.count(info, context, (connection, own) => resolve(connection, args, own, info));
    default: {
      const read = page.pages.map(async ({ context: own, value }) => {
        const items = (await resolve(value, args, own, info)) as readonly object[];
        return info.fieldName === 'edges' ? items.map((edge) => edgeIn(page, own, edge)) : bound(items, own);
      });
      return (await Promise.all(read)).flat();
    }
  }
}

function edgeIn(page: MergedPage, context: GraphContext, edge: object): object {
  const { cursor, node } = edge as { readonly cursor: string; readonly node: object };
  return bound({ cursor: page.cursorOf(context, cursor), node: bound(node, context) }, context) as object;
}
