import type { Caller } from '../../pipeline/core/request-context.ts';
import { type HttpPlugin, MCP_PATH } from './http-plugin.ts';

/** Answers agents that speak the Model Context Protocol. */
export type AnswerAgent = (request: Request, caller: Caller) => Promise<Response>;

/** `/mcp`, for callers that may use the graph. */
export function useMcp(answer: AnswerAgent): HttpPlugin {
  return {
    async onRequest({ url, request, serverContext, endResponse }) {
      if (url.pathname !== MCP_PATH || serverContext.caller === undefined) return;
      endResponse(await answer(request, serverContext.caller));
    },
  };
}
