/** The consumer of a source, notified when an event is available. */
export interface SourceListener {
  onReady(): void;
}

/**
 * The source of a stream's events. It needs no promise for each event, because one event may go to thousands of
 * streams.
 */
export interface EventSource {
  /** The next event, or the end; undefined if neither is available yet. Throws if the source failed. */
  take(): IteratorResult<unknown, unknown> | undefined;
  /** Notifies the listener when `take` may return something. There is one listener. */
  listen(listener: SourceListener): void;
  return(): unknown;
  /** Whether it was ended early, for example by a shutdown. */
  readonly isCut?: boolean;
}

/** Whether an object is already a source, as followers of a topic are. */
export function isEventSource(events: object): events is EventSource {
  return 'take' in events && 'listen' in events && 'return' in events;
}

/** The source behind the value that a subscription's field returned, which may be any async iterable. */
export function toEventSource(events: AsyncIterable<unknown>): EventSource {
  return isEventSource(events) ? events : new IterableSource(events[Symbol.asyncIterator]());
}

/** A source that requests the next value only after the previous one was taken. */
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
