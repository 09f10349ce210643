import { badUserInput } from '../core/errors.ts';
import type { ScopeEntry } from '../core/scopes.ts';

/** The position of a feed over several scopes in one of them. */
export interface FeedPosition {
  readonly cursor: string;
  readonly sequence: number;
}

const START = 'scopes.';

/** A cursor of a feed over several scopes: the cursors of each. */
export function encodeFeedCursor(positions: readonly (readonly [ScopeEntry, FeedPosition])[]): string {
  const written = positions.map(([entry, { cursor, sequence }]) => [keyOf(entry), cursor, sequence]);
  return START + Buffer.from(JSON.stringify(written)).toString('base64url');
}

/** Whether a cursor is one of a feed over several scopes. */
export function isFeedCursor(cursor: string): boolean {
  return cursor.startsWith(START);
}

/**
 * The position in a scope; undefined if the feed had sent nothing of it.
 * @throws {GraphQLError} BAD_USER_INPUT naming `after`
 */
export function feedPosition(cursor: string, entry: ScopeEntry): FeedPosition | undefined {
  const written = parsed(cursor);
  if (!Array.isArray(written)) throw badUserInput('after', 'is not a cursor of a live event');
  const key = keyOf(entry);
  for (const item of written as readonly unknown[]) {
    const [owner, own, sequence] = Array.isArray(item) ? (item as readonly unknown[]) : [];
    if (owner === key && typeof own === 'string' && Number.isSafeInteger(sequence))
      return { cursor: own, sequence: Number(sequence) };
  }
  return undefined;
}

function parsed(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor.slice(START.length), 'base64url').toString());
  } catch {
    return undefined;
  }
}

function keyOf({ scope }: ScopeEntry): string {
  return `${scope.account}/${scope.region}`;
}
