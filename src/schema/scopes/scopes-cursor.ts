import { badUserInput } from '../core/errors.ts';

/** The end of a list, as cursors write it. */
export const END = 0;

/** The position in the list of one scope: null at its beginning, otherwise after the item of a cursor, or at its end. */
export type Position = string | null | typeof END;

/** By account id and region. A scope that is configured later starts at its beginning. */
export type Positions = ReadonlyMap<string, Position>;

/** A JSON array of the list's binding and the positions. Beginnings are left out, and ends are a number. */
export function encodeScopesCursor(binding: string, positions: Positions): string {
  const written = Object.fromEntries(
    [...positions].flatMap(([key, position]) => (position === null ? [] : [[key, position] as const])),
  );
  return Buffer.from(JSON.stringify([binding, written])).toString('base64url');
}

/** @throws {GraphQLError} BAD_USER_INPUT naming `after` */
export function decodeScopesCursor(binding: string, cursor: string): Map<string, Position> {
  const [owner, written] = parsed(cursor);
  if (typeof owner !== 'string' || typeof written !== 'object' || written === null)
    throw badUserInput('after', 'is not a cursor that this API gave out for a list over several accounts and regions');
  if (owner !== binding) throw badUserInput('after', 'is a cursor of another list');
  return new Map(
    Object.entries(written).map(([key, position]) => [key, position === END ? END : String(position)] as const),
  );
}

function parsed(cursor: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
