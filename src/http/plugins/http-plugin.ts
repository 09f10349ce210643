import type { Plugin } from 'graphql-yoga';
import type { Caller } from '../../pipeline/core/request-context.ts';
import type { EventStream } from '../../pipeline/subscriptions/event-stream.ts';
import type { StreamFormat } from '../../pipeline/subscriptions/stream-format.ts';

/** Where the graph is, over HTTP, SSE and WebSocket alike. */
export const GRAPHQL_PATH = '/graphql';
export const METRICS_PATH = '/metrics';

/** What our hooks keep of an HTTP request. */
export interface ServerContext {
  caller?: Caller;
  /** The network address of the peer. */
  address?: string | undefined;
  /** The events of a subscription. Yoga wraps them in an iterator of its own, which would take a promise or two for each. */
  stream?: EventStream;
  /** Set where the listener writes the events, and ends the stream when its reader goes: Yoga makes the head alone. */
  writesEvents?: boolean;
  /** The format of a stream that the caller asks for; after the answer was made, that of the stream which it carries. */
  format?: StreamFormat | undefined;
  /** Whether the request is a batch of operations. */
  isBatch?: boolean;
}

/** One rule of ours over HTTP requests. */
export type HttpPlugin = Plugin<object, ServerContext>;
