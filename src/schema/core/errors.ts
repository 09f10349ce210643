import { GraphQLError } from 'graphql';
import type { KeyUnusableError } from '../../ecs/consistency/idempotency-keys.ts';
import { EcsError, OutcomeUnknownError } from '../../ecs/core/errors.ts';

/** A mistake of the caller in one argument. */
export function badUserInput(argument: string, problem: string): GraphQLError {
  return new GraphQLError(`Argument "${argument}" ${problem}.`, { extensions: { code: 'BAD_USER_INPUT', argument } });
}

/** An idempotency key cannot be used at present. */
export function keyUnusable({ code, message, retryAfterMs }: KeyUnusableError): GraphQLError {
  return new GraphQLError(message, { extensions: { code, retryAfterMs } });
}

/** The resource that an argument names does not exist. */
export function notFound(argument: string, problem: string): GraphQLError {
  return new GraphQLError(problem, { extensions: { code: 'NOT_FOUND', argument } });
}

/** A field would read more clusters completely than one request may. */
export function tooManyClusters(count: number, most: number, argument?: string): GraphQLError {
  const remedy =
    argument === undefined ? 'A higher `MAX_CLUSTERS` allows it.' : `Name fewer by argument "${argument}".`;
  return new GraphQLError(`This reads ${count} clusters; \`MAX_CLUSTERS\` allows ${most}. ${remedy}`, {
    extensions: { code: 'QUERY_TOO_EXPENSIVE', ...(argument !== undefined && { argument }) },
  });
}

/** The extensions of a failed ECS call: everything that the caller can act on, and no internals of the gateway. */
export function ecsErrorExtensions(error: EcsError): Record<string, unknown> {
  const { code, operation, argument, awsCode, requestId, retryable, retryAfterMs, steps } = error;
  const check = error instanceof OutcomeUnknownError ? error.check : undefined;
  return {
    code,
    operation,
    retryable,
    ...(argument === undefined ? {} : { argument }),
    ...(awsCode === undefined ? {} : { awsCode }),
    ...(requestId === undefined ? {} : { requestId }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(check === undefined ? {} : { check }),
    ...(steps === undefined ? {} : { done: steps.done, pending: steps.pending }),
  };
}

/** The EcsError inside an error that GraphQL execution wrapped, if there is one. */
export function findEcsError(error: unknown): EcsError | undefined {
  let current = error;
  while (current instanceof GraphQLError) current = current.originalError;
  return current instanceof EcsError ? current : undefined;
}
