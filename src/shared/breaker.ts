import type { Timers } from '../ecs/core/timers.ts';

/** This many commands without an answer within WINDOW_MS open the breaker, long before the connection is cut. */
const MOST_TIMEOUTS = 3;
const WINDOW_MS = 2_000;

/** Errors of a server that can be reached and cannot be used, by their first word. */
const UNUSABLE = new Set([
  'OOM',
  'READONLY',
  'NOREPLICAS',
  'BUSY',
  'LOADING',
  'MASTERDOWN',
  'CLUSTERDOWN',
  'MISCONF',
  'NOAUTH',
  'WRONGPASS',
]);

/** Decides from what happens to commands whether Redis can be used. */
export class Breaker {
  readonly #timers: Timers;
  #timeouts: number[] = [];

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  /** Notes a command without an answer. Returns true if Redis counts as away from now on. */
  timedOut(): boolean {
    const now = this.#timers.monotonic();
    this.#timeouts = [...this.#timeouts.filter((at) => now - at < WINDOW_MS), now];
    return this.#timeouts.length >= MOST_TIMEOUTS;
  }

  reset(): void {
    this.#timeouts = [];
  }
}

/** Whether an error means that Redis cannot be used at all, rather than that a command was wrong. */
export function isUnusable(kind: string): boolean {
  return UNUSABLE.has(kind);
}
