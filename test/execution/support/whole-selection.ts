import {
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isAbstractType,
  isListType,
  isObjectType,
  isRequiredArgument,
} from 'graphql';

/** A query of every root field that asks for no argument, with all that hangs on it, so many levels deep and two items a page. */
export function wholeSelection(schema: GraphQLSchema, depth: number): string {
  const query = schema.getQueryType();
  if (!query) throw new Error('a schema without queries');
  return selectionOf(schema, query, depth);
}

/** All that can be selected on a type without arguments. */
export function selectionOf(schema: GraphQLSchema, type: GraphQLObjectType, depth: number): string {
  const parts = Object.values(type.getFields())
    .filter((field) => !field.args.some(isRequiredArgument))
    .flatMap((field) => partOf(schema, field, depth));
  return `{ __typename ${parts.join(' ')} }`;
}

function partOf(schema: GraphQLSchema, field: GraphQLField<unknown, unknown>, depth: number): string[] {
  const type = getNamedType(field.type);
  const isPaged = type.name.endsWith('Connection') || isListType(getNullableType(field.type));
  const paged = field.args.some(({ name }) => name === 'first') ? `${field.name}(first: 2)` : field.name;
  if (isAbstractType(type)) {
    if (depth === 0) return [`${paged} { __typename }`];
    const types = schema.getPossibleTypes(type).map((possible) => `... on ${possible.name} { __typename }`);
    return [`${paged} { ${types.join(' ')} }`];
  }
  if (!isObjectType(type)) return [paged];
  // Pages are no levels.
  const below = isPaged && type.name.endsWith('Connection') ? depth : depth - 1;
  return depth <= 0 && !isPage(type.name)
    ? []
    : [`${paged} ${selectionOf(schema, type, isPage(type.name) ? depth : below)}`];
}

function isPage(name: string): boolean {
  return name.endsWith('Edge') || name === 'PageInfo';
}
