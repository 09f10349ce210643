import { ALWAYS_PRESENT, EMPTY, type Fill } from '../core/always-present.ts';
import type { GraphContext } from '../core/context.ts';
import type { OperationName, StructureName } from '../generated/types.ts';
import { UNRECOGNIZED } from './enum-types.ts';
import { isStructureName, type Member, type Model, type ScalarName } from './sdk-model.ts';
import { nounOf } from './type-names.ts';

/** Creates the value of a non-null field whose member is missing in an answer. */
export type FillValue = (record: Readonly<Record<string, unknown>>, context: GraphContext) => unknown;

/**
 * How to fill the field of a missing member: such a field is non-null. Undefined if the field is nullable.
 *
 * Non-null are the members in ALWAYS_PRESENT and the ones that requests require, so that what was read can be written
 * back. Members that may be masked are nullable, and so are nouns.
 */
export function fillOf(model: Model, owner: StructureName | OperationName, member: Member): FillValue | undefined {
  if (!isStructureName(owner)) return undefined;
  const always = alwaysPresent(owner, member.name);
  if (always !== undefined) return always === EMPTY ? emptyOf(member) : always;
  const isWritten = member.required && model.requestedStructures.has(owner) && !model.isUnion(owner);
  if (!isWritten || isHidden(model, owner, member)) return undefined;
  return emptyOf(member);
}

/** Whether ECS always sends a member: then its link is null only beside an error. */
export function isAlwaysPresent(owner: StructureName | OperationName, member: string): boolean {
  return isStructureName(owner) && alwaysPresent(owner, member) !== undefined;
}

function alwaysPresent(owner: StructureName, member: string): Fill | undefined {
  return (ALWAYS_PRESENT[owner] as Readonly<Record<string, Fill>> | undefined)?.[member];
}

function isHidden(model: Model, owner: StructureName, { name, secret, type }: Member): boolean {
  if (secret !== undefined || (model.secretStructures.has(owner) && name !== 'name')) return true;
  return type.kind === 'structure' && nounOf(type.name) !== undefined;
}

function emptyOf({ list, type }: Member): FillValue {
  if (list) return () => [];
  if (type.kind === 'enum') return () => UNRECOGNIZED;
  if (type.kind === 'structure') return () => ({});
  return EMPTY_SCALARS[type.name];
}

const EMPTY_SCALARS: Readonly<Record<ScalarName, FillValue>> = {
  Boolean: () => false,
  DateTime: () => new Date(0),
  Float: () => 0,
  Int: () => 0,
  JSON: () => ({}),
  Long: () => 0,
  String: () => '',
  StringMap: () => ({}),
};
