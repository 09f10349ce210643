import type { Timers } from '../ecs/core/timers.ts';

/** A sample may replace a better one that is older than this. */
const GOOD_FOR_MS = 30_000;
/** A difference above this is a clock that was set. */
const SET_MS = 1_000;

/** The server's clock, as this process's monotonic clock shows it. */
export class CommonClock {
  readonly #timers: Timers;
  #ahead = 0;
  #error = Number.POSITIVE_INFINITY;
  #at = Number.NEGATIVE_INFINITY;

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  /** Notes a time that a command returned which was sent at `sentAt`. */
  sample(sentAt: number, serverTime: number): void {
    const now = this.#timers.monotonic();
    const error = (now - sentAt) / 2;
    const ahead = serverTime - sentAt - error;
    const isSet = Math.abs(ahead - this.#ahead) > SET_MS + error + this.#error;
    if (error > this.#error && now - this.#at < GOOD_FOR_MS && !isSet) return;
    this.#ahead = ahead;
    this.#error = error;
    this.#at = now;
  }

  toShared(monotonic: number): number {
    return monotonic + this.#ahead;
  }

  toMonotonic(shared: number): number {
    return shared - this.#ahead;
  }
}
