import type { Plugin } from 'graphql-yoga';
import type { Caller } from './operation.ts';

/** Where the graph is, over HTTP, SSE and WebSocket alike. */
export const GRAPHQL_PATH = '/graphql';

/** What our hooks keep of an HTTP request. */
export interface ServerContext {
  caller?: Caller;
}

/** One rule of ours over HTTP requests. */
export type HttpPlugin = Plugin<object, ServerContext>;
