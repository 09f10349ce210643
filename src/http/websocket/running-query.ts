import type { EventResult } from '../../pipeline/subscriptions/event-result.ts';
import type { Send } from '../../pipeline/subscriptions/event-stream.ts';

const ENDED: IteratorReturnResult<void> = { done: true, value: undefined };

/** The result of a query as a stream of one, so that its text is written once, in turns, and not by graphql-ws. */
export class SingleResult {
  readonly #result: EventResult;

  constructor(result: EventResult) {
    this.#result = result;
  }

  async deliver(send: Send): Promise<boolean> {
    await send(this.#result);
    return true;
  }

  async return(): Promise<IteratorReturnResult<void>> {
    return ENDED;
  }
}

/**
 * Stands in the place of a query's result while it runs. graphql-ws ends what stands there when the client no longer wants the
 * operation or has gone; a query is nothing that it could end otherwise.
 */
export class RunningQuery implements AsyncGenerator<never, void> {
  readonly #controller = new AbortController();

  /** Ends when nobody waits for the query any more. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  async next(): Promise<IteratorReturnResult<void>> {
    return ENDED;
  }

  async return(): Promise<IteratorReturnResult<void>> {
    this.#controller.abort();
    return ENDED;
  }

  throw(): Promise<IteratorReturnResult<void>> {
    return this.return();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }
}
