import type { GraphQLSchema } from 'graphql';
import { type Config, ConfigError } from '../config/index.ts';
import type { AnswerAgent } from '../http/plugins/mcp.ts';
import type { McpPipeline } from '../mcp/caller.ts';
import type { McpEndpoint } from '../mcp/endpoint.ts';
import { mutationsFor } from '../mcp/mutations.ts';
import { VERSION } from '../version.ts';

/**
 * The endpoint for agents; undefined if it is off. The SDK of MCP loads with the first request to it.
 * @throws {ConfigError} where `MCP_MUTATIONS` names what agents cannot run
 */
export function openMcp(
  { mcp, mcpMutations, maxBody, maxBatch }: Config,
  parts: McpPipeline & { readonly schema: GraphQLSchema },
): AnswerAgent | undefined {
  if (!mcp) return undefined;
  const mutations = agentMutations(parts.schema, mcpMutations);
  let endpoint: Promise<McpEndpoint> | undefined;
  return async (request, caller) => {
    endpoint ??= import('../mcp/endpoint.ts').then(({ createMcpEndpoint }) =>
      createMcpEndpoint({ ...parts, mutations, maxBody, maxBatch, version: VERSION }),
    );
    return (await endpoint)(request, caller);
  };
}

function agentMutations(schema: GraphQLSchema, names: readonly string[]) {
  try {
    return mutationsFor(schema, names);
  } catch (error) {
    throw new ConfigError([`--mcp-mutations (MCP_MUTATIONS): ${(error as Error).message}`]);
  }
}
