interface Wanted {
  readonly lane: Lane;
  readonly deadline?: number | undefined;
}

/**
 * Priority and deadline of a call shared by several callers: the highest priority and the latest deadline among them.
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

  /** Adds another caller. */
  add({ lane, deadline = Number.POSITIVE_INFINITY }: Wanted): void {
    this.#deadline = Math.max(this.#deadline, deadline);
    if (LANES.indexOf(lane) >= LANES.indexOf(this.#lane)) return;
    this.#lane = lane;
    this.#onLane?.();
  }

  /** Calls back when the priority rises. There is one listener, the queue. */
  onLane(callback: (() => void) | undefined): void {
    this.#onLane = callback;
  }
}

/** Which calls go first when a rate bucket runs low. */
export type Lane = 'write' | 'query' | 'poll';

/** In the order in which they are served. */
export const LANES: readonly Lane[] = ['write', 'query', 'poll'];
