import { createHash } from 'node:crypto';
import { badUserInput } from './errors.ts';

/**
 * A place in a list. After a key (lists that are read whole and sorted; never expires), or after `offset` items of the page
 * that `token` opens (lists that ECS pages; expires when ECS forgets the token).
 */
export type Place = { readonly key: string } | { readonly token: string | null; readonly offset: number };

/**
 * What a cursor belongs to: the list's name, scope, parent and filters, but never `first`. A cursor of another list
 * would point to a random place, so it is refused.
 */
export function listBinding(...parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 12);
}

export function encodeCursor(binding: string, place: Place): string {
  const where = 'key' in place ? [place.key] : [place.token, place.offset];
  return Buffer.from(JSON.stringify([binding, ...where])).toString('base64url');
}

/** @throws BAD_USER_INPUT naming `after` when the cursor is malformed or of another list */
export function decodeCursor(binding: string, cursor: string): Place {
  const [owner, first, offset] = readJsonArray(Buffer.from(cursor, 'base64url').toString());
  const place = toPlace(first, offset);
  if (typeof owner !== 'string' || place === undefined)
    throw badUserInput('after', 'is not a cursor that this API gave out');
  if (owner !== binding)
    throw badUserInput('after', 'is a cursor of another list, or of the same list with other filters');
  return place;
}

function toPlace(first: unknown, offset: unknown): Place | undefined {
  if (offset === undefined) return typeof first === 'string' ? { key: first } : undefined;
  if (!Number.isSafeInteger(offset) || (offset as number) < 0) return undefined;
  return typeof first === 'string' || first === null ? { token: first, offset: offset as number } : undefined;
}

function readJsonArray(text: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
