import type { EventStream } from '../../pipeline/subscriptions/event-stream.ts';
import type { Piece, StreamFormat } from '../../pipeline/subscriptions/stream-format.ts';

/** The destination of a stream of events. */
export interface EventSink {
  /** Returns false if the reader is behind; `onDrain` then reports when it has caught up. */
  write(piece: Piece): boolean;
  onDrain(callback: () => void): void;
  /** Sends a keep-alive, unless data is waiting to be sent. */
  ping(piece: Piece): void;
  /** Ends the stream with the last bytes. Not called once the reader has disconnected. */
  end(last: Buffer | undefined): void;
}

const PING_MS = 12_000;

/**
 * Writes the events of a stream as they come. Readers of the same event share its bytes, and a slow reader is waited
 * for.
 */
export class EventCarrier {
  readonly #stream: EventStream;
  readonly #pings: NodeJS.Timeout;
  #hasGone = false;

  constructor(stream: EventStream, format: StreamFormat, sink: EventSink) {
    this.#stream = stream;
    sink.write(format.start);
    this.#pings = setInterval(() => sink.ping(format.ping), PING_MS).unref();
    const delivered = stream.deliver((result) =>
      sink.write(result.in(format)) ? undefined : new Promise((resolve) => sink.onDrain(resolve)),
    );
    void delivered.then((isWhole) => {
      clearInterval(this.#pings);
      if (!this.#hasGone) sink.end(isWhole ? format.complete : format.cut);
    });
  }

  /** Called when the reader has disconnected. */
  stop(): void {
    this.#hasGone = true;
    clearInterval(this.#pings);
    void this.#stream.return();
  }
}
