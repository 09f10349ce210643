import { AbortListeners } from '../core/abort-listeners.ts';

/** A running operation that several callers may wait for. */
interface Flight<T> {
  readonly answer: Promise<T>;
  readonly controller: AbortController;
  waiters: number;
}

/**
 * Callers that want the same result at the same time share one operation. It is abandoned when its last waiter leaves,
 * so it lives as long as the most patient of them.
 */
export class Flights {
  readonly #flights = new Map<string, Flight<unknown>>();
  readonly #aborts = new AbortListeners();

  /** Number of running operations. */
  get size(): number {
    return this.#flights.size;
  }

  has(key: string): boolean {
    return this.#flights.has(key);
  }

  /**
   * Joins the operation named `key`, or starts it.
   * @param onJoin called if the operation was already running
   */
  join<T>(
    key: string,
    signal: AbortSignal,
    start: (signal: AbortSignal) => Promise<T>,
    onJoin?: () => void,
  ): Promise<T> {
    const existing = this.#flights.get(key) as Flight<T> | undefined;
    if (existing !== undefined) onJoin?.();
    const flight = existing ?? this.#start(key, start);
    flight.waiters += 1;
    return this.#aborts.until(flight.answer, signal, () => {
      flight.waiters -= 1;
      if (flight.waiters > 0) return;
      if (this.#flights.get(key) === flight) this.#flights.delete(key);
      flight.controller.abort(signal.reason);
    });
  }

  #start<T>(key: string, start: (signal: AbortSignal) => Promise<T>): Flight<T> {
    const controller = new AbortController();
    const flight: Flight<T> = { answer: start(controller.signal), controller, waiters: 0 };
    this.#flights.set(key, flight);
    const land = () => {
      if (this.#flights.get(key) === flight) this.#flights.delete(key);
    };
    flight.answer.then(land, land);
    return flight;
  }
}
