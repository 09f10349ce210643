import type { ExecutionResult } from 'graphql';
import { type AgentCaller, toAgentJson } from './caller.ts';

/** The subscription that follows a deployment. */
export interface FollowArgs {
  readonly service: string;
  readonly cluster?: string | undefined;
  readonly deploymentId?: string | undefined;
  readonly after?: string | undefined;
  readonly timeoutSeconds?: number | undefined;
}

const QUERY = `subscription Follow($service: ID!, $cluster: ID, $deploymentId: ID, $after: String, $timeout: Duration) {
  follow: deploymentProgress(service: $service, cluster: $cluster, deploymentId: $deploymentId, after: $after, timeout: $timeout) {
    type cursor outcome summary isStalled
    progress { percent desiredTaskCount runningTaskCount healthyTaskCount failedTaskCount blockedBy { reason message } }
  }
}`;

interface FollowEvent {
  readonly type: string;
  readonly cursor: string;
  readonly outcome: string | null;
  readonly summary: string;
  readonly progress: { readonly percent: number } | null;
}

export const LONGEST_S = 3_600;
const DEFAULT_S = 600;

/**
 * Follows a deployment to its end.
 * @param onEvent called with each event
 * @returns the last event as JSON, and whether the deployment was followed to its end
 */
export async function followDeployment(
  caller: AgentCaller,
  { timeoutSeconds = DEFAULT_S, ...args }: FollowArgs,
  onEvent: (event: FollowEvent) => Promise<void>,
  signal: AbortSignal,
): Promise<{ readonly text: string; readonly isError: boolean }> {
  const variables = { ...args, timeout: `PT${timeoutSeconds}S` };
  const stream = await caller.subscribe({ query: QUERY, variables }, signal);
  if (!(Symbol.asyncIterator in stream)) return { text: toAgentJson(stream), isError: true };
  let last: ExecutionResult | undefined;
  for await (const result of stream) {
    last = result;
    const event = result.data?.follow as FollowEvent | null | undefined;
    if (result.errors !== undefined || event == null) break;
    await onEvent(event);
  }
  if (last === undefined) return { text: 'The server ended the stream before the first event.', isError: true };
  const event = last.data?.follow as FollowEvent | null | undefined;
  if (event == null) return { text: toAgentJson(last), isError: true };
  const note = event.outcome === null ? { note: `not at its end; go on with after: "${event.cursor}"` } : {};
  return { text: JSON.stringify({ ...event, ...note }), isError: false };
}
