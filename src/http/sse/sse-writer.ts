import type { EventResult } from '../../pipeline/subscriptions/event-result.ts';
import type { EventStream, Receiver } from '../../pipeline/subscriptions/event-stream.ts';
import type { Piece, StreamFormat } from '../../pipeline/subscriptions/stream-format.ts';
import { Rounds } from '../core/rounds.ts';

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

/**
 * Writes the events of a stream as they come. Readers of the same event share its bytes, and a slow reader is waited
 * for.
 */
export class EventCarrier implements Receiver {
  readonly #stream: EventStream;
  readonly #format: StreamFormat;
  readonly #sink: EventSink;
  #hasGone = false;

  constructor(stream: EventStream, format: StreamFormat, sink: EventSink) {
    this.#stream = stream;
    this.#format = format;
    this.#sink = sink;
    sink.write(format.start);
    PINGS.add(this);
    stream.deliver(this);
  }

  /** Sends a keep-alive. */
  ping(): void {
    this.#sink.ping(this.#format.ping);
  }

  send(result: EventResult): Promise<void> | undefined {
    return this.#sink.write(result.in(this.#format))
      ? undefined
      : new Promise((resolve) => this.#sink.onDrain(resolve));
  }

  onOver(isWhole: boolean): void {
    PINGS.delete(this);
    if (!this.#hasGone) this.#sink.end(isWhole ? this.#format.complete : this.#format.cut);
  }

  /** Called when the reader has disconnected. */
  stop(): void {
    this.#hasGone = true;
    PINGS.delete(this);
    void this.#stream.return();
  }
}

/** One timer for the streams of the process: there may be many thousands. */
const PINGS = new Rounds<EventCarrier>(12_000, (carrier) => carrier.ping());
