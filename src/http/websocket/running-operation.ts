import type { EventResult } from '../../pipeline/subscriptions/event-result.ts';
import type { Receiver } from '../../pipeline/subscriptions/event-stream.ts';
import { Cancellable } from './cancellable.ts';
import type { Deliverable } from './event-delivery.ts';

/**
 * The result of a query as a stream of one event, so that its text is written once, over several turns, and not by
 * graphql-ws.
 */
export class SingleResult implements Deliverable {
  readonly #result: EventResult;

  constructor(result: EventResult) {
    this.#result = result;
  }

  deliver(receiver: Receiver): void {
    const end = () => receiver.onOver(true);
    const sent = receiver.send(this.#result);
    // A transport that failed to send has no other way to report it.
    if (sent === undefined) end();
    else sent.then(end, end);
  }

  return(): void {}
}

/**
 * Stands for an operation while it waits for its turn and until it has a result: an answer, or a stream that is open.
 * graphql-ws calls `return` on it when the client cancels the operation or disconnects; it could not cancel a plain
 * promise.
 */
export class RunningOperation extends Cancellable {
  readonly #controller = new AbortController();

  /** Aborts when the result is no longer needed. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  return(): void {
    this.#controller.abort();
  }
}
