import type { Before } from '../state.ts';

/**
 * A change of a record, and the one after it. Only the latest is held by the record itself: the rest of the chain lives
 * as long as somebody remembers a place in it.
 */
export interface Trail {
  /** What the change has taken away; nothing where the record is new. */
  readonly before: Before | undefined;
  next: Trail | undefined;
}

export function beginTrail(): Trail {
  return { before: undefined, next: undefined };
}

/** Goes one step on: to the place from which to look back at what the record is now. */
export function extend(record: { trail: Trail }, step: Trail): void {
  record.trail.next = step;
  record.trail = step;
}

/** A record as it was at a place of its trail: as it is, with all later changes taken back. */
export function asOf<R extends object>(record: R, place: Trail): R {
  const later: (Before | undefined)[] = [];
  for (let step = place.next; step !== undefined; step = step.next) later.push(step.before);
  return Object.assign({}, record, ...later.reverse()) as R;
}
