import type { ServerResponse } from 'node:http';
import { chunkOf, type EventResult } from '../../pipeline/subscriptions/event-result.ts';
import type { EventStream } from '../../pipeline/subscriptions/event-stream.ts';
import { EventCarrier, type EventSink, PING } from './sse-writer.ts';

const PING_CHUNK = chunkOf(PING);

/**
 * Server-Sent Events on a response of Node's. An event for thousands is framed once: its chunk, as HTTP/1.1 has it, goes to each
 * socket as it is.
 */
export class EventResponse implements EventSink {
  readonly #response: ServerResponse;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  write(result: EventResult): boolean {
    const socket = this.#socket;
    return socket === undefined ? this.#response.write(result.sse) : socket.write(result.chunk);
  }

  onDrain(callback: () => void): void {
    (this.#socket ?? this.#response).once('drain', callback);
  }

  ping(): void {
    if (this.#response.writableLength > 0) return;
    const socket = this.#socket;
    if (socket === undefined) this.#response.write(PING);
    else socket.write(PING_CHUNK);
  }

  end(last: Buffer | undefined): void {
    this.#response.end(last);
  }

  /** The socket, where chunks can be written past the response: it is this response's turn, and nothing waits in it. */
  get #socket() {
    const { socket, chunkedEncoding, headersSent, writableLength } = this.#response;
    if (socket === null || !chunkedEncoding || !headersSent) return undefined;
    return writableLength === socket.writableLength ? socket : undefined;
  }
}

/** Sends the head, and events until the stream ends or the reader goes. */
export function sendEvents(response: ServerResponse, { status, headers }: Response, stream: EventStream): void {
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
  const carrier = new EventCarrier(stream, new EventResponse(response));
  response.on('close', () => carrier.stop());
}
