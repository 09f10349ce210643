import { untilAborted } from './abort.ts';

/** Tells an effort that nobody waits for it any more: an AbortSignal, but so light that every task of a fleet can have one. */
export class Abandonment {
  isAbandoned = false;
  #callback: ((reason: unknown) => void) | undefined;

  /** Calls back once, with what the last waiter left for. There is one listener: the effort. */
  listen(callback: (reason: unknown) => void): void {
    this.#callback = callback;
  }

  abandon(reason: unknown): void {
    this.isAbandoned = true;
    this.#callback?.(reason);
  }
}

/** Something under way that more than one caller may wait for. */
interface Flight<T> {
  readonly answer: Promise<T>;
  readonly abandonment: Abandonment;
  waiters: number;
}

/**
 * Lets callers that want the same thing at the same time share one effort. The effort is abandoned when its last
 * waiter has gone, so it lives as long as the most patient of them.
 */
export class Flights {
  readonly #flights = new Map<string, Flight<unknown>>();

  /** How many efforts are under way. */
  get size(): number {
    return this.#flights.size;
  }

  /**
   * Joins the effort named `key`, or starts it.
   * @param onJoin called when somebody else had started it already
   */
  join<T>(
    key: string,
    signal: AbortSignal,
    start: (abandonment: Abandonment) => Promise<T>,
    onJoin?: () => void,
  ): Promise<T> {
    const existing = this.#flights.get(key) as Flight<T> | undefined;
    if (existing !== undefined) onJoin?.();
    const flight = existing ?? this.#start(key, start);
    flight.waiters += 1;
    return untilAborted(flight.answer, signal, () => {
      flight.waiters -= 1;
      if (flight.waiters > 0) return;
      if (this.#flights.get(key) === flight) this.#flights.delete(key);
      flight.abandonment.abandon(signal.reason);
    });
  }

  #start<T>(key: string, start: (abandonment: Abandonment) => Promise<T>): Flight<T> {
    const abandonment = new Abandonment();
    const flight: Flight<T> = { answer: start(abandonment), abandonment, waiters: 0 };
    this.#flights.set(key, flight);
    const land = () => {
      if (this.#flights.get(key) === flight) this.#flights.delete(key);
    };
    flight.answer.then(land, land);
    return flight;
  }
}
