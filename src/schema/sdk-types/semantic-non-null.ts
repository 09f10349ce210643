import {
  DirectiveLocation,
  GraphQLDirective,
  GraphQLInt,
  GraphQLList,
  type GraphQLSchema,
  getNamedType,
  isNonNullType,
  isObjectType,
} from 'graphql';

const NAME = 'semanticNonNull';

/** States that a nullable field is null only beside an error at its path. */
export const semanticNonNull = new GraphQLDirective({
  name: NAME,
  description:
    'The field is null only where an error has its path. Clients that handle errors (Relay with `@throwOnFieldError`, Apollo Kotlin, ' +
    'GraphQL Code Generator with `errorHandlingClient`) may treat it as non-null.',
  locations: [DirectiveLocation.FIELD_DEFINITION],
  args: {
    levels: {
      type: new GraphQLList(GraphQLInt),
      defaultValue: [0],
      description: 'The levels of a list to which this applies; 0 is the field itself.',
    },
  },
});

/** The extension of a field with the directive. It is printed in schema.graphql; introspection cannot show it. */
export const SEMANTIC_NON_NULL = { directives: { [NAME]: {} } } as const;

/** Adds the directive to all fields that are null only beside an error: connections, mutations and tags. */
export function markSemanticNonNull(schema: GraphQLSchema): void {
  const mutation = schema.getMutationType();
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      const isTags = field.name === 'tags' && type.getInterfaces().some(({ name }) => name === 'Taggable');
      const isMarked = isTags || type === mutation || getNamedType(field.type).name.endsWith('Connection');
      if (!isMarked || isNonNullType(field.type)) continue;
      const { directives } = field.extensions as { readonly directives?: object };
      field.extensions = { ...field.extensions, directives: { ...directives, ...SEMANTIC_NON_NULL.directives } };
    }
  }
}

/** Whether a field has the directive. */
export function isSemanticNonNull({ extensions }: { readonly extensions: object }): boolean {
  const { directives } = extensions as { readonly directives?: object };
  return directives !== undefined && NAME in directives;
}
