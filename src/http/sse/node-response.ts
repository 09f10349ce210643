import type { ServerResponse } from 'node:http';
import type { EventStream } from '../../pipeline/subscriptions/event-stream.ts';
import type { Piece, StreamFormat } from '../../pipeline/subscriptions/stream-format.ts';
import { EventCarrier, type EventSink } from './sse-writer.ts';

/**
 * A stream of events on a response of Node's. An event for thousands is framed once: its chunk, as HTTP/1.1 has it, goes to each
 * socket as it is. That reaches under Node's HTTP: `ServerResponse.chunkedEncoding` is not documented, and `response.socket` and
 * the two `writableLength` say only by their agreement that nothing waits in the response. `test/contract/internals.test.ts` holds
 * Node to that. With `FAST_PATHS=off` every event goes through `response.write`.
 */
export class EventResponse implements EventSink {
  readonly #response: ServerResponse;
  readonly #mayPass: boolean;

  /** @param mayPass whether chunks may go past the response */
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

  /** The socket, where chunks can be written past the response: it is this response's turn, and nothing waits in it. */
  get #socket() {
    const { socket, chunkedEncoding, headersSent, writableLength } = this.#response;
    if (!this.#mayPass || socket === null || !chunkedEncoding || !headersSent) return undefined;
    return writableLength === socket.writableLength ? socket : undefined;
  }
}

/** Sends the head, and events until the stream ends or the reader goes. */
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
