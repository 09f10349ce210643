import { type GraphQLField, getNamedType, getNullableType, isCompositeType, isListType } from 'graphql';
import { Across, type ScopedValue } from './across.ts';

/** How the values of a field in several scopes become one, where its type does not say it. The extension `mergeScopes` of the field. */
export type MergeScopes = (values: readonly unknown[]) => unknown;

/**
 * The value of a field over several scopes: items follow each other, numbers are added, of dates the earliest counts, since they say how old
 * something is; an object is resolved field by field. Other values are about the request and equal.
 */
export function mergeValues(
  field: Pick<GraphQLField<unknown, unknown>, 'type' | 'extensions'>,
  values: readonly ScopedValue[],
): unknown {
  const merge = field.extensions.mergeScopes as MergeScopes | undefined;
  if (merge !== undefined) return merge(values.map(({ value }) => value));
  const there = values.filter(({ value }) => value !== null && value !== undefined);
  const [first] = there;
  if (first === undefined) return null;
  if (isListType(getNullableType(field.type))) return there.flatMap(({ value }) => value as readonly unknown[]);
  const type = getNamedType(field.type);
  if (isCompositeType(type)) return new Across(there);
  if (type.name === 'Int') return there.reduce((sum, { value }) => sum + Number(value), 0);
  if (type.name === 'DateTime') {
    return new Date(Math.min(...there.map(({ value }) => (value as Date).getTime())));
  }
  return first.value;
}
