import type { EventResult } from '../../pipeline/subscriptions/event-result.ts';
import type { Receiver } from '../../pipeline/subscriptions/event-stream.ts';
import { Cancellable } from './cancellable.ts';
import type { Connection } from './connection.ts';

/** A source that delivers its results one after the other. */
export interface Deliverable {
  deliver(receiver: Receiver): void;
  return(): unknown;
}

/** The operations of a connection by their ids, as graphql-ws keeps them. */
export interface Operations {
  readonly extra: { readonly connection: Connection };
  readonly subscriptions: Record<string, unknown>;
}

/**
 * An operation whose results this process sends by itself. graphql-ws would serialise every event again for each subscriber, and keep
 * 1.4 kB for each while it waits for the next one.
 */
export class Delivery extends Cancellable implements Receiver {
  readonly #stream: Deliverable;
  readonly #operations: Operations;
  /** The subscriber's own id of the operation. */
  readonly #id: string;

  constructor(stream: Deliverable, operations: Operations, id: string) {
    super();
    this.#stream = stream;
    this.#operations = operations;
    this.#id = id;
  }

  /** Takes the id, and sends everything until the stream ends. Called once. */
  start(): void {
    this.#operations.subscriptions[this.#id] = this;
    this.#stream.deliver(this);
  }

  send({ bytes }: EventResult): Promise<void> | undefined {
    const head = `{"id":${JSON.stringify(this.#id)},"type":"next","payload":`;
    return this.#operations.extra.connection.sendParts(head, bytes, '}');
  }

  /** Another operation may have the id by now, if the client has completed this one. */
  onOver(): void {
    const { subscriptions, extra } = this.#operations;
    if (subscriptions[this.#id] !== this) return;
    delete subscriptions[this.#id];
    const complete = JSON.stringify({ id: this.#id, type: 'complete' });
    // The end of a token ends streams and then closes the connection, after which clients reconnect and go on. A stream
    // that was complete would not go on. A socket that fails closes, which ends all operations.
    queueMicrotask(() => void extra.connection.send(complete).catch(() => undefined));
  }

  return(): unknown {
    return this.#stream.return();
  }
}
