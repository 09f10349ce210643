import type { TraceHolder } from './request-context.ts';

/** As W3C Trace Context has it. Anything else is no trace context. */
const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;
const MOST_STATE = 512;

/** The trace context of a caller; undefined if it is absent or not well-formed. */
export function givenTrace(traceparent: unknown, tracestate: unknown): TraceHolder['given'] {
  if (typeof traceparent !== 'string' || !TRACEPARENT.test(traceparent)) return undefined;
  const hasState = typeof tracestate === 'string' && tracestate.length <= MOST_STATE;
  return hasState ? { traceparent, tracestate } : { traceparent };
}
