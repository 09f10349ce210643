import type { ServerResponse } from 'node:http';
import type { EventStream } from '../../pipeline/subscriptions/event-stream.ts';
import type { Piece, StreamFormat } from '../../pipeline/subscriptions/stream-format.ts';
import { EventCarrier, type EventSink } from './sse-writer.ts';

/**
 * A stream of events on a Node response. An event for thousands of readers is framed once: the same HTTP/1.1 chunk goes
 * to each socket. This bypasses Node's HTTP layer: `ServerResponse.chunkedEncoding` is not documented, and nothing is
 * queued in the response only while `response.socket` and both `writableLength` values agree.
 * `test/contract/internals.test.ts` checks Node for that. With `FAST_PATHS=off` every event goes through
 * `response.write`.
 */
export class EventResponse implements EventSink {
  readonly #response: ServerResponse;
  readonly #mayPass: boolean;

  /** @param mayPass whether chunks may bypass the response */
  constructor(response: ServerResponse, mayPass = true) {
    this.#response = response;
    this.#mayPass = mayPass;
  }

  write(piece: Piece): boolean {
    const socket = this.#socket;
    return socket === undefined ? this.#response.write(piece.bytes) : socket.write(piece.chunk);
  }

  onDrain(callback: () => void): void {
    (this.#socket ?? this.#response).once('drain', callback);
  }

  ping(piece: Piece): void {
    if (this.#response.writableLength === 0) this.write(piece);
  }

  end(last: Buffer | undefined): void {
    this.#response.end(last);
  }

  /** The socket, if chunks may bypass the response: the response owns the socket, and nothing is queued in it. */
  get #socket() {
    const { socket, chunkedEncoding, headersSent, writableLength } = this.#response;
    if (!this.#mayPass || socket === null || !chunkedEncoding || !headersSent) return undefined;
    return writableLength === socket.writableLength ? socket : undefined;
  }
}

/** Sends the head, then events until the stream ends or the reader disconnects. */
export function sendEvents(
  response: ServerResponse,
  { status, headers }: Response,
  stream: EventStream,
  format: StreamFormat,
  mayPass: boolean,
): void {
  if (response.destroyed) {
    void stream.return();
    return;
  }
  const { socket } = response;
  socket?.setTimeout(0);
  socket?.setNoDelay(true);
  socket?.setKeepAlive(true);
  response.writeHead(status, Object.fromEntries(headers));
  response.flushHeaders();
  const carrier = new EventCarrier(stream, format, new EventResponse(response, mayPass));
  response.on('close', () => carrier.stop());
}
