/** Who takes a source's events, told when there is something to take. */
export interface SourceListener {
  onReady(): void;
}

/** Where a stream takes its events from, without a promise for each: one event may be for thousands of streams. */
export interface EventSource {
  /** The next event, or the end; undefined where neither is there yet. Throws why the source failed. */
  take(): IteratorResult<unknown, unknown> | undefined;
  /** Tells when `take` may have something to give. There is one listener. */
  listen(listener: SourceListener): void;
  return(): unknown;
  /** Whether it was ended before its end, as by a shutdown. */
  readonly isCut?: boolean;
}

/** Whether something is a source already, as what follows a topic is. */
export function isEventSource(events: object): events is EventSource {
  return 'take' in events && 'listen' in events && 'return' in events;
}

/** The source behind what a subscription's field returned, which may be any iterable. */
export function toEventSource(events: AsyncIterable<unknown>): EventSource {
  return isEventSource(events) ? events : new IterableSource(events[Symbol.asyncIterator]());
}

/** An iterator that is asked for its next value when the one before was taken, and not earlier. */
class IterableSource implements EventSource {
  readonly #iterator: AsyncIterator<unknown, unknown>;
  #listener: SourceListener | undefined;
  #next: (() => IteratorResult<unknown, unknown>) | undefined;
  #isAsked = false;

  constructor(iterator: AsyncIterator<unknown, unknown>) {
    this.#iterator = iterator;
  }

  take(): IteratorResult<unknown, unknown> | undefined {
    const next = this.#next;
    this.#next = undefined;
    if (next === undefined) this.#ask();
    return next?.();
  }

  listen(listener: SourceListener): void {
    this.#listener = listener;
  }

  return(): unknown {
    return this.#iterator.return?.();
  }

  #ask(): void {
    if (this.#isAsked) return;
    this.#isAsked = true;
    const answer = (next: () => IteratorResult<unknown, unknown>) => {
      this.#isAsked = false;
      this.#next = next;
      this.#listener?.onReady();
    };
    this.#iterator.next().then(
      (result) => answer(() => result),
      (error: unknown) =>
        answer(() => {
          throw error;
        }),
    );
  }
}
