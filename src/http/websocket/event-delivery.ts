import type { EventResult } from '../../pipeline/subscriptions/event-result.ts';
import type { Receiver } from '../../pipeline/subscriptions/event-stream.ts';
import type { Connection } from './connection.ts';
import { EmptyGenerator, ENDED } from './empty-generator.ts';

/** A source that delivers its results one after the other. */
export interface Deliverable {
  deliver(receiver: Receiver): void;
  return(): Promise<unknown>;
}

/**
 * Sends the events of a stream itself and ends when that stream ends. graphql-ws would serialise every event again for each subscriber.
 */
export class Delivery extends EmptyGenerator implements Receiver {
  readonly #stream: Deliverable;
  readonly #connection: Connection;
  readonly #head: string;
  #end: ((end: IteratorReturnResult<void>) => void) | undefined;

  /** @param id the subscriber's own id of the operation */
  constructor(stream: Deliverable, connection: Connection, id: string) {
    super();
    this.#stream = stream;
    this.#connection = connection;
    this.#head = `{"id":${JSON.stringify(id)},"type":"next","payload":`;
  }

  /** Resolves at the end of the stream. Called once. */
  next(): Promise<IteratorReturnResult<void>> {
    return new Promise((resolve) => {
      this.#end = resolve;
      this.#stream.deliver(this);
    });
  }

  send({ bytes }: EventResult): Promise<void> | undefined {
    return this.#connection.sendParts(this.#head, bytes, '}');
  }

  onOver(): void {
    this.#end?.(ENDED);
  }

  /** Leaves `next` pending: after it, graphql-ws would end the operation that has the id now. */
  async return(): Promise<IteratorReturnResult<void>> {
    this.#end = undefined;
    await this.#stream.return();
    return ENDED;
  }
}
