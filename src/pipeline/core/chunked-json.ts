import { Job } from '../../turns/job.ts';
import type { Turns } from '../../turns/turns.ts';

/** How writing a long text shares the event loop, and its limits. */
export interface Writing {
  readonly turns: Turns;
  /** The work that the writing is part of; absent for writing of its own. */
  readonly job?: Job | undefined;
  /** Most characters; 0 or absent means no limit. */
  readonly most?: number;
  /** Stops the writing when the answer is no longer needed. */
  readonly signal?: AbortSignal | undefined;
}

/** The text exceeds its limit. */
export class TooLongError extends Error {
  override readonly name = 'TooLongError';
}

/** Pieces that are joined at once while they are young; after that the clock is checked. */
const PIECES_A_LOOK = 64;
/** Number of values after which the clock is also checked. They take some 0.05 ms. */
const VALUES_A_LOOK = 250;
/** JSON.stringify writes a container with at most this many values. It takes a third of the time of writing pieces. */
const VALUES_A_PIECE = 200;

/** An array or object that is being written, with its position. */
interface Open {
  readonly value: Container;
  /** Set for objects. */
  readonly keys: readonly string[] | undefined;
  at: number;
  isEmpty: boolean;
}

type Container = Readonly<Record<string | number, unknown>> | readonly unknown[];

/**
 * Like JSON.stringify, for data without cycles. A long text (a fleet's answer is megabytes) is written in slices, and
 * other work runs in between.
 * @returns the text in parts, so that a caller that adds text around it copies it once
 * @throws {TooLongError} as soon as the text is longer than `most`
 */
export async function jsonInTurns(
  data: unknown,
  { turns, job = new Job(''), most = 0, signal }: Writing,
): Promise<readonly string[]> {
  const parts: string[] = [];
  let pieces: string[] = [];
  const open: Open[] = [];
  let length = 0;
  let values = 0;

  function write(prefix: string, value: unknown): void {
    const left = isContainer(value) ? leftAfter(value, VALUES_A_PIECE) : VALUES_A_PIECE;
    if (!isContainer(value) || left >= 0) {
      values += VALUES_A_PIECE - left;
      pieces.push(prefix + (JSON.stringify(value) ?? 'null'));
      return;
    }
    const keys = Array.isArray(value) ? undefined : Object.keys(value);
    open.push({ value, keys, at: 0, isEmpty: true });
    pieces.push(prefix + (keys === undefined ? '[' : '{'));
  }

  write('', data);
  for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
    writeNext(top);
    if (pieces.length < PIECES_A_LOOK && values < VALUES_A_LOOK) continue;
    finishPart();
    if (!turns.isOver()) continue;
    await turns.next(job);
    signal?.throwIfAborted();
  }
  finishPart();
  return parts;

  function finishPart(): void {
    const part = pieces.join('');
    pieces = [];
    values = 0;
    length += part.length;
    if (most > 0 && length > most) throw new TooLongError(`The text has more than ${most} characters.`);
    parts.push(part);
  }

  function writeNext(top: Open): void {
    const { value, keys, at } = top;
    if (at >= (keys ?? (value as readonly unknown[])).length) {
      open.pop();
      pieces.push(keys === undefined ? ']' : '}');
      return;
    }
    top.at += 1;
    const key = keys?.[at];
    const item = (value as Readonly<Record<string | number, unknown>>)[key ?? at];
    if (key !== undefined && item === undefined) return;
    const comma = top.isEmpty ? '' : ',';
    top.isEmpty = false;
    write(key === undefined ? comma : `${comma}${JSON.stringify(key)}:`, item);
  }
}

function isContainer(value: unknown): value is Container {
  return typeof value === 'object' && value !== null && !('toJSON' in value);
}

/** Counts down with each value in a container and in those within it; stops below zero. */
function leftAfter(value: Container, most: number): number {
  let left = most;
  for (const name in value) {
    left -= 1;
    if (left < 0) return left;
    const item = (value as Readonly<Record<string, unknown>>)[name];
    if (isContainer(item)) left = leftAfter(item, left);
  }
  return left;
}
