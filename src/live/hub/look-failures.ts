import type { Degraded } from './topic-spec.ts';

/** ECS reads late: what was seen once is gone only when it is missing for so many looks in a row. */
export const ABSENCES_TO_BELIEVE = 2;

/** With nothing to show yet, so many failed looks are an error. */
const FAILURES_BEFORE_FIRST = 3;

/** The looks of one topic that failed since the last one that was answered. */
export class LookFailures {
  /** Since when followers know that ECS cannot be read. */
  degraded: Degraded | null = null;
  #failures = 0;
  #absences = 0;

  /** A look was answered. */
  clear(): void {
    this.#failures = 0;
    this.#absences = 0;
  }

  /** ECS can be read again. @returns whether followers were told that it cannot */
  recover(): boolean {
    const hasRecovered = this.degraded !== null;
    this.degraded = null;
    return hasRecovered;
  }

  add(): void {
    this.#failures += 1;
  }

  /** @returns whether a failure without anything to show is an error */
  isError(retryable: boolean): boolean {
    return !retryable || this.#failures >= FAILURES_BEFORE_FIRST;
  }

  /** ECS said that what is followed is no more. @returns whether it has said so often enough: it reads late */
  isGone(): boolean {
    this.#absences += 1;
    return this.#absences >= ABSENCES_TO_BELIEVE;
  }
}
