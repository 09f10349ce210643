import type { EventStream } from '../../pipeline/subscriptions/event-stream.ts';
import type { Piece, StreamFormat } from '../../pipeline/subscriptions/stream-format.ts';

/** Where a stream of events is written. */
export interface EventSink {
  /** Whether the reader keeps up: if not, `onDrain` says when it does again. */
  write(piece: Piece): boolean;
  onDrain(callback: () => void): void;
  /** Writes a sign of life, unless something waits to be sent. */
  ping(piece: Piece): void;
  /** The end, with the last bytes. Not called once the reader has gone. */
  end(last: Buffer | undefined): void;
}

const PING_MS = 12_000;

/** Writes a stream's events as they come, the same bytes for all who are sent the same; a reader that is behind is waited for. */
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

  /** The reader has gone. */
  stop(): void {
    this.#hasGone = true;
    clearInterval(this.#pings);
    void this.#stream.return();
  }
}
