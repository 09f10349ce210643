import { Readable } from 'node:stream';
import type { EventStream } from '../../pipeline/subscriptions/event-stream.ts';
import type { StreamFormat } from '../../pipeline/subscriptions/stream-format.ts';
import type { HttpPlugin } from '../plugins/http-plugin.ts';
import { streamFormat } from '../plugins/media-types.ts';
import { EventCarrier } from './sse-writer.ts';

/**
 * Answers a subscription with a stream in the format that the caller asks for. Yoga's own processors do not write an
 * event `id:`, which EventSource sends back in Last-Event-ID, and do not speak Apollo's multipart protocol.
 */
export function useEventStream(): HttpPlugin {
  return {
    onRequest({ request, serverContext }) {
      serverContext.format = streamFormat(request.headers.get('accept'));
    },
    onResultProcess({ request, serverContext, setResultProcessor }) {
      const { stream, writesEvents, format } = serverContext;
      if (stream === undefined || format === undefined) {
        serverContext.format = undefined;
        return;
      }
      setResultProcessor((_events, fetchAPI) => {
        // Yoga's Response takes a Node stream as it is, but reads a web stream with a promise for each chunk.
        const body = writesEvents === true ? null : (bodyOf(stream, format, request) as unknown as ReadableStream);
        return new fetchAPI.Response(body, {
          headers: { 'content-type': format.contentType, 'content-encoding': 'none' },
        });
      }, format.contentType);
    },
  };
}

/**
 * Keeps each request as long as its body of events: when Node frees a `Request`, the request's signal no longer aborts
 * with the signal that the caller gave (nodejs/node#55428, Node 20 and 24), and the stream would never end.
 */
const requests = new WeakMap<Readable, Request>();

/** The events as the body of a Response, for callers without a socket. */
function bodyOf(stream: EventStream, format: StreamFormat, request: Request): Readable {
  let onRead: (() => void) | undefined;
  const body = new Readable({
    read() {
      onRead?.();
      onRead = undefined;
    },
    destroy(error, done) {
      carrier.stop();
      done(error);
    },
  });
  const carrier = new EventCarrier(stream, format, {
    write: ({ bytes }) => body.push(bytes),
    onDrain(callback) {
      onRead = callback;
    },
    ping({ bytes }) {
      if (body.readableLength === 0) body.push(bytes);
    },
    end(last) {
      if (last !== undefined) body.push(last);
      body.push(null);
    },
  });
  requests.set(body, request);
  return body;
}
