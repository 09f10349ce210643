import type { GraphContext } from '../core/context.ts';
import { badUserInput } from '../core/errors.ts';
import type { SecretKind } from '../core/overrides.ts';
import { HIDDEN, isShownOption, type SecretsView } from '../core/secrets.ts';
import type { StructureName } from '../generated/types.ts';
import type { Member, Model } from './sdk-model.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The field in answers and inputs that shows whether a value was hidden. */
export const IS_MASKED = 'isMasked';

/** Marks the remainder of a secret. A symbol survives a spread and is not an AWS member. */
const MASKED: unique symbol = Symbol('masked');

/** The value of a secret member as the caller may see it. Records in the context that something was hidden. */
export function shownOf({ secret, type }: Member, value: unknown, { secrets }: GraphContext): unknown {
  const item = value ?? null;
  if (secret === undefined || !holdsSecret(type, item) || secrets.shows(secret)) return item;
  secrets.hide(secret);
  return mask(type, item);
}

/** Whether a value is more than a name or an empty list. */
function holdsSecret(type: Member['type'], value: unknown): boolean {
  if (value === null) return false;
  if (Array.isArray(value)) return value.some((item) => holdsSecret(type, item ?? null));
  if (type.kind === 'structure') {
    return Object.entries(value as Fields).some(([name, item]) => name !== 'name' && (item ?? null) !== null);
  }
  if (type.name === 'StringMap') return Object.keys(value as Fields).some((name) => !isShownOption(name));
  return true;
}

/** Names and structure stay: of a structure its name, of a map its keys. */
function mask(type: Member['type'], value: unknown): unknown {
  if (type.kind === 'structure') {
    if (Array.isArray(value)) return value.map((item: unknown) => mask(type, item));
    if (!holdsSecret(type, value)) return value;
    const { name } = value as Fields;
    return { ...(name !== undefined && { name }), [MASKED]: true };
  }
  if (type.name !== 'StringMap') return null;
  return Object.fromEntries(
    Object.entries(value as Fields).map(([name, item]) => [name, isShownOption(name) ? item : null]),
  );
}

/** Secret members without a structure: their owner shows that they are masked. */
export function secretScalars(members: readonly Member[]): Member[] {
  return members.filter(({ secret, type }) => secret !== undefined && type.kind !== 'structure');
}

/** Whether something in a structure is hidden from a caller. */
export function isMasked(record: object, scalars: readonly Member[], { secrets }: GraphContext): boolean {
  if (MASKED in record) return true;
  return scalars.some(
    ({ name, secret, type }) =>
      secret !== undefined && holdsSecret(type, (record as Fields)[name] ?? null) && !secrets.shows(secret),
  );
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

/**
 * Refuses null for a secret that the caller does not see, because it may be what was read. With `isMasked: false`
 * beside it, null is known to be no value.
 * @throws {GraphQLError} BAD_USER_INPUT
 */
export function refuseNull(
  { secret, type }: Member,
  value: Fields,
  secrets: Pick<SecretsView, 'shows'>,
  path: string,
): void {
  if (secret === undefined || type.kind === 'structure' || value[IS_MASKED] === false || secrets.shows(secret)) return;
  throw badUserInput(
    path,
    'is null. A value that was read as null may be masked; give the value itself, leave the member out, or send `isMasked` as it was read',
  );
}

/**
 * Refuses the mark that plans show in the place of a hidden value: it would become the value.
 * @throws {GraphQLError} BAD_USER_INPUT
 */
export function refuseMark(kind: SecretKind, value: unknown, secrets: Pick<SecretsView, 'shows'>, path: string): void {
  const values = typeof value === 'object' && value !== null ? Object.values(value) : [value];
  if (!values.includes(HIDDEN) || secrets.shows(kind)) return;
  throw badUserInput(path, `is "${HIDDEN}", which stands for a hidden value. Give the value itself`);
}
