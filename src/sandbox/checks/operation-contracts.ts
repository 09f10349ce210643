import * as ecs from '@aws-sdk/client-ecs';
import { NormalizedSchema } from '@smithy/core/schema';
import { type EnumValues, readEnums } from './enum-values.ts';

/** What AWS lets in: the input shape of each operation, and the values of its enums. */
export interface Contract {
  readonly inputs: ReadonlyMap<string, NormalizedSchema>;
  readonly enumValues: EnumValues;
}

export function readContract(): Contract {
  return { inputs: readInputSchemas(), enumValues: readEnums() };
}

const SUFFIX = '$';

/** The input shape of each operation, read from the SDK's own runtime schemas: all that AWS has, by operation name. */
function readInputSchemas(): ReadonlyMap<string, NormalizedSchema> {
  const inputs = new Map<string, NormalizedSchema>();
  for (const [name, value] of Object.entries(ecs)) {
    if (!name.endsWith(SUFFIX) || !Array.isArray(value)) continue;
    const [kind, , operation, , input] = value as unknown[];
    // 9 is an operation: [9, namespace, name, traits, () => input, () => output].
    if (kind !== 9 || typeof operation !== 'string' || typeof input !== 'function') continue;
    inputs.set(operation, NormalizedSchema.of(input()));
  }
  return inputs;
}

/** The required members stand first in a structure schema, and the number of them last. */
export function requiredMembers(schema: NormalizedSchema): readonly string[] {
  const raw: unknown = schema.getSchema();
  if (!Array.isArray(raw)) return [];
  const [, , , , names, , required] = raw as unknown[];
  if (!Array.isArray(names) || typeof required !== 'number') return [];
  return (names as string[]).slice(0, required);
}
