import {
  DirectiveLocation,
  GraphQLDirective,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLNamedType,
  GraphQLNonNull,
  type GraphQLSchema,
  GraphQLString,
  getNamedType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isSpecifiedScalarType,
} from 'graphql';
import { areaOf } from './areas.ts';

const NAME = 'tag';

/** The tag of types that every caller is served. */
export const CORE = 'core';

/** Apollo's `@tag`: contracts include and exclude by it. */
export const tagDirective = new GraphQLDirective({
  name: NAME,
  isRepeatable: true,
  description:
    'On a type: `core` if the contract `core` has it. On anything else: the area for which the contract `core` lacks it (`gateway`, ' +
    '`daemon`, `agent`, ...). `SCHEMA` chooses the contract that a gateway serves.',
  locations: [
    DirectiveLocation.FIELD_DEFINITION,
    DirectiveLocation.OBJECT,
    DirectiveLocation.INTERFACE,
    DirectiveLocation.UNION,
    DirectiveLocation.ARGUMENT_DEFINITION,
    DirectiveLocation.SCALAR,
    DirectiveLocation.ENUM,
    DirectiveLocation.ENUM_VALUE,
    DirectiveLocation.INPUT_OBJECT,
    DirectiveLocation.INPUT_FIELD_DEFINITION,
  ],
  args: { name: { type: new GraphQLNonNull(GraphQLString), description: 'The tag.' } },
});

interface Tagged {
  readonly extensions: Readonly<Record<string, unknown>>;
}

/** The tag of a type, field or input member; undefined without one. */
export function tagOf({ extensions }: Tagged): string | undefined {
  const { directives } = extensions as { readonly directives?: { readonly [NAME]?: readonly { name: string }[] } };
  return directives?.[NAME]?.[0]?.name;
}

function addTag(element: { extensions: object }, name: string): void {
  const { directives } = element.extensions as { readonly directives?: object };
  element.extensions = { ...element.extensions, directives: { ...directives, [NAME]: [{ name }] } };
}

/**
 * Tags every type with `core` or its area, and the fields and members that lead from core to an area, in place. Types
 * that are reached only from an area belong to it, so that the rest refers to nothing outside.
 */
export function tagContracts(schema: GraphQLSchema): void {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const seen = new Set<GraphQLNamedType>();
  const walk = (types: readonly GraphQLNamedType[], tag: string | undefined) => {
    const ways: (readonly [GraphQLNamedType, string])[] = [];
    const todo = [...types];
    for (let type = todo.pop(); type !== undefined; type = todo.pop()) {
      if (seen.has(type) || isSpecifiedScalarType(type)) continue;
      seen.add(type);
      addTag(type, tag ?? CORE);
      for (const { element, types: next } of referencesOf(schema, type)) {
        const area = next.map(({ name }) => areaOf(name)).find((found) => found !== undefined);
        if (tag !== undefined || area === undefined) todo.push(...next);
        else {
          if (element !== undefined) addTag(element, area);
          ways.push(...next.map((one) => [one, area] as const));
        }
      }
    }
    return ways;
  };
  const ways = walk(
    roots.filter((type) => type != null),
    undefined,
  );
  for (const [type, area] of ways) walk([type], area);
}

interface Reference {
  /** The field or member; undefined for an interface and its types. */
  readonly element: GraphQLField<unknown, unknown> | GraphQLInputField | undefined;
  readonly types: readonly GraphQLNamedType[];
}

function referencesOf(schema: GraphQLSchema, type: GraphQLNamedType): Reference[] {
  if (!isObjectType(type) && !isInterfaceType(type) && !isInputObjectType(type)) return [];
  const references: Reference[] = [];
  for (const field of Object.values<GraphQLField<unknown, unknown> | GraphQLInputField>(type.getFields())) {
    const args = 'args' in field ? field.args.map((arg) => getNamedType(arg.type)) : [];
    references.push({ element: field, types: [getNamedType(field.type), ...args] });
  }
  const related = isInterfaceType(type)
    ? schema.getPossibleTypes(type)
    : isObjectType(type)
      ? type.getInterfaces()
      : [];
  return [...references, ...related.map((one) => ({ element: undefined, types: [one] }))];
}
