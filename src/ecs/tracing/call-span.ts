import { type Attributes, trace } from '@opentelemetry/api';
import type { CallContext } from '../core/call-context.ts';
import type { OperationName } from '../core/operations.ts';

/** Members of Describe calls that hold the batch. */
const BATCHES = [
  'clusters',
  'services',
  'tasks',
  'containerInstances',
  'capacityProviders',
  'serviceRevisionArns',
  'serviceDeploymentArns',
  'taskSets',
  'daemonDeploymentArns',
  'daemonRevisionArns',
] as const;

/** The facts about a call before it is sent: names and sizes, no values of its input. */
export function callAttributes(operation: OperationName, input: unknown, { scope, lane }: CallContext): Attributes {
  const batch = sizeOf(input);
  return {
    'rpc.system.name': 'aws-api',
    'rpc.method': `ECS/${operation}`,
    'cloud.region': scope.region,
    'ecs_graphql.lane': lane,
    ...(batch !== undefined && { 'ecs_graphql.batch.size': batch }),
  };
}

function sizeOf(input: unknown): number | undefined {
  const members = (typeof input === 'object' && input !== null ? input : {}) as Readonly<Record<string, unknown>>;
  const batch = BATCHES.map((name) => members[name]).find(Array.isArray);
  return batch?.length;
}

/** Adds what the SDK knows of an attempt's answer to the span of its call. */
export function describeAttempt(answered: unknown, attempts: number): void {
  const span = trace.getActiveSpan();
  if (span?.isRecording() !== true) return;
  const { output, $metadata = output?.$metadata } = (answered ?? {}) as Answered;
  span.setAttribute('ecs_graphql.attempts', attempts);
  if ($metadata?.httpStatusCode !== undefined) span.setAttribute('http.response.status_code', $metadata.httpStatusCode);
  if ($metadata?.requestId !== undefined) span.setAttribute('aws.request_id', $metadata.requestId);
}

interface Metadata {
  readonly httpStatusCode?: number;
  readonly requestId?: string;
}

interface Answered {
  readonly $metadata?: Metadata;
  readonly output?: { readonly $metadata?: Metadata };
}
