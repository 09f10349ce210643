import { createHash } from 'node:crypto';
import { GraphQLError } from 'graphql';
import { badUserInput } from '../core/errors.ts';

/** A position after a key of a list that is read completely and sorted. It never expires. */
export interface KeyPlace {
  readonly key: string;
}

/**
 * A position in a list that ECS pages. It expires when ECS forgets the token. The position is on the page of `token`,
 * after the items that were passed there. It holds which items these are, not how many: items may be created and
 * deleted before the list is read further.
 */
export interface TokenPlace {
  readonly token: string | null;
  /** Marks of the passed items of the page. */
  readonly passed: readonly string[];
  /**
   * Marks of the items that came next. If one of them is on the page, every passed item that is missing was deleted.
   */
  readonly next: readonly string[];
  /**
   * Marks of items that were shown and that ECS may list on any later page: it did not list them yet, or other items
   * shifted them.
   */
  readonly shown: readonly string[];
  /** Whether an item that ECS listed was passed, on this page or an earlier one. */
  readonly begun: boolean;
  /** The key of the last item shown, in lists whose order is known. */
  readonly last?: string;
}

/** A position in the list of one of several clusters, which are read in the order of their names. */
export interface ClusterPlace {
  readonly cluster: string;
  readonly place: TokenPlace;
}

export type Place = KeyPlace | TokenPlace | ClusterPlace;

/** The start of every list that ECS pages. */
export const BEGINNING: TokenPlace = { token: null, passed: [], next: [], shown: [], begun: false };

const MARK_BYTES = 5;

/** A short name of an item for cursors: 5 bytes of the key's digest, one character each. */
export function markOf(key: string): string {
  return createHash('sha256').update(key).digest().toString('latin1', 0, MARK_BYTES);
}

/**
 * The list that a cursor belongs to: its name, scope, parent and filters, but not `first`. A cursor of another list
 * would point to a random position, so it is refused.
 */
export function listBinding(...parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 12);
}

/** A JSON array. For a position in a paged list, the marks follow after a line feed, which JSON would escape. */
export function encodeCursor(binding: string, place: Place): string {
  if ('key' in place) return Buffer.from(JSON.stringify([binding, place.key])).toString('base64url');
  const cluster = 'cluster' in place ? [place.cluster] : [];
  const { token, passed, next, shown, begun, last = null } = 'cluster' in place ? place.place : place;
  const head = JSON.stringify([binding, token, passed.length, next.length, Number(begun), last, ...cluster]);
  const marks = Buffer.from([...passed, ...next, ...shown].join(''), 'latin1');
  return Buffer.concat([Buffer.from(`${head}\n`), marks]).toString('base64url');
}

/**
 * @throws BAD_USER_INPUT naming `after` if the cursor is malformed or belongs to another list
 * @throws PAGINATION_EXPIRED if it comes from an earlier version of this API
 */
export function decodeCursor(binding: string, cursor: string): Place {
  const { owner, place } = readCursor(cursor);
  if (owner !== binding)
    throw badUserInput('after', 'is a cursor of another list, or of the same list with other filters');
  if (place === 'outdated') throw expired();
  return place;
}

/**
 * Checks that a text is a cursor of a list, whichever list that is.
 * @throws BAD_USER_INPUT naming `after`
 */
export function checkCursor(cursor: string): void {
  readCursor(cursor);
}

function readCursor(cursor: string): { readonly owner: string; readonly place: Place | 'outdated' } {
  const bytes = Buffer.from(cursor, 'base64url');
  const end = bytes.indexOf('\n');
  const [owner, ...parts] = readJsonArray(bytes.subarray(0, end < 0 ? undefined : end).toString());
  const place = end < 0 ? toKeyPlace(parts) : toClusterPlace(parts, bytes.subarray(end + 1).toString('latin1'));
  if (typeof owner !== 'string' || place === undefined || bytes.toString('base64url') !== cursor)
    throw badUserInput('after', 'is not a cursor that this API gave out');
  return { owner, place };
}

function expired(): GraphQLError {
  const message = 'The cursor was given out by an earlier version of this API: read the list from its beginning.';
  return new GraphQLError(message, { extensions: { code: 'PAGINATION_EXPIRED', argument: 'after' } });
}

function toKeyPlace(parts: readonly unknown[]): KeyPlace | 'outdated' | undefined {
  const [key, offset] = parts;
  // Cursors of version 0.1.0 were a token and the number of items after it.
  if (Number.isSafeInteger(offset) && (typeof key === 'string' || key === null)) return 'outdated';
  return parts.length === 1 && typeof key === 'string' ? { key } : undefined;
}

/** For a position in one of several clusters' lists, the cluster comes last. */
function toClusterPlace(parts: readonly unknown[], marks: string): TokenPlace | ClusterPlace | undefined {
  const place = toTokenPlace(parts.slice(0, 5), marks);
  const cluster = parts[5];
  if (place === undefined || parts.length > 6) return undefined;
  if (cluster === undefined) return place;
  return typeof cluster === 'string' ? { cluster, place } : undefined;
}

function toTokenPlace(parts: readonly unknown[], marks: string): TokenPlace | undefined {
  const [token, passed, next, begun, last] = parts;
  if (parts.length !== 5 || (typeof token !== 'string' && token !== null)) return undefined;
  if (!isCount(passed) || !isCount(next) || (begun !== 0 && begun !== 1)) return undefined;
  if (typeof last !== 'string' && last !== null) return undefined;
  const all = Array.from({ length: marks.length / MARK_BYTES }, (_, index) =>
    marks.slice(index * MARK_BYTES, (index + 1) * MARK_BYTES),
  );
  if (marks.length % MARK_BYTES !== 0 || passed + next > all.length) return undefined;
  return {
    token,
    passed: all.slice(0, passed),
    next: all.slice(passed, passed + next),
    shown: all.slice(passed + next),
    begun: begun === 1,
    ...(last === null ? {} : { last }),
  };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function readJsonArray(text: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
