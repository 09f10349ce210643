import type { Send } from '../../pipeline/subscriptions/event-stream.ts';
import type { Connection } from './connection.ts';

const ENDED: IteratorReturnResult<void> = { done: true, value: undefined };

/** A source that delivers its results one after the other. */
export interface Deliverable {
  deliver(send: Send): Promise<boolean>;
  return(): Promise<unknown>;
}

/**
 * A generator that yields nothing: it sends the events of another stream itself and ends when that stream ends.
 * graphql-ws would serialise every event again for each subscriber.
 */
export class Delivery implements AsyncGenerator<never, void> {
  readonly #stream: Deliverable;
  readonly #connection: Connection;
  readonly #head: string;

  /** @param id the subscriber's own id of the operation */
  constructor(stream: Deliverable, connection: Connection, id: string) {
    this.#stream = stream;
    this.#connection = connection;
    this.#head = `{"id":${JSON.stringify(id)},"type":"next","payload":`;
  }

  async next(): Promise<IteratorReturnResult<void>> {
    await this.#stream.deliver(({ bytes }) => this.#connection.sendParts(this.#head, bytes, '}'));
    return ENDED;
  }

  async return(): Promise<IteratorReturnResult<void>> {
    await this.#stream.return();
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
