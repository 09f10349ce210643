import { badUserInput } from '../core/errors.ts';
import type { StructureName } from '../generated/types.ts';
import type { Member, Model } from './sdk-model.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The field, in answers and inputs, that says whether a value was hidden. */
export const IS_MASKED = 'isMasked';

/** On what is left of a secret. A symbol survives a spread, and is no member of AWS's. */
const MASKED: unique symbol = Symbol('masked');

/** What is left of a secret structure for callers who may not see it: its name, if it has one, and the mark that it is masked. */
export function mask(value: unknown): unknown {
  if (value === undefined || value === null) return null;
  if (Array.isArray(value)) return value.map(mask);
  if (typeof value !== 'object') return null;
  const { name, ...hidden } = value as Fields;
  if (Object.values(hidden).every((item) => (item ?? null) === null)) return value;
  return { ...(name !== undefined && { name }), [MASKED]: true };
}

/** Secret members that hold no structure: their owner says that they are masked. */
export function secretScalars(members: readonly Member[]): string[] {
  return members.filter(({ sensitive, type }) => sensitive && type.kind !== 'structure').map(({ name }) => name);
}

/** Whether something is hidden in a structure, for a caller who may not see the scalars named. */
export function isMasked(record: object, scalars: readonly string[], showsSecrets: boolean): boolean {
  if (MASKED in record) return true;
  return !showsSecrets && scalars.some((name) => ((record as Fields)[name] ?? null) !== null);
}

/** Structures of which a part can be masked: they have a field `isMasked` in answers, and in inputs. */
export function isMaskable(model: Model, name: StructureName): boolean {
  return model.secretStructures.has(name) || secretScalars(model.structure(name)).length > 0;
}

/**
 * Refuses a secret that comes back without its value: ECS would store nothing in its place.
 * @param isSecret whether the structure stands where secrets stand
 * @throws {GraphQLError} BAD_USER_INPUT
 */
export function refuseMasked(members: readonly Member[], value: Fields, isSecret: boolean, path: string): void {
  if (value[IS_MASKED] === true) {
    throw badUserInput(path, 'is masked: its value was not shown, so it cannot be written back. Give the value itself');
  }
  if (!isSecret) return;
  const missing = members.find(({ name }) => name !== 'name' && (value[name] ?? null) === null);
  if (missing !== undefined) {
    throw badUserInput(
      `${path}.${missing.name}`,
      'is missing or null. A value that was read as null is masked; give the value itself, or "" for an empty one',
    );
  }
}
