import type { SecretKind } from '../core/overrides.ts';
import { isShownOption } from '../core/secrets.ts';
import type { StructureName } from '../generated/types.ts';
import type { Member, Model } from '../sdk-types/sdk-model.ts';
import { type Fields, normalize } from './normalize.ts';
import { KEYS, SUBJECT_OF, type Subject, VALUES } from './rules.ts';

/** One difference between two structures. */
export interface Difference {
  /** From the structure to the member; an item of a list by its key. */
  readonly path: readonly string[];
  readonly subject: Subject;
  /** Undefined if it was added. */
  readonly before: unknown;
  /** Undefined if it was removed. */
  readonly after: unknown;
  /** The kind of secret that the values are, if they are some. */
  readonly secret: SecretKind | undefined;
  /** Set if the values are structures, which may contain secrets. */
  readonly structure?: StructureName | undefined;
}

interface Place {
  readonly path: readonly string[];
  readonly subject: Subject;
  readonly secret: SecretKind | undefined;
  readonly structure?: StructureName | undefined;
}

const TOP: Place = { path: [], subject: 'OTHER', secret: undefined };
/** Paths say `containers`, as plans do. */
const SHORT: Readonly<Record<string, string>> = { containerDefinitions: 'containers' };

/**
 * The differences between two structures of ECS, in the order of the members. Order in lists counts only where it has a meaning, and
 * a default that ECS writes equals an absent member.
 */
export function compare(model: Model, name: StructureName, before: Fields, after: Fields): Difference[] {
  return compareFields(model, name, normalize(model, name, before) ?? {}, normalize(model, name, after) ?? {}, TOP);
}

function compareFields(model: Model, name: StructureName, before: Fields, after: Fields, place: Place): Difference[] {
  return model.structure(name).flatMap((member) => {
    const [old, next] = [before[member.name], after[member.name]];
    if (old === undefined && next === undefined) return [];
    const inside: Place = {
      path: [...place.path, SHORT[member.name] ?? member.name],
      subject: SUBJECT_OF[`${name}.${member.name}`] ?? place.subject,
      secret: place.secret ?? member.secret,
    };
    return compareMember(model, member, old, next, inside);
  });
}

function compareMember(model: Model, { type, list }: Member, old: unknown, next: unknown, place: Place): Difference[] {
  if (type.kind === 'structure' && list)
    return compareItems(model, type.name, (old ?? []) as readonly Fields[], (next ?? []) as readonly Fields[], place);
  if (type.kind === 'structure' && old !== undefined && next !== undefined)
    return compareFields(model, type.name, old as Fields, next as Fields, place);
  if (type.kind === 'scalar' && type.name === 'StringMap')
    return compareMaps((old ?? {}) as Fields, (next ?? {}) as Fields, place);
  return compareValues(old, next, { ...place, structure: type.kind === 'structure' ? type.name : undefined });
}

/** Items with a key are matched by it; others by their position. */
function compareItems(
  model: Model,
  name: StructureName,
  before: readonly Fields[],
  after: readonly Fields[],
  place: Place,
): Difference[] {
  const [old, next] = [byKey(name, before), byKey(name, after)];
  const value = VALUES[name];
  return [...new Set([...old.keys(), ...next.keys()])].flatMap((key) => {
    const [one, other] = [old.get(key), next.get(key)];
    const inside = { ...place, path: [...place.path, key] };
    if (value !== undefined) return compareValues(one?.[value], other?.[value], inside, one, other);
    if (one !== undefined && other !== undefined) return compareFields(model, name, one, other, inside);
    return compareValues(one, other, { ...inside, structure: name });
  });
}

function byKey(name: StructureName, items: readonly Fields[]): Map<string, Fields> {
  const members = KEYS[name];
  const found = new Map<string, Fields>();
  for (const [index, item] of items.entries()) {
    const key = members?.flatMap((member) => (item[member] === undefined ? [] : [String(item[member])])).join('/');
    const text = key === undefined || key === '' ? String(index) : key;
    // ECS allows some names twice, such as two load balancers of one container.
    found.set(found.has(text) ? `${text}/${index}` : text, item);
  }
  return found;
}

function compareMaps(before: Fields, after: Fields, place: Place): Difference[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key) =>
    compareValues(before[key], after[key], {
      ...place,
      path: [...place.path, key],
      secret: isShownOption(key) ? undefined : place.secret,
    }),
  );
}

function compareValues(
  before: unknown,
  after: unknown,
  place: Place,
  hadItem: unknown = before,
  hasItem: unknown = after,
): Difference[] {
  if ((hadItem === undefined) === (hasItem === undefined) && JSON.stringify(before) === JSON.stringify(after))
    return [];
  // An environment variable may have an empty value: it is there all the same.
  const [old, next] = [
    hadItem === undefined ? undefined : (before ?? ''),
    hasItem === undefined ? undefined : (after ?? ''),
  ];
  return [{ ...place, before: old, after: next }];
}
