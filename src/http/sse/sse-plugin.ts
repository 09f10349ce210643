import { Readable } from 'node:stream';
import type { EventStream } from '../../pipeline/subscriptions/event-stream.ts';
import type { HttpPlugin } from '../plugins/http-plugin.ts';
import { EventCarrier, PING } from './sse-writer.ts';

/**
 * Streams with the `id:` of each event, so that a browser that comes back says in Last-Event-ID where it was. Yoga's own
 * processor writes none.
 */
export function useEventStream(): HttpPlugin {
  return {
    onResultProcess({ request, serverContext, setResultProcessor }) {
      const { stream, writesEvents } = serverContext;
      if (stream === undefined || !acceptsEvents(request.headers.get('accept'))) return;
      setResultProcessor((_events, fetchAPI) => {
        serverContext.isCarried = true;
        // Yoga's own Response takes a stream of Node's as it is; one of the web's would be read by a promise a chunk.
        const body = writesEvents === true ? null : (bodyOf(stream) as unknown as ReadableStream);
        return new fetchAPI.Response(body, {
          headers: { 'content-type': 'text/event-stream', 'content-encoding': 'none' },
        });
      }, 'text/event-stream');
    },
  };
}

/** Whether an `Accept` header lets a stream of events be the answer. */
export function acceptsEvents(accept: string | null | undefined): boolean {
  return /text\/event-stream|text\/\*|\*\/\*/.test(accept ?? '*/*');
}

/** The events as the body of a Response, for whoever has no socket. */
function bodyOf(stream: EventStream): Readable {
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
  const carrier = new EventCarrier(stream, {
    write: ({ sse }) => body.push(sse),
    onDrain(callback) {
      onRead = callback;
    },
    ping() {
      if (body.readableLength === 0) body.push(PING);
    },
    end(last) {
      if (last !== undefined) body.push(last);
      body.push(null);
    },
  });
  return body;
}
