import { type GraphQLField, type GraphQLResolveInfo, getNamedType, isCompositeType } from 'graphql';
import { EcsError } from '../../ecs/core/errors.ts';
import type { GraphContext } from '../core/context.ts';
import { Across, inScope, reportFailures, settleScopes } from './across.ts';
import { mergeValues } from './merge-values.ts';
import { type ListPart, MergedPage } from './merged-page.ts';

export type Field = GraphQLField<unknown, GraphContext>;
export type Resolver = NonNullable<Field['resolve']>;

/** Resolves a field in a scope: the objects of its value belong to the scope, and an error names it. */
export function resolveIn(context: GraphContext, resolve: () => unknown, isObject: boolean): unknown {
  try {
    const value = resolve();
    if (value instanceof Promise) {
      return value.then(
        (settled: unknown) => (isObject ? bound(settled, context) : settled),
        (error: unknown) => {
          throw named(error, context);
        },
      );
    }
    return isObject ? bound(value, context) : value;
  } catch (error) {
    throw named(error, context);
  }
}

/** Errors of ECS happen in a scope; others are about the request. */
function named(error: unknown, { scope }: GraphContext): unknown {
  return error instanceof EcsError ? inScope(error, scope) : error;
}

/** Remembers the scope of objects for the request. */
export function bound(value: unknown, context: GraphContext): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Across || value instanceof MergedPage)
    return value;
  if (Array.isArray(value)) {
    for (const item of value) {
      if (item instanceof Promise) item.then((settled: unknown) => bound(settled, context)).catch(() => undefined);
      else bound(item, context);
    }
  }
  if (!context.scopeOf.has(value)) context.scopeOf.set(value, context.scope);
  return value;
}

/** Resolves a field in several scopes, and merges the values. */
export async function readAcross(
  parts: readonly ListPart[],
  field: Field,
  resolve: Resolver,
  context: GraphContext,
  info: GraphQLResolveInfo,
): Promise<unknown> {
  const type = getNamedType(field.type);
  if (type.name.endsWith('Connection')) {
    return MergedPage.read(context, info, parts, parts[0]?.args ?? {}, ({ source, context: own, args }, page) =>
      resolve(source, { ...args, ...page }, own, info),
    );
  }
  const { values, failures } = await settleScopes(parts, ({ source, context: own, args }) =>
    resolve(source, args, own, info),
  );
  reportFailures(failures, values.length === 0, context, info);
  return mergeValues(
    field,
    values.map(({ part, value }) => ({
      context: part.context,
      value: isCompositeType(type) ? bound(value, part.context) : value,
    })),
  );
}
