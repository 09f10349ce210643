import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { RequestHandlerExtra } from '@modelcontextprotocol/sdk/shared/protocol.js';
import type { CallToolResult, ServerNotification, ServerRequest } from '@modelcontextprotocol/sdk/types.js';
import { getOperationAST, type OperationTypeNode } from 'graphql';
import { z } from 'zod';
import { type AgentCaller, toAgentJson } from './caller.ts';
import { followDeployment, LONGEST_S } from './follow.ts';
import type { AgentMutation, DryRuns } from './mutations.ts';
import type { SchemaSearch } from './schema-search.ts';

/** The parts of the process that the tools of every agent share. */
export interface ToolParts {
  readonly version: string;
  readonly schema: SchemaSearch;
  readonly mutations: ReadonlyMap<string, AgentMutation>;
  readonly dryRuns: DryRuns;
}

/** Longest answer of a query, in characters: an agent has to read all of it. */
const MOST_ANSWER = 40_000;

const INSTRUCTIONS =
  'Amazon ECS as GraphQL. Find fields with search_schema and describe_type, then read with run_query: select only what you need, and name page sizes (first). ' +
  'follow_deployment waits for the end of a rollout.';

type Extra = RequestHandlerExtra<ServerRequest, ServerNotification>;

/** A server for one request of an agent. */
export function createToolServer(parts: ToolParts, caller: AgentCaller): McpServer {
  const server = new McpServer({ name: 'ecs-graphql', version: parts.version }, { instructions: INSTRUCTIONS });
  addSchemaTools(server, parts, caller);
  server.registerTool(
    'run_query',
    {
      title: 'Run a query',
      description: `Runs a GraphQL query on ECS and returns data, errors, and the ECS calls that it cost. Answers have at most ${MOST_ANSWER} characters. Mutations and subscriptions are refused.`,
      inputSchema: {
        query: z.string().describe('The GraphQL document.'),
        variables: z.record(z.string(), z.unknown()).optional().describe('Values of its variables.'),
        operationName: z.string().optional().describe('Which operation, if the document has several.'),
      },
      annotations: { readOnlyHint: true, openWorldHint: true },
    },
    async (asked, { signal }) => {
      const type = typeOf(caller, asked);
      if (type === 'mutation') return failure('run_query runs queries only. Mutations: run_mutation, if it is there.');
      if (type === 'subscription')
        return failure('run_query runs queries only. To follow a rollout: follow_deployment.');
      const result = await caller.execute(asked, signal);
      const text = toAgentJson(result);
      if (text.length > MOST_ANSWER) {
        return failure(
          `The answer has ${text.length} characters; the limit is ${MOST_ANSWER}. Select fewer fields, or smaller pages (first).`,
        );
      }
      return { content: [{ type: 'text', text }], isError: result.data == null };
    },
  );
  server.registerTool(
    'follow_deployment',
    {
      title: 'Follow a deployment',
      description:
        "Follows a service's newest deployment to its end, with progress notifications, and returns its outcome (SUCCEEDED, ROLLED_BACK, FAILED, ...) and what blocks it. At the time limit it returns the state and a cursor to go on from.",
      inputSchema: {
        service: z.string().describe('Name, ARN or id of the service.'),
        cluster: z.string().optional().describe('Name, ARN or id of its cluster; not needed beside an ARN or id.'),
        deploymentId: z.string().optional().describe('One deployment instead of the newest.'),
        after: z.string().optional().describe('The cursor of an earlier event, to go on behind it.'),
        timeoutSeconds: z.number().int().min(1).max(LONGEST_S).optional().describe('Time limit; 600 by default.'),
      },
      annotations: { readOnlyHint: true, openWorldHint: true },
    },
    async (args, extra) => {
      const { text, isError } = await followDeployment(caller, args, progressOf(extra), extra.signal);
      return { content: [{ type: 'text', text }], isError };
    },
  );
  if (parts.mutations.size > 0) addMutationTool(server, parts, caller);
  return server;
}

