import { type GraphQLSchema, isInputObjectType, isObjectType } from 'graphql';

/** The SDK's description of a structure (`Secret`) or a member (`Secret.name`). The build creates them. */
export type SdkDocs = Readonly<Record<string, string>>;

const MECHANICAL = /^AWS API reference: \[(\w+)\]/;
const RENAMED = /^AWS calls it `(\w+)`\.$/;
const SECRET = /^Secret:/;

/**
 * Adds the SDK's descriptions to the generated types of a schema, in place. Descriptions of our own stay: only types
 * that link to a page of AWS's reference are changed, and of their fields only the ones without a description.
 */
export function describeFromSdk(schema: GraphQLSchema, docs: SdkDocs): void {
  for (const type of Object.values(schema.getTypeMap())) {
    const page = MECHANICAL.exec(type.description ?? '')?.[1];
    if (page === undefined || (!isObjectType(type) && !isInputObjectType(type))) continue;
    // The page of an operation explains two shapes: its input and its output.
    const operation = isInputObjectType(type) ? `${page}Request` : `${page}Response`;
    const shape = docs[page] === undefined ? operation : page;
    if (docs[shape] !== undefined) type.description = `${docs[shape]}\n\n${type.description}`;
    for (const field of Object.values(type.getFields())) {
      const own = field.description ?? '';
      const renamed = RENAMED.exec(own)?.[1];
      const words = docs[`${shape}.${renamed ?? field.name}`];
      if (words === undefined || (own !== '' && renamed === undefined && !SECRET.test(own))) continue;
      field.description = own === '' ? words : `${words}\n\n${own}`;
    }
  }
}
