interface Wanted {
  readonly lane: Lane;
  readonly deadline?: number | undefined;
  readonly caller?: string | undefined;
  /** Of a call that was shared before. */
  readonly callers?: ReadonlySet<string>;
}

/**
 * Priority and deadline of a call shared by several callers: the highest priority and the latest deadline among them.
 */
export class Demand {
  #lane: Lane = 'poll';
  #deadline = Number.NEGATIVE_INFINITY;
  #onLane: (() => void) | undefined;
  readonly #callers = new Set<string>();

  get lane(): Lane {
    return this.#lane;
  }

  get deadline(): number {
    return this.#deadline;
  }

  /** The principals that wait for the call: it is served in the turn of the one whose turn comes first. */
  get callers(): ReadonlySet<string> {
    return this.#callers;
  }

  /** Adds another caller. */
  add({ lane, deadline = Number.POSITIVE_INFINITY, caller = '', callers = new Set([caller]) }: Wanted): void {
    this.#deadline = Math.max(this.#deadline, deadline);
    const known = this.#callers.size;
    for (const each of callers) this.#callers.add(each);
    const rises = LANES.indexOf(lane) < LANES.indexOf(this.#lane);
    if (rises) this.#lane = lane;
    if (rises || this.#callers.size > known) this.#onLane?.();
  }

  /** Calls back when the priority rises or another principal waits. There is one listener, the queue. */
  onLane(callback: (() => void) | undefined): void {
    this.#onLane = callback;
  }
}

/** Which calls go first when a rate bucket runs low. */
export type Lane = 'write' | 'query' | 'poll';

/** In the order in which they are served. */
export const LANES: readonly Lane[] = ['write', 'query', 'poll'];
