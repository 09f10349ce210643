import { LatestValues } from '../../util/latest-values.ts';

const WINDOW_MS = 60_000;
/** Most principals that are remembered. The one that wrote least recently is forgotten first. */
const MOST_PRINCIPALS = 10_000;

/** Counts writes of each principal in the last minute. */
export class MutationWindow {
  readonly #now: () => number;
  /** Times of writes, oldest first, by principal. */
  readonly #times = new LatestValues<readonly number[]>(MOST_PRINCIPALS);

  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * Counts writes, all or none.
   * @returns undefined if they may be done; else the milliseconds until they may, Infinity if never at once
   */
  take(principal: string, count: number, most: number): number | undefined {
    const now = this.#now();
    const times = (this.#times.get(principal) ?? []).filter((time) => time > now - WINDOW_MS);
    if (times.length > 0) this.#times.set(principal, times);
    else this.#times.delete(principal);
    if (count > most) return Number.POSITIVE_INFINITY;
    const excess = times.length + count - most;
    if (excess > 0) return (times[excess - 1] ?? now) + WINDOW_MS - now;
    this.#times.set(principal, [...times, ...new Array<number>(count).fill(now)]);
    return undefined;
  }

  /** Counts the last writes of a principal no more: they were refused after all. */
  giveBack(principal: string, count: number): void {
    const times = this.#times.get(principal);
    if (times !== undefined) this.#times.set(principal, times.slice(0, -count));
  }
}
