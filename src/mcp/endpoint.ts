import { randomUUID } from 'node:crypto';
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import type { GraphQLSchema } from 'graphql';
import type { Caller } from '../pipeline/core/request-context.ts';
import { AgentCaller, type McpPipeline } from './caller.ts';
import { type AgentMutation, DryRuns } from './mutations.ts';
import { readJson, TooLargeError } from './read-json.ts';
import { SchemaSearch } from './schema-search.ts';
import { createToolServer } from './tools.ts';

export interface McpParts extends McpPipeline {
  readonly schema: GraphQLSchema;
  readonly version: string;
  readonly maxBody: number;
  /** Most messages in one request; 0 refuses arrays. */
  readonly maxBatch: number;
  /** The mutations that agents may run. */
  readonly mutations: ReadonlyMap<string, AgentMutation>;
}

/** Answers a request to the MCP endpoint for an authenticated caller. */
export type McpEndpoint = (request: Request, caller: Caller) => Promise<Response>;

interface Message {
  readonly id?: unknown;
  readonly method?: unknown;
  readonly params?: { readonly requestId?: unknown } | undefined;
}

const SESSION = 'mcp-session-id';

/**
 * The Model Context Protocol over streamable HTTP. It keeps no sessions: any replica answers any request. The session
 * id only separates the requests of one client from those of another, so that each can cancel its own.
 */
export function createMcpEndpoint(parts: McpParts): McpEndpoint {
  const shared = {
    version: parts.version,
    schema: new SchemaSearch(parts.schema),
    mutations: parts.mutations,
    dryRuns: new DryRuns(),
  };
  /** Ends requests that are under way, by principal, session and id. */
  const underWay = new Map<string, () => void>();

  return async (request, caller) => {
    if (request.method !== 'POST') return new Response(null, { status: 405, headers: { allow: 'POST' } });
    let body: unknown;
    try {
      body = await readJson(request, parts.maxBody);
    } catch (error) {
      return error instanceof TooLargeError
        ? failure(413, -32_000, error.message)
        : failure(400, -32_700, 'Parse error');
    }
    if (Array.isArray(body) && body.length > parts.maxBatch) {
      return failure(
        413,
        -32_600,
        `The batch has ${body.length} messages; the limit is ${parts.maxBatch} (MAX_BATCH).`,
      );
    }
    const messages = (Array.isArray(body) ? body : [body]) as readonly (Message | null)[];
    const keyOf = (id: unknown) => JSON.stringify([caller.principal.name, request.headers.get(SESSION), id]);
    for (const message of messages) {
      if (message?.method === 'notifications/cancelled') underWay.get(keyOf(message.params?.requestId))?.();
    }

    const server = createToolServer(shared, new AgentCaller(parts, caller));
    const transport = new WebStandardStreamableHTTPServerTransport();
    const keys = messages.flatMap((message) => (message?.id === undefined ? [] : [keyOf(message.id)]));
    const end = () => void server.close();
    const forget = () => {
      for (const key of keys) if (underWay.get(key) === end) underWay.delete(key);
      caller.signal.removeEventListener('abort', end);
    };
    server.server.onclose = forget;
    for (const key of keys) underWay.set(key, end);
    caller.signal.addEventListener('abort', end, { once: true });
    await server.connect(transport);
    const response = await transport.handleRequest(request, { parsedBody: body });
    if (messages.some((message) => message?.method === 'initialize')) response.headers.set(SESSION, randomUUID());
    return whenRead(response, end);
  };
}

/** The response, with a call when all of its body was passed on. */
function whenRead(response: Response, done: () => void): Response {
  if (response.body === null) {
    done();
    return response;
  }
  const body = response.body.pipeThrough(new TransformStream({ flush: done }));
  return new Response(body, { status: response.status, headers: response.headers });
}

function failure(status: number, code: number, message: string): Response {
  return Response.json({ jsonrpc: '2.0', error: { code, message }, id: null }, { status });
}
