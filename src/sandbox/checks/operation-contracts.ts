import * as ecs from '@aws-sdk/client-ecs';
import { NormalizedSchema } from '@smithy/core/schema';
import { type EnumValues, readEnums } from './enum-values.ts';

/** The inputs that AWS accepts: the shape of each operation's input, and the values of its enums. */
export interface Contract {
  readonly inputs: ReadonlyMap<string, NormalizedSchema>;
  readonly enumValues: EnumValues;
}

export function readContract(): Contract {
  return { inputs: readInputSchemas(), enumValues: readEnums() };
}

const SUFFIX = '$';

/** The input shape of each operation by name, from the SDK's runtime schemas. */
function readInputSchemas(): ReadonlyMap<string, NormalizedSchema> {
  const inputs = new Map<string, NormalizedSchema>();
  for (const [name, value] of Object.entries(ecs)) {
    if (!name.endsWith(SUFFIX) || !Array.isArray(value)) continue;
    const [kind, , operation, , input] = value as unknown[];
    // 9 marks an operation: [9, namespace, name, traits, () => input, () => output].
    if (kind !== 9 || typeof operation !== 'string' || typeof input !== 'function') continue;
    inputs.set(operation, NormalizedSchema.of(input()));
  }
  return inputs;
}

/** A structure schema starts with the required members and ends with their number. */
export function requiredMembers(schema: NormalizedSchema): readonly string[] {
  const raw: unknown = schema.getSchema();
  if (!Array.isArray(raw)) return [];
  const [, , , , names, , required] = raw as unknown[];
  if (!Array.isArray(names) || typeof required !== 'number') return [];
  return (names as string[]).slice(0, required);
}
