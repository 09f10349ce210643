import type { Timers } from '../../../src/ecs/core/timers.ts';

/** A longer wait than this is not leapt over: it comes due when a test passes the time. */
const LONGEST_LEAP_MS = 10_000;

/** Time that leaps over every short wait. */
export class LeapingTimers implements Timers {
  #now = 0;
  #due: { readonly at: number; readonly callback: () => void }[] = [];

  monotonic(): number {
    return this.#now;
  }

  schedule(delayMs: number, callback: () => void): () => void {
    if (delayMs <= LONGEST_LEAP_MS) {
      const leap = setImmediate(() => {
        this.#now += delayMs;
        callback();
      });
      return () => clearImmediate(leap);
    }
    const entry = { at: this.#now + delayMs, callback };
    this.#due.push(entry);
    return () => {
      this.#due = this.#due.filter((other) => other !== entry);
    };
  }

  /** Moves on, and calls back what comes due. */
  pass(ms: number): void {
    this.#now += ms;
    const due = this.#due.filter(({ at }) => at <= this.#now);
    this.#due = this.#due.filter(({ at }) => at > this.#now);
    for (const { callback } of due) callback();
  }
}
