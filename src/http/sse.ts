import { Readable } from 'node:stream';
import type { EventStream } from './event-stream.ts';
import { accepts, EVENTS_TYPE } from './media-types.ts';
import type { HttpPlugin } from './plugin.ts';

/** Comments that keep proxies from taking a quiet stream for a dead one. */
const PING_MS = 12_000;

/**
 * Streams with the `id:` of each event, so that a browser that comes back says in Last-Event-ID where it was. Yoga's own
 * processor writes none.
 */
export function useEventStream(): HttpPlugin {
  return {
    onResultProcess({ request, serverContext: { stream }, setResultProcessor }) {
      if (stream === undefined || !accepts(request, EVENTS_TYPE)) return;
      setResultProcessor((_events, fetchAPI) => {
        // Yoga's own Response takes a stream of Node's as it is; one of the web's would be read by a promise a chunk.
        return new fetchAPI.Response(bodyOf(stream) as unknown as ReadableStream, {
          headers: { 'content-type': EVENTS_TYPE, 'content-encoding': 'none' },
        });
      }, EVENTS_TYPE);
    },
  };
}

const PING = Buffer.from(':\n\n');
const COMPLETE = Buffer.from('event: complete\ndata:\n\n');

/** Events as they come, the same bytes for all who are sent the same; a reader that is behind is waited for. */
function bodyOf(stream: EventStream): Readable {
  let onRead: (() => void) | undefined;
  const body = new Readable({
    read() {
      onRead?.();
      onRead = undefined;
    },
    destroy(error, done) {
      clearInterval(pings);
      void stream.return();
      done(error);
    },
  });
  const pings = setInterval(() => {
    if (body.readableLength === 0) body.push(PING);
  }, PING_MS);
  pings.unref();
  // Some browsers wait for the first byte of the body before they believe in the head.
  body.push(PING);
  const delivered = stream.deliver((result) => {
    if (body.push(result.sse)) return undefined;
    return new Promise((resolve) => {
      onRead = resolve;
    });
  });
  void delivered.then(() => {
    clearInterval(pings);
    if (body.destroyed) return;
    body.push(COMPLETE);
    body.push(null);
  });
  return body;
}
