import type { CallMeter } from './call-cost.ts';

interface Wanted {
  readonly lane: Lane;
  readonly deadline?: number | undefined;
  readonly caller?: string | undefined;
  /** Of a call that was shared before. */
  readonly callers?: ReadonlySet<string>;
  readonly meter?: CallMeter | undefined;
}

/**
 * Priority and deadline of a call shared by several callers: the highest priority and the latest deadline among them.
 * While it waits for the rate limit, it is a wait of each of them.
 */
export class Demand {
  #lane: Lane = 'poll';
  #deadline = Number.NEGATIVE_INFINITY;
  #onLane: (() => void) | undefined;
  readonly #callers = new Set<string>();
  readonly #meters = new Set<CallMeter>();
  /** While the call waits for the rate limit: how the wait of each caller ends. */
  #waits: Map<CallMeter, () => void> | undefined;
  #now: () => number = () => 0;

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
  add({ lane, deadline = Number.POSITIVE_INFINITY, caller = '', callers = new Set([caller]), meter }: Wanted): void {
    this.#deadline = Math.max(this.#deadline, deadline);
    if (meter !== undefined) this.#addMeter(meter);
    const known = this.#callers.size;
    for (const each of callers) this.#callers.add(each);
    const rises = LANES.indexOf(lane) < LANES.indexOf(this.#lane);
    if (rises) this.#lane = lane;
    if (rises || this.#callers.size > known) this.#onLane?.();
  }

  /** Adds the callers of another call that this one is a part of. */
  addAll(other: Demand): void {
    this.add(other);
    for (const meter of other.#meters) this.#addMeter(meter);
  }

  /** The call begins to wait for the rate limit. The returned function ends the wait, for all callers. */
  wait(now: () => number): () => void {
    this.#now = now;
    const waits = new Map([...this.#meters].map((meter) => [meter, meter.wait(now)]));
    this.#waits = waits;
    return () => {
      this.#waits = undefined;
      for (const end of waits.values()) end();
    };
  }

  #addMeter(meter: CallMeter): void {
    this.#meters.add(meter);
    if (this.#waits?.has(meter) === false) this.#waits.set(meter, meter.wait(this.#now));
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
