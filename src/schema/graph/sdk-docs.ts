import { type GraphQLSchema, isInputObjectType, isObjectType } from 'graphql';

/** Of a structure (`Secret`) or a member (`Secret.name`): what the SDK says of it. The build makes them. */
export type SdkDocs = Readonly<Record<string, string>>;

const MECHANICAL = /^AWS API reference: \[(\w+)\]/;
const RENAMED = /^AWS calls it `(\w+)`\.$/;
const SECRET = /^Secret:/;

/**
 * Lays the SDK's words over the mechanical types of a schema, in place. What this graph says of its own accord stays: only types
 * that point to a page of AWS's reference are touched, and of their fields those that have nothing to say but how AWS calls them.
 */
export function describeFromSdk(schema: GraphQLSchema, docs: SdkDocs): void {
  for (const type of Object.values(schema.getTypeMap())) {
    const page = MECHANICAL.exec(type.description ?? '')?.[1];
    if (page === undefined || (!isObjectType(type) && !isInputObjectType(type))) continue;
    // The page of an operation explains two shapes: what it takes and what it answers.
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
