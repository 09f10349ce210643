/** Bytes of a stream, created once for all receivers. */
export class Piece {
  readonly bytes: Buffer;
  #chunk: Buffer | undefined;

  constructor(bytes: Buffer | string) {
    this.bytes = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
  }

  /** The bytes as one chunk of an HTTP/1.1 body. */
  get chunk(): Buffer {
    this.#chunk ??= Buffer.concat([
      Buffer.from(`${this.bytes.length.toString(16)}\r\n`),
      this.bytes,
      Buffer.from('\r\n'),
    ]);
    return this.#chunk;
  }
}

/** How the events of a subscription are written into the body of an HTTP response. */
export interface StreamFormat {
  readonly contentType: string;
  /** The start of the body. Some readers wait for a first byte before they process the head. */
  readonly start: Piece;
  /** Keep-alive, so that proxies do not close a quiet stream. */
  readonly ping: Piece;
  /** The end of a stream that is complete. */
  readonly complete: Buffer;
  /** The end of a stream that the server broke off; absent if the format signals that by ending without `complete`. */
  readonly cut: Buffer | undefined;
  /** @param id the cursor of the event, if it has one */
  frame(json: string, id: string | undefined): string;
}

/** Server-Sent Events in graphql-sse's protocol. */
export const SERVER_SENT_EVENTS: StreamFormat = {
  contentType: 'text/event-stream',
  start: new Piece(':\n\n'),
  ping: new Piece(':\n\n'),
  complete: Buffer.from('event: complete\ndata:\n\n'),
  cut: undefined,
  frame: (json, id) => `${id === undefined ? '' : `id: ${id}\n`}event: next\ndata: ${json}\n\n`,
};

/**
 * A part of a multipart body, followed by the boundary: Apollo Client delivers a part when it sees the next boundary,
 * so a leading boundary would delay each event by one.
 */
const part = (json: string) => `\r\ncontent-type: application/json\r\n\r\n${json}\r\n--graphql`;
const DRAINING = {
  payload: null,
  errors: [{ message: 'The server is shutting down.', extensions: { code: 'SERVER_DRAINING', retryable: true } }],
};

/** The multipart protocol of Apollo's clients, https://www.apollographql.com/docs/graphos/routing/operations/subscriptions/multipart-protocol. */
export const APOLLO_MULTIPART: StreamFormat = {
  contentType: 'multipart/mixed;boundary="graphql";subscriptionSpec=1.0',
  start: new Piece(`\r\n--graphql${part('{}')}`),
  ping: new Piece(part('{}')),
  complete: Buffer.from('--\r\n'),
  cut: Buffer.from(`${part(JSON.stringify(DRAINING))}--\r\n`),
  frame: (json) => part(`{"payload":${json}}`),
};
