import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as sdk from '@aws-sdk/client-ecs';
import { NormalizedSchema } from '@smithy/core/schema';
import { type Declarations, type DeclaredMember, readDeclarations } from './declarations.ts';

/** Member name -> its type in the notation that `src/schema/sdk-types/notation.ts` reads. */
export type Members = Record<string, string>;

/** The API of the pinned SDK. Every list is sorted by name. */
export interface Api {
  readonly enums: Record<string, readonly string[]>;
  readonly structures: Record<string, Members>;
  readonly unions: readonly string[];
  readonly operations: Record<string, Operation>;
}

export interface Operation {
  /** The SDK's type names. */
  readonly request: string;
  readonly response: string;
  readonly input: Members;
  readonly output: Members;
}

type SchemaRef = Parameters<typeof NormalizedSchema.of>[0];
type OperationSchema = Extract<typeof sdk.ListClusters$, readonly [9, ...unknown[]]>;

/**
 * Reads the runtime schemas, and from the declarations the enum links, required members and deprecations that they
 * lack.
 */
export function readApi(): Api {
  const entries: [string, unknown][] = Object.entries(sdk);
  const enums = Object.fromEntries(
    sorted(entries.filter(isEnum)).map(([name, values]) => [name, Object.values(values).sort()]),
  );
  const declarations = readDeclarations(declarationFiles());
  const members = (schema: NormalizedSchema) => readMembers(schema, declarations, enums);

  const operations: [string, Operation][] = [];
  for (const [, schema] of entries.filter(isOperation)) {
    const [request, response] = [NormalizedSchema.of(schema[4]), NormalizedSchema.of(schema[5])];
    const names = { request: nameOf(request), response: nameOf(response) };
    operations.push([schema[2], { ...names, input: members(request), output: members(response) }]);
  }
  const messages = new Set(operations.flatMap(([, operation]) => [operation.request, operation.response]));

  const unions: string[] = [];
  const structures: [string, Members][] = [];
  for (const [key, value] of entries) {
    if (!key.endsWith('$') || isOperation([key, value]) || !Array.isArray(value)) continue;
    const schema = NormalizedSchema.of(value as unknown as SchemaRef);
    const name = nameOf(schema);
    if (!schema.isStructSchema() || messages.has(name) || isErrorName(name)) continue;
    structures.push([name, members(schema)]);
    if (schema.isUnionSchema()) unions.push(name);
  }
  return {
    enums,
    structures: Object.fromEntries(sorted(structures)),
    unions: unions.sort(),
    operations: Object.fromEntries(sorted(operations)),
  };
}

/** One member's type: `[NetworkBinding!]`, `String!`, `[KeyValuePair!] @sensitive`, `Number`, `DateTime`, `StringMap`, `JSON`. */
function readMembers(schema: NormalizedSchema, declarations: Declarations, enums: Api['enums']): Members {
  const declared = declarations.get(nameOf(schema));
  const members: Members = {};
  for (const [name, member] of schema.structIterator()) {
    const declaration = declared?.get(name);
    if (!declaration) throw new Error(`${nameOf(schema)}.${name} has no declaration`);
    members[name] = typeOf(member, declaration, enums) + directivesOf(member, declaration);
  }
  return members;
}

function typeOf(member: NormalizedSchema, declaration: DeclaredMember, enums: Api['enums']): string {
  const required = declaration.optional ? '' : '!';
  const { typeName } = declaration;
  const item = member.isListSchema() ? member.getValueSchema() : member;
  const name = typeName && typeName in enums && item.isStringSchema() ? typeName : baseTypeOf(item);
  return member.isListSchema() ? `[${name}!]${required}` : `${name}${required}`;
}

function baseTypeOf(schema: NormalizedSchema): string {
  if (schema.isStructSchema()) return nameOf(schema);
  if (schema.isMapSchema() && schema.getValueSchema().isStringSchema()) return 'StringMap';
  if (schema.isTimestampSchema()) return 'DateTime';
  if (schema.isDocumentSchema()) return 'JSON';
  if (schema.isBooleanSchema()) return 'Boolean';
  if (schema.isNumericSchema()) return 'Number';
  if (schema.isStringSchema()) return 'String';
  throw new Error(`No GraphQL type for ${schema.getMemberName()}: ${JSON.stringify(schema.ref)}`);
}

function directivesOf(member: NormalizedSchema, { deprecated }: DeclaredMember): string {
  const traits = member.getMergedTraits();
  let directives = '';
  if (traits.sensitive) directives += ' @sensitive';
  if (traits.idempotencyToken) directives += ' @idempotencyToken';
  if (deprecated !== undefined) directives += deprecated ? ` @deprecated(${deprecated})` : ' @deprecated';
  return directives;
}

export function declarationFiles(): ReadonlyMap<string, string> {
  // The package's entry is dist-<kind>/index.js. The declarations are in a folder beside it.
  const models = new URL('../dist-types/models/', import.meta.resolve('@aws-sdk/client-ecs'));
  const index = readFileSync(new URL('../index.d.ts', models), 'utf8');
  const files = [...index.matchAll(/from "\.\/models\/(models_\d+)"/g)].map(([, file]) => `${file}.d.ts`);
  return new Map(files.map((file) => [file, readFileSync(fileURLToPath(new URL(file, models)), 'utf8')]));
}

function nameOf(schema: NormalizedSchema): string {
  const name = schema.getName();
  if (!name) throw new Error('A schema without a name');
  return name;
}

function isErrorName(name: string): boolean {
  return name.endsWith('Exception');
}

function isEnum(entry: [string, unknown]): entry is [string, Record<string, string>] {
  const [name, value] = entry;
  if (!/^[A-Z]\w*$/.test(name) || typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((item) => typeof item === 'string');
}

function isOperation(entry: [string, unknown]): entry is [string, OperationSchema] {
  const [name, value] = entry;
  return name.endsWith('$') && Array.isArray(value) && value[0] === 9;
}

function sorted<T>(entries: [string, T][]): [string, T][] {
  return entries.sort(([a], [b]) => (a < b ? -1 : 1));
}