function addSchemaTools(server: McpServer, { schema }: ToolParts, caller: AgentCaller): void {
  const answer = (read: () => string): CallToolResult => {
    const refusal = caller.schemaRefusal;
    return refusal === undefined ? { content: [{ type: 'text', text: read() }] } : failure(refusal);
  };
  const annotations = { readOnlyHint: true, openWorldHint: false };
  server.registerTool(
    'search_schema',
    {
      title: 'Search the schema',
      description:
        'Finds types and fields of the GraphQL schema by words, such as "stopped tasks" or "scale service". A few lines at a time.',
      inputSchema: { query: z.string().min(1).max(200).describe('Words to look for.') },
      annotations,
    },
    ({ query }) => answer(() => schema.search(query)),
  );
  server.registerTool(
    'describe_type',
    {
      title: 'Describe a type',
      description:
        'Lists the fields of one type, input or enum of the GraphQL schema, 20 at a time. Query has the fields that queries begin with.',
      inputSchema: {
        name: z.string().min(1).max(200).describe('The type, such as Service.'),
        search: z.string().max(100).optional().describe('Only lines with this text.'),
        page: z.number().int().min(1).optional().describe('The page, from 1.'),
      },
      annotations,
    },
    ({ name, page = 1, search }) => answer(() => schema.describe(name, page, search)),
  );
}

function addMutationTool(server: McpServer, { mutations, dryRuns }: ToolParts, caller: AgentCaller): void {
  const list = [...mutations.values()].map(({ signature, description }) => `- ${signature}: ${description}`).join('\n');
  server.registerTool(
    'run_mutation',
    {
      title: 'Run a mutation',
      description: `Changes ECS. First call it without "confirm": that is a dry run, which shows what would be done, and a code. Show that to the person you work for; if they agree, call it again with the same arguments and the code as "confirm".\n${list}`,
      inputSchema: {
        name: z.enum([...mutations.keys()] as [string, ...string[]]).describe('The mutation.'),
        arguments: z.record(z.string(), z.unknown()).describe('Its arguments, without dryRun and idempotencyKey.'),
        confirm: z.string().max(200).optional().describe('The code of the dry run. Without it, nothing is done.'),
      },
      annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: true },
    },
    async ({ name, arguments: args, confirm }, { signal }) => {
      const mutation = mutations.get(name);
      if (mutation === undefined)
        return failure(`"${name}" is not among the mutations that agents may run (MCP_MUTATIONS).`);
      const { dryRun: _dry, idempotencyKey: _key, ...given } = args;
      if (confirm !== undefined && !dryRuns.isConfirmed(confirm, caller.principal, name, given)) {
        return failure(
          'The code does not fit these arguments, or its ten minutes are over, or another process gave it. Nothing was done. Do the dry run again.',
        );
      }
      // Sent again with its code, a mutation is not done again.
      const variables = {
        ...given,
        dryRun: confirm === undefined,
        ...(confirm !== undefined && mutation.hasKey && { idempotencyKey: `mcp-${confirm}` }),
      };
      const result = await caller.execute({ query: mutation.text, variables }, signal);
      const isError = result.errors !== undefined || result.data == null;
      const text = toAgentJson(result);
      if (confirm !== undefined || isError) return { content: [{ type: 'text', text }], isError };
      const code = dryRuns.confirmation(caller.principal, name, given);
      const note = `This was a dry run; nothing was done. To do it, call run_mutation with the same arguments and "confirm": "${code}".`;
      return {
        content: [
          { type: 'text', text },
          { type: 'text', text: note },
        ],
      };
    },
  );
}

function typeOf(caller: AgentCaller, { query, operationName }: { query: string; operationName?: string | undefined }) {
  const document = caller.documentOf(query);
  const type: OperationTypeNode | undefined =
    'kind' in document ? getOperationAST(document, operationName)?.operation : undefined;
  return type;
}

/** Sends events as progress, if the agent asked for it. Progress has to rise, and percents of rollouts may fall. */
function progressOf({ _meta, sendNotification }: Extra) {
  const progressToken = _meta?.progressToken;
  let progress = 0;
  return async ({ summary, progress: state }: { summary: string; progress: { percent: number } | null }) => {
    progress += 1;
    if (progressToken === undefined) return;
    const message = state === null ? summary : `${Math.round(state.percent)} %: ${summary}`;
    await sendNotification({ method: 'notifications/progress', params: { progressToken, progress, message } });
  };
}

function failure(text: string): CallToolResult {
  return { content: [{ type: 'text', text }], isError: true };
}
