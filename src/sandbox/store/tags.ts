import { invalidParameter } from '../checks/ecs-errors.ts';
import type { Tags } from '../util/wire-types.ts';

const MAX_TAGS = 50;
const MAX_KEY = 128;
const MAX_VALUE = 256;
const ALLOWED = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/** Tags of AWS itself are neither made nor taken away by anybody else. */
function checkOwn(key: string): void {
  if (!key.toLowerCase().startsWith('aws:')) return;
  throw invalidParameter('Tag keys must not start with the reserved prefix aws:.');
}

export function checkRemovable(keys: readonly string[]): void {
  for (const key of keys) checkOwn(key);
}

/** Checks a caller's tags; a tag without a value has an empty one. */
export function checkTags(tags: Tags | undefined): Tags {
  const keys = new Set<string>();
  const checked: Tags = [];
  for (const { key = '', value = '' } of tags ?? []) {
    if (key === '' || key.length > MAX_KEY || !ALLOWED.test(key)) {
      throw invalidParameter(`Tag keys must be between 1 and ${MAX_KEY} valid characters.`);
    }
    if (value.length > MAX_VALUE || !ALLOWED.test(value)) {
      throw invalidParameter(`Tag values must be at most ${MAX_VALUE} valid characters.`);
    }
    checkOwn(key);
    if (keys.has(key))
      throw invalidParameter('Duplicate tag keys found. Please note that Tag keys are case insensitive.');
    keys.add(key);
    checked.push({ key, value });
  }
  if (checked.length > MAX_TAGS) throw invalidParameter(`A resource can have at most ${MAX_TAGS} tags.`);
  return checked;
}

/** Resources with old-format ids and ARNs cannot have tags. */
export function checkTaggable(tags: Tags | undefined, longArn: boolean, what: string): void {
  if (longArn || (tags ?? []).length === 0) return;
  throw invalidParameter(
    `The new ARN and resource ID format must be enabled to add tags to the ${what}. Opt in to the new format and try again.`,
  );
}

/** The old tags overridden by the new ones. Too many are refused, with the given error if there is one. */
export function mergeTags(old: Tags, added: Tags, refuse = invalidParameter): Tags {
  const keys = new Set(added.map((tag) => tag.key));
  const merged = [...old.filter((tag) => !keys.has(tag.key)), ...added];
  const own = merged.filter((tag) => !tag.key?.startsWith('aws:'));
  if (own.length > MAX_TAGS) throw refuse(`A resource can have at most ${MAX_TAGS} tags.`);
  return merged;
}

export function withoutTags(old: Tags, keys: readonly string[]): Tags {
  return old.filter((tag) => !keys.includes(tag.key ?? ''));
}
