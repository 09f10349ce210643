import type { DueAction } from './due-action.ts';

/** Something that is due at a moment of virtual time, in whole milliseconds. Setting `run` to undefined cancels it. */
export interface Due {
  time: number;
  order: number;
  run: DueAction<never, never> | undefined;
  /** What it is run with: a function and its two arguments take less than a closure over these. */
  first: unknown;
  second: unknown;
  /** The next one in the same millisecond. */
  next: Due | undefined;
  /** Whether the clock still has it, cancelled or not. */
  isQueued: boolean;
}
