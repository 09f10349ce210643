/** A call that waits for tokens. */
export interface Waiter {
  /** The principal that the call is for; empty for the gateway's own calls. */
  readonly caller: string;
  readonly tokens: number;
}

/** Waiting calls in one lane: in order for one caller, and callers take turns. */
export class FairQueue<W extends Waiter> {
  /** In the order in which callers are served. */
  readonly #callers = new Map<string, Set<W>>();
  /** Waiters for more than one token. */
  readonly large = new Set<W>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Number of calls that wait for a caller. */
  of(caller: string): number {
    return this.#callers.get(caller)?.size ?? 0;
  }

  add(waiter: W): void {
    const waiters = this.#callers.get(waiter.caller) ?? new Set<W>();
    this.#callers.set(waiter.caller, waiters.add(waiter));
    if (waiter.tokens > 1) this.large.add(waiter);
    this.#size += 1;
  }

  delete(waiter: W): void {
    const waiters = this.#callers.get(waiter.caller);
    if (waiters?.delete(waiter) !== true) return;
    this.large.delete(waiter);
    this.#size -= 1;
    if (waiters.size === 0) this.#callers.delete(waiter.caller);
  }

  /** Removes a call that is served: the turn of its caller is over. */
  serve(waiter: W): void {
    this.delete(waiter);
    const waiters = this.#callers.get(waiter.caller);
    if (waiters === undefined) return;
    this.#callers.delete(waiter.caller);
    this.#callers.set(waiter.caller, waiters);
  }

  /** The next call of each caller, in the order of their turns. */
  *heads(): Iterable<W> {
    for (const waiters of this.#callers.values()) {
      const [first] = waiters;
      if (first !== undefined) yield first;
    }
  }

  /** Number of calls that are served before a new one of a caller. */
  ahead(caller: string): number {
    const own = this.of(caller);
    let ahead = own;
    for (const [other, waiters] of this.#callers) if (other !== caller) ahead += Math.min(waiters.size, own + 1);
    return ahead;
  }
}
