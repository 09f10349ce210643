import type { Degraded } from './topic-spec.ts';

/** ECS's answers may be stale: a resource that was seen is gone only after this many consecutive polls without it. */
export const ABSENCES_TO_BELIEVE = 2;

/** Before the first state, this many failed polls are an error. */
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

  /** ECS can be read again. @returns whether followers were notified that it could not */
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

  /**
   * ECS said that the resource is gone. @returns whether it has said so often enough, because its answers may be stale
   */
  isGone(): boolean {
    this.#absences += 1;
    return this.#absences >= ABSENCES_TO_BELIEVE;
  }
}
