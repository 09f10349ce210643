import type { EventResult } from '../../pipeline/subscriptions/event-result.ts';
import type { EventStream } from '../../pipeline/subscriptions/event-stream.ts';

/** Where Server-Sent Events are written. */
export interface EventSink {
  /** Whether the reader keeps up: if not, `onDrain` says when it does again. */
  write(result: EventResult): boolean;
  onDrain(callback: () => void): void;
  /** A comment; left out where something waits to be sent. */
  ping(): void;
  /**
   * The end. Not called once the reader has gone.
   * @param last what says that there is no more to come; absent where the reader should come back for the rest
   */
  end(last: Buffer | undefined): void;
}

/** Comments that keep proxies from taking a quiet stream for a dead one. */
const PING_MS = 12_000;

export const PING = Buffer.from(':\n\n');
const COMPLETE = Buffer.from('event: complete\ndata:\n\n');

/** Writes a stream's events as they come, the same bytes for all who are sent the same; a reader that is behind is waited for. */
export class EventCarrier {
  readonly #stream: EventStream;
  readonly #pings: NodeJS.Timeout;
  #hasGone = false;

  constructor(stream: EventStream, sink: EventSink) {
    this.#stream = stream;
    // Some browsers wait for the first byte of the body before they believe in the head.
    sink.ping();
    this.#pings = setInterval(() => sink.ping(), PING_MS).unref();
    const delivered = stream.deliver((result) =>
      sink.write(result) ? undefined : new Promise((resolve) => sink.onDrain(resolve)),
    );
    void delivered.then((isWhole) => {
      clearInterval(this.#pings);
      if (!this.#hasGone) sink.end(isWhole ? COMPLETE : undefined);
    });
  }

  /** The reader has gone. */
  stop(): void {
    this.#hasGone = true;
    clearInterval(this.#pings);
    void this.#stream.return();
  }
}
