import {
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isScalarType,
} from 'graphql';
import type { TypeIndex } from '../schema/lazy/schema.ts';

const BANNER = '// Generated from the schema by `npm run generate`; never edited by hand.\n\n';
const LINE_WIDTH = 120;

/** Reads the index of a schema that may have none yet, or an old one: types are found by walking from the roots. */
export function toTypeIndex(schema: GraphQLSchema): TypeIndex {
  const owned: Record<string, string[]> = {};
  const implementations: Record<string, string[]> = {};
  const found = new Set<GraphQLNamedType>();
  for (const root of [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]) {
    if (root) found.add(root);
  }
  for (const type of found) {
    const fresh = new Set(typesOfFields(type).filter((named) => !found.has(named) && !isScalarType(named)));
    for (const named of fresh) found.add(named);
    if (fresh.size > 0) owned[type.name] = [...fresh].map(({ name }) => name).sort();
    for (const { name } of isObjectType(type) ? type.getInterfaces() : []) {
      implementations[name] = [...(implementations[name] ?? []), type.name].sort();
    }
  }
  return { owned, implementations };
}

/** The types that a type's fields name, and those of arguments. */
function typesOfFields(type: GraphQLNamedType): GraphQLNamedType[] {
  if (isInputObjectType(type)) return Object.values(type.getFields()).map((field) => getNamedType(field.type));
  if (!isObjectType(type) && !isInterfaceType(type)) return [];
  return Object.values(type.getFields()).flatMap((field) => [
    getNamedType(field.type),
    ...field.args.map((arg) => getNamedType(arg.type)),
  ]);
}

/** `src/schema/lazy/type-index.ts`, formatted as Biome formats it. */
export function printTypeIndex(schema: GraphQLSchema): string {
  const { owned, implementations } = toTypeIndex(schema);
  return [
    `${BANNER}import type { TypeIndex } from './schema.ts';\n`,
    `export const typeIndex: TypeIndex = {\n${block('owned', owned)}\n${block('implementations', implementations)}\n};\n`,
  ].join('\n');
}

function block(name: string, lists: Readonly<Record<string, readonly string[]>>): string {
  const lines = Object.entries(lists).map(([key, names]) => {
    const quoted = names.map((item) => `'${item}'`);
    const oneLine = `    ${key}: [${quoted.join(', ')}],`;
    if (oneLine.length <= LINE_WIDTH) return oneLine;
    return `    ${key}: [\n${quoted.map((item) => `      ${item},`).join('\n')}\n    ],`;
  });
  return `  ${name}: {\n${lines.join('\n')}\n  },`;
}
