import { badUserInput } from '../core/errors.ts';
import type { StructureName } from '../generated/types.ts';
import type { Member, Model } from './sdk-model.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The field in answers and inputs that shows whether a value was hidden. */
export const IS_MASKED = 'isMasked';

/** Marks the remainder of a secret. A symbol survives a spread and is not an AWS member. */
const MASKED: unique symbol = Symbol('masked');

/**
 * The part of a secret structure that callers without access may see: its name, if it has one, and the mark that it is
 * masked.
 */
export function mask(value: unknown): unknown {
  if (value === undefined || value === null) return null;
  if (Array.isArray(value)) return value.map(mask);
  if (typeof value !== 'object') return null;
  const { name, ...hidden } = value as Fields;
  if (Object.values(hidden).every((item) => (item ?? null) === null)) return value;
  return { ...(name !== undefined && { name }), [MASKED]: true };
}

/** Secret members without a structure: their owner shows that they are masked. */
export function secretScalars(members: readonly Member[]): string[] {
  return members.filter(({ sensitive, type }) => sensitive && type.kind !== 'structure').map(({ name }) => name);
}

/** Whether something in a structure is hidden from callers that may not see the named scalars. */
export function isMasked(record: object, scalars: readonly string[], showsSecrets: boolean): boolean {
  if (MASKED in record) return true;
  return !showsSecrets && scalars.some((name) => ((record as Fields)[name] ?? null) !== null);
}

/** Whether a part of a structure can be masked: it then has a field `isMasked` in answers and inputs. */
export function isMaskable(model: Model, name: StructureName): boolean {
  return model.secretStructures.has(name) || secretScalars(model.structure(name)).length > 0;
}

/**
 * Refuses a secret that comes back without its value: ECS would store nothing in its place.
 * @param isSecret whether the structure is at a place for secrets
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
