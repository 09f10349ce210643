/** What to do with the events of a source, and when they end. */
export interface EventHandlers<Source, Event> {
  /** Ends the stream from outside. */
  readonly signal: AbortSignal;
  readonly map: (value: Source) => Promise<Event>;
  /** The last event of a source that failed. */
  readonly onFailure: (error: unknown) => Event;
  readonly onEnd: () => void;
}

const ENDED: IteratorReturnResult<void> = { done: true, value: undefined };

/**
 * A source's values, mapped one after the other. An async generator would make `return` wait for a value that may never come;
 * this one lets go at once, of the consumer and of the source.
 */
export function mapEvents<Source, Event>(
  source: AsyncIterable<Source>,
  handlers: EventHandlers<Source, Event>,
): AsyncGenerator<Event, void> {
  const iterator = source[Symbol.asyncIterator]();
  const { signal } = handlers;
  const waiting = new Set<(result: IteratorResult<Event, void>) => void>();
  let over = false;

  function end(): void {
    if (over) return;
    over = true;
    signal.removeEventListener('abort', end);
    for (const letGo of waiting) letGo(ENDED);
    waiting.clear();
    handlers.onEnd();
    // The source may only notice at its next value, and how it fails then concerns nobody.
    Promise.resolve(iterator.return?.()).catch(() => {});
  }
  if (signal.aborted) end();
  else signal.addEventListener('abort', end, { once: true });

  async function advance(): Promise<IteratorResult<Event, void>> {
    const item = await iterator.next();
    return item.done === true ? ENDED : { done: false, value: await handlers.map(item.value) };
  }

  // No race against a promise that lives as long as the stream: each race would leave its event there until the end.
  function next(): Promise<IteratorResult<Event, void>> {
    if (over) return Promise.resolve(ENDED);
    return new Promise((resolve) => {
      waiting.add(resolve);
      const settle = (result: IteratorResult<Event, void>, isLast: boolean) => {
        waiting.delete(resolve);
        resolve(result);
        if (isLast) end();
      };
      advance().then(
        (result) => settle(result, result.done === true),
        (error: unknown) => settle(over ? ENDED : { done: false, value: handlers.onFailure(error) }, true),
      );
    });
  }

  const stop = async (): Promise<IteratorResult<Event, void>> => {
    end();
    return ENDED;
  };
  return {
    next,
    return: stop,
    throw: stop,
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
