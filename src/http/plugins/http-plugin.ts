import type { Plugin } from 'graphql-yoga';
import type { Caller } from '../../pipeline/core/request-context.ts';
import type { EventStream } from '../../pipeline/subscriptions/event-stream.ts';
import type { StreamFormat } from '../../pipeline/subscriptions/stream-format.ts';

/** Path of the graph over HTTP, SSE and WebSocket. */
export const GRAPHQL_PATH = '/graphql';
export const METRICS_PATH = '/metrics';
export const MCP_PATH = '/mcp';
/** Path of deliveries from EventBridge. */
export const EVENTS_PATH = '/events';

/** Context that our plugins keep for an HTTP request. */
export interface ServerContext {
  caller?: Caller;
  /** The network address of the peer. */
  address?: string | undefined;
  /**
   * The events of a subscription. Yoga would wrap them in its own iterator, which costs a promise or two for each
   * event.
   */
  stream?: EventStream;
  /**
   * Set if the listener writes the events and ends the stream when its reader disconnects. Yoga then creates only the
   * head.
   */
  writesEvents?: boolean;
  /**
   * The stream format that the caller asks for; after the answer is created, the format of the stream that it carries.
   */
  format?: StreamFormat | undefined;
  /** Whether the request is a batch of operations. */
  isBatch?: boolean;
}

/** A plugin that applies one rule to HTTP requests. */
export type HttpPlugin = Plugin<object, ServerContext>;
