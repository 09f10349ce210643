import type { EventEmitter } from 'node:events';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { YogaServerInstance } from 'graphql-yoga';
import { sendEvents } from './event-response.ts';
import type { ServerContext } from './plugin.ts';

type Http = YogaServerInstance<ServerContext, object>;

/**
 * Requests over sockets. Those that may be answered with a stream of events are answered here once Yoga has made the head: its own
 * objects would live as long as the stream, in thousands.
 */
export function createListener(http: Http): RequestListener {
  return (request, response) => {
    if (/\btext\/event-stream\b/.test(request.headers.accept ?? '')) void answer(http, request, response);
    else void http(request, response);
  };
}

async function answer(http: Http, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const forget = [request, response].map(remember);
  const context: ServerContext = { writesEvents: true };
  try {
    const made = await http.handleNodeRequestAndResponse(request, response, context);
    const { stream, isCarried } = context;
    if (stream !== undefined && isCarried === true) {
      for (const each of forget) each();
      sendEvents(response, made, stream);
      return;
    }
    // A stream that the answer does not carry has nobody else to end it.
    if (stream !== undefined) response.once('close', () => void stream.return());
    response.writeHead(made.status, Object.fromEntries(made.headers));
    if (made.body === null) response.end();
    else await pipeline(made.body as unknown as AsyncIterable<Uint8Array>, response);
  } catch {
    void context.stream?.return();
    if (response.headersSent) response.destroy();
    else response.writeHead(500).end();
  }
}

/** Gives what takes away the listeners that were added since. */
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
