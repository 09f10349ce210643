/** What to do with the events of a source, and when they end. */
export interface EventHandlers<Source, Event> {
  /** Ends the stream from outside. */
  readonly signal: AbortSignal;
  readonly map: (value: Source) => Promise<Event>;
  /** The last event of a source that failed. */
  readonly onFailure: (error: unknown) => Event;
  readonly onEnd: () => void;
}

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
  let letGo: () => void = () => {};
  const ended = new Promise<'ended'>((resolve) => {
    letGo = () => resolve('ended');
  });
  let over = false;

  function end(): void {
    if (over) return;
    over = true;
    signal.removeEventListener('abort', end);
    letGo();
    handlers.onEnd();
    // The source may only notice at its next value, and how it fails then concerns nobody.
    Promise.resolve(iterator.return?.()).catch(() => {});
  }
  if (signal.aborted) end();
  else signal.addEventListener('abort', end, { once: true });

  async function next(): Promise<IteratorResult<Event, void>> {
    if (over) return { done: true, value: undefined };
    try {
      const item = await Promise.race([iterator.next(), ended]);
      if (item === 'ended' || item.done) {
        end();
        return { done: true, value: undefined };
      }
      const value = await Promise.race([handlers.map(item.value), ended]);
      return value === 'ended' ? { done: true, value: undefined } : { done: false, value: value as Event };
    } catch (error) {
      if (over) return { done: true, value: undefined };
      const value = handlers.onFailure(error);
      end();
      return { done: false, value };
    }
  }

  const stop = async (): Promise<IteratorResult<Event, void>> => {
    end();
    return { done: true, value: undefined };
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
