import type { EventEmitter } from 'node:events';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import type { YogaServerInstance } from 'graphql-yoga';
import type { Logger } from 'pino';
import type { InFlight } from '../pipeline/core/in-flight.ts';
import { formatError, toPublicError } from '../pipeline/core/public-errors.ts';
import { compressBody } from './plugins/compression.ts';
import type { ServerContext } from './plugins/http-plugin.ts';
import { streamFormat } from './plugins/media-types.ts';
import { sendEvents } from './sse/node-response.ts';

export interface ListenerParts {
  readonly http: YogaServerInstance<ServerContext, object>;
  readonly inFlight: InFlight;
  /** Whether to compress answers for callers that accept compression. */
  readonly compression: boolean;
  /** Whether events may be written past Node's response. */
  readonly fastPaths: boolean;
  readonly log: Logger;
}

/**
 * Handles requests over sockets. Yoga creates the answers and this listener writes them. A stream of events is written
 * without Yoga's objects, which would live as long as the stream. An internal error reaches the client as a plain 500
 * without details.
 */
export function createListener(parts: ListenerParts): RequestListener {
  return (request, response) => {
    const done = parts.inFlight.start('answer', 'http');
    // During a shutdown the connection would be closed before its next request.
    if (!parts.inFlight.accepting) response.setHeader('connection', 'close');
    void answer(parts, request, response).then((isStream) => {
      if (isStream || response.closed) done();
      else response.once('close', done);
    });
  };
}

/** Resolves when the answer is written; resolves with true when a stream continues on its own. */
async function answer(
  { http, log, compression, fastPaths }: ListenerParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  const context: ServerContext = {
    writesEvents: streamFormat(request.headers.accept) !== undefined,
    address: request.socket.remoteAddress,
  };
  // Yoga's listeners would keep its objects alive for the life of a stream. With FAST_PATHS=off they stay.
  const forget = fastPaths && context.writesEvents ? [request, response].map(remember) : [];
  try {
    const made = await http.handleNodeRequestAndResponse(request, response, context);
    const { stream, format } = context;
    if (stream !== undefined && format !== undefined) {
      for (const each of forget) each();
      if (fastPaths) forgetHeaders(request);
      sendEvents(response, made, stream, format, fastPaths);
      return true;
    }
    // If the answer does not carry the stream, nothing else would end it.
    if (stream !== undefined) response.once('close', () => void stream.return());
    const headers: Record<string, string> = Object.fromEntries(made.headers);
    if (headers['content-type']?.startsWith('text/event-stream') === true && made.body !== null) {
      // A stream that is not one of events of the graph: agents get progress as it comes.
      response.writeHead(made.status, headers);
      void pipeline(Readable.fromWeb(made.body as NodeReadableStream), response).catch(() => response.destroy());
      return true;
    }
    let body: Uint8Array | undefined = made.body === null ? undefined : await made.bytes();
    if (compression && body !== undefined) {
      const compressed = compressBody(request.headers['accept-encoding']?.toString(), headers, body);
      body = compressed instanceof Promise ? await compressed : compressed;
    }
    response.writeHead(made.status, headers).end(body);
  } catch (error) {
    void context.stream?.return();
    if (!response.destroyed) sendFault(error, context.caller?.requestId ?? 'none', response, log);
  }
  return false;
}

function sendFault(error: unknown, requestId: string, response: ServerResponse, log: Logger): void {
  const formatted = formatError(toPublicError(error, { requestId, log }));
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const headers = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' };
  response.writeHead(500, { ...headers, 'x-request-id': requestId }).end(JSON.stringify({ errors: [formatted] }));
}

/** Node keeps the request as long as the response. Nothing reads its headers once the events begin. */
function forgetHeaders(request: IncomingMessage): void {
  request.rawHeaders.length = 0;
  request.headers = {};
}

/** Returns a function that removes every listener added after this call. */
function remember(emitter: EventEmitter): () => void {
  const before = new Map(emitter.eventNames().map((name) => [name, new Set(emitter.rawListeners(name))]));
  return () => {
    for (const name of emitter.eventNames()) {
      for (const listener of emitter.rawListeners(name)) {
        if (before.get(name)?.has(listener) !== true) emitter.off(name, listener as () => void);
      }
    }
  };
}
