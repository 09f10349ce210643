import {
  type GraphQLAbstractType,
  GraphQLBoolean,
  GraphQLID,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  GraphQLString,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';

/** How values of a type are completed. It holds facts about the type that would be slow to look up for each value. */
export type TypePlan = LeafPlan | ListPlan | ObjectPlan | AbstractPlan;

interface Nullability {
  readonly nonNull: boolean;
}

export interface LeafPlan extends Nullability {
  readonly kind: 'leaf';
  readonly type: GraphQLLeafType;
  /** Values of this JavaScript type need no conversion. */
  readonly asIs: 'string' | 'boolean' | undefined;
}

export interface ListPlan extends Nullability {
  readonly kind: 'list';
  readonly item: TypePlan;
}

export interface ObjectPlan extends Nullability {
  readonly kind: 'object';
  readonly type: GraphQLObjectType;
}

export interface AbstractPlan extends Nullability {
  readonly kind: 'abstract';
  readonly type: GraphQLAbstractType;
}

export function planType(type: GraphQLOutputType, nonNull = false): TypePlan {
  if (isNonNullType(type)) return planType(type.ofType, true);
  if (isListType(type)) return { kind: 'list', nonNull, item: planType(type.ofType) };
  if (isLeafType(type)) return { kind: 'leaf', nonNull, type, asIs: sentAsIs(type) };
  if (isObjectType(type)) return { kind: 'object', nonNull, type };
  return { kind: 'abstract', nonNull, type };
}

function sentAsIs(type: GraphQLLeafType): LeafPlan['asIs'] {
  if (type === GraphQLString || type === GraphQLID) return 'string';
  return type === GraphQLBoolean ? 'boolean' : undefined;
}
