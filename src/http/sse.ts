import type { ExecutionResult } from 'graphql';
import { EventResult, payloadText } from './event-result.ts';
import type { HttpPlugin } from './plugin.ts';

/** Comments that keep proxies from taking a quiet stream for a dead one. */
const PING_MS = 12_000;

/**
 * Streams with the `id:` of each event, so that a browser that comes back says in Last-Event-ID where it was. Yoga's own
 * processor writes none.
 */
export function useEventStream(): HttpPlugin {
  return {
    onResultProcess({ request, result, setResultProcessor }) {
      if (!(Symbol.asyncIterator in result) || !acceptsEvents(request.headers.get('accept'))) return;
      setResultProcessor((events, fetchAPI) => {
        const iterator = (events as AsyncIterable<ExecutionResult>)[Symbol.asyncIterator]();
        return new fetchAPI.Response(streamOf(iterator), {
          headers: { 'content-type': 'text/event-stream', 'content-encoding': 'none' },
        });
      }, 'text/event-stream');
    },
  };
}

function acceptsEvents(accept: string | null): boolean {
  return /text\/event-stream|text\/\*|\*\/\*/.test(accept ?? '*/*');
}

function streamOf(iterator: AsyncIterator<ExecutionResult>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let pings: NodeJS.Timeout | undefined;
  return new ReadableStream({
    start(controller) {
      // Some browsers wait for the first byte of the body before they believe in the head.
      controller.enqueue(encoder.encode(':\n\n'));
      pings = setInterval(() => {
        if (controller.desiredSize !== null && controller.desiredSize > 0) controller.enqueue(encoder.encode(':\n\n'));
      }, PING_MS);
      pings.unref();
    },
    async pull(controller) {
      const { done, value } = await iterator.next();
      if (done !== true) {
        controller.enqueue(encoder.encode(eventText(value)));
        return;
      }
      clearInterval(pings);
      controller.enqueue(encoder.encode('event: complete\ndata:\n\n'));
      controller.close();
    },
    async cancel() {
      clearInterval(pings);
      await iterator.return?.();
    },
  });
}

function eventText(result: ExecutionResult): string {
  const id = result instanceof EventResult ? result.id : undefined;
  return `${id === undefined ? '' : `id: ${id}\n`}event: next\ndata: ${payloadText(result)}\n\n`;
}
