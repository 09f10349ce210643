import { LatestValues } from '../util/latest-values.ts';
import type { Job } from './job.ts';
import { Pause } from './pause.ts';

/** The use of a principal is averaged over this time, in milliseconds. */
const AVERAGE_MS = 1_000;
/** A principal that has used more than this part of the event loop's time is busy. */
const BUSY_PART = 0.2;
/** Most principals that are remembered; the one that has used no time for longest is forgotten first. */
const MOST_PRINCIPALS = 1_000;

/** How much of the event loop's time a principal has used lately, however many operations have used it. */
class Principal {
  /** Of its long jobs, for the sake of its short ones. */
  readonly pause = new Pause();
  /** The most of the event loop's time that it may use beside others, up to 1. */
  most = 1;
  /** Each millisecond counts less the longer it is ago. */
  #ms = 0;
  #at = Number.NEGATIVE_INFINITY;

  charge(ms: number, now: number): void {
    this.#ms = this.#usedMs(now) + ms;
    this.#at = now;
  }

  isBusy(now: number): boolean {
    return this.#usedMs(now) > BUSY_PART * AVERAGE_MS;
  }

  /** Whether it has used as much as it may beside others. */
  isSpent(now: number): boolean {
    return this.most < 1 && this.#usedMs(now) >= this.most * AVERAGE_MS;
  }

  #usedMs(now: number): number {
    return this.#ms * Math.exp(-Math.max(0, now - this.#at) / AVERAGE_MS);
  }
}

/** The principals that have used time of the event loop lately. */
export class Principals {
  readonly #principals = new LatestValues<Principal>(MOST_PRINCIPALS);

  of(name: string): Principal {
    const known = this.#principals.get(name);
    if (known !== undefined) return known;
    const principal = new Principal();
    this.#principals.set(name, principal);
    return principal;
  }

  /** @param now a monotonic clock in milliseconds */
  charge({ principal: name, most }: Job, ms: number, now: number): void {
    const principal = this.of(name);
    principal.charge(ms, now);
    if (most !== undefined) principal.most = most;
    this.#principals.set(name, principal);
  }
}
