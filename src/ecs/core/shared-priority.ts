interface Wanted {
  readonly lane: Lane;
  readonly deadline?: number | undefined;
}

/**
 * How badly a call is wanted that others may join while it waits for its token: it goes in the best lane of those who wait, and may
 * take as long as the most patient of them allows.
 */
export class Demand {
  #lane: Lane = 'poll';
  #deadline = Number.NEGATIVE_INFINITY;
  #onLane: (() => void) | undefined;

  get lane(): Lane {
    return this.#lane;
  }

  get deadline(): number {
    return this.#deadline;
  }

  /** Somebody else wants it, too. */
  add({ lane, deadline = Number.POSITIVE_INFINITY }: Wanted): void {
    this.#deadline = Math.max(this.#deadline, deadline);
    if (LANES.indexOf(lane) >= LANES.indexOf(this.#lane)) return;
    this.#lane = lane;
    this.#onLane?.();
  }

  /** Calls back whenever the lane has become a better one; there is one listener, the queue. */
  onLane(callback: (() => void) | undefined): void {
    this.#onLane = callback;
  }
}

/** Who goes first when a rate bucket runs low. */
export type Lane = 'write' | 'query' | 'poll';

/** In the order in which they are served. */
export const LANES: readonly Lane[] = ['write', 'query', 'poll'];
