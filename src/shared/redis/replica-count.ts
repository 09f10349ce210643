import type { Timers } from '../../ecs/core/timers.ts';
import { ALIVE_MS } from './heartbeat.ts';

/**
 * The number of replicas: what the last heartbeat returned. A server that was restarted has forgotten the others, who
 * need a moment to reach it, so the number does not fall for that long.
 */
export class ReplicaCount {
  readonly #timers: Timers;
  readonly #least: number;
  #known = 0;
  #heldUntil = Number.NEGATIVE_INFINITY;

  /** @param least the number to assume at least while the true one is not known */
  constructor(least: number, timers: Timers) {
    this.#least = least;
    this.#timers = timers;
  }

  counted(replicas: number): void {
    this.#known = this.#timers.monotonic() < this.#heldUntil ? Math.max(this.#known, replicas) : replicas;
  }

  /** Notes that the server may have forgotten the other replicas. */
  forgotten(): void {
    if (this.#known > 0) this.#heldUntil = this.#timers.monotonic() + ALIVE_MS;
  }

  /** The number of replicas, by what is known. */
  get(isAway: boolean): number {
    return Math.max(isAway ? this.#least : 1, this.#known);
  }
}
