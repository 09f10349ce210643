import { createHash } from 'node:crypto';

/** A position in the events of a topic. */
export interface LiveCursor {
  /** The process run that numbered the events; `sequence` is meaningless to others. */
  readonly epoch: string;
  readonly sequence: number;
  /** The mark from which the topic can resume in any process; absent if it cannot. */
  readonly mark?: string | undefined;
}

/** A cursor that is invalid, or of another subscription. The message is for the user. */
export class CursorError extends Error {
  override readonly name = 'CursorError';
}

const VERSION = 'l1';

/** A long mark is not encoded again: it is already packed, and headers have limits. */
const PLAIN = /^~?[\w-]{100,}$/;

export function encodeLiveCursor(key: string, { epoch, sequence, mark }: LiveCursor): string {
  const isPlain = mark !== undefined && PLAIN.test(mark);
  const parts = [VERSION, tagOf(key), epoch, sequence, ...(mark === undefined || isPlain ? [] : [mark])];
  const text = Buffer.from(JSON.stringify(parts)).toString('base64url');
  return isPlain ? `${text}.${mark}` : text;
}

/** @throws {CursorError} */
export function decodeLiveCursor(key: string, cursor: string): LiveCursor {
  const parts = readParts(cursor);
  const [version, tag, epoch, sequence, mark] = parts;
  if (version !== VERSION || typeof epoch !== 'string' || !isSequence(sequence)) {
    throw notGivenOut();
  }
  if (tag !== tagOf(key)) throw new CursorError('is the cursor of another subscription');
  return { epoch, sequence, mark: typeof mark === 'string' ? mark : undefined };
}

/** The error for a cursor that no event had. */
export function notGivenOut(): CursorError {
  return new CursorError('is not a cursor of a live event');
}

function isSequence(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

/** The mark in a cursor of any topic. It comes from a client and must be validated. */
export function markIn(cursor: string): string | undefined {
  const [version, , , , mark] = readParts(cursor);
  return version === VERSION && typeof mark === 'string' ? mark : undefined;
}

function readParts(cursor: string): readonly unknown[] {
  try {
    const [text = '', mark] = cursor.split('.', 2);
    const parts: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    if (!Array.isArray(parts)) return [];
    return mark === undefined ? parts : [...parts.slice(0, 4), mark];
  } catch {
    return [];
  }
}

function tagOf(key: string): string {
  return createHash('sha256').update(key).digest('base64url').slice(0, 12);
}
