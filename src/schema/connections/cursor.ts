import { createHash } from 'node:crypto';
import { badUserInput } from '../core/errors.ts';

/** Behind a key of a list that is read whole and sorted: never expires. */
export interface KeyPlace {
  readonly key: string;
}

/** Behind `offset` items of the page that `token` opens, of a list that ECS pages: expires when ECS forgets the token. */
export interface TokenPlace {
  readonly token: string | null;
  readonly offset: number;
  /** Mark of the item that the place is behind: it finds the place again where items before it have come or gone. */
  readonly behind?: string;
  /** Marks of items that were shown before ECS listed them. */
  readonly shown?: readonly string[];
}

export type Place = KeyPlace | TokenPlace;

/** Names an item in cursors: short, and in practice unique. */
export function markOf(item: string): string {
  return createHash('sha256').update(item).digest('base64url').slice(0, 8);
}

/**
 * What a cursor belongs to: the list's name, scope, parent and filters, but never `first`. A cursor of another list
 * would point to a random place, so it is refused.
 */
export function listBinding(...parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 12);
}

export function encodeCursor(binding: string, place: Place): string {
  return Buffer.from(JSON.stringify([binding, ...partsOf(place)])).toString('base64url');
}

function partsOf(place: Place): readonly unknown[] {
  if ('key' in place) return [place.key];
  const { token, offset, behind, shown } = place;
  return [token, offset, ...(behind === undefined && shown === undefined ? [] : [behind ?? null, ...(shown ?? [])])];
}

/** @throws BAD_USER_INPUT naming `after` when the cursor is malformed or of another list */
export function decodeCursor(binding: string, cursor: string): Place {
  const [owner, ...parts] = readJsonArray(Buffer.from(cursor, 'base64url').toString());
  const place = toPlace(parts);
  if (typeof owner !== 'string' || place === undefined)
    throw badUserInput('after', 'is not a cursor that this API gave out');
  if (owner !== binding)
    throw badUserInput('after', 'is a cursor of another list, or of the same list with other filters');
  return place;
}

function toPlace([first, offset, behind = null, ...shown]: readonly unknown[]): Place | undefined {
  if (offset === undefined) return typeof first === 'string' ? { key: first } : undefined;
  if (!Number.isSafeInteger(offset) || (offset as number) < 0) return undefined;
  if (typeof first !== 'string' && first !== null) return undefined;
  if (typeof behind !== 'string' && behind !== null) return undefined;
  if (!shown.every((mark) => typeof mark === 'string')) return undefined;
  return {
    token: first,
    offset: offset as number,
    ...(behind === null ? {} : { behind }),
    ...(shown.length === 0 ? {} : { shown }),
  };
}

function readJsonArray(text: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
