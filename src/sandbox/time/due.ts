import type { DueAction } from './due-action.ts';

/** Something that is due at a virtual time, in whole milliseconds. Setting `run` to undefined cancels it. */
export interface Due {
  time: number;
  order: number;
  run: DueAction<never, never> | undefined;
  /** A function and its two arguments take less memory than a closure. */
  first: unknown;
  second: unknown;
  /** The next entry in the same millisecond. */
  next: Due | undefined;
  /** Whether the clock still holds it, cancelled or not. */
  isQueued: boolean;
}
