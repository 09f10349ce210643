import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { requestOptions } from '../../pipeline/core/request-options.ts';
import { givenTrace } from '../../pipeline/core/trace-context.ts';
import type { HttpPlugin, ServerContext } from './http-plugin.ts';

const REQUEST_ID = /^[\w.:-]{1,64}$/;

/** Gives each request an id (the caller's own, if it is well-formed) and returns it in `x-request-id`. */
export function useCallers(log: Logger): HttpPlugin {
  return {
    onRequest({ request, serverContext }) {
      const given = request.headers.get('x-request-id');
      const requestId = given !== null && REQUEST_ID.test(given) ? given : randomUUID();
      serverContext.caller = {
        requestId,
        principal: { name: 'anonymous' },
        address: serverContext.address,
        signal: request.signal,
        transport: 'http',
        endsStreams: serverContext.writesEvents,
        fresh: /\bno-cache\b/i.test(request.headers.get('cache-control') ?? ''),
        trace: { given: givenTrace(request.headers.get('traceparent'), request.headers.get('tracestate')) },
        lastEventId: request.headers.get('last-event-id') ?? undefined,
        request: { destructive: 0 },
      };
    },
    onParams({ params, context }) {
      const { caller } = context as ServerContext;
      // An item of a batch can be null; Yoga refuses it after this.
      const options = requestOptions((params as typeof params | null)?.extensions);
      if (caller !== undefined && Object.keys(options).length > 0)
        Object.assign(context, { caller: { ...caller, ...options } });
    },
    onResponse({ response, serverContext }) {
      const requestId = serverContext.caller?.requestId;
      if (requestId !== undefined) response.headers.set('x-request-id', requestId);
      const traceparent = serverContext.caller?.trace?.response;
      if (traceparent !== undefined) response.headers.set('traceresponse', traceparent);
      if (response.status >= 500) log.debug({ requestId, status: response.status }, 'response');
    },
  };
}
