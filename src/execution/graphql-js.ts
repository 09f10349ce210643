import { type ExecutionResult, execute, GraphQLError, type GraphQLSchema } from 'graphql';
import type { Execute } from './execute.ts';
import { isPromise } from './promise-parts.ts';

/**
 * The executor of graphql-js behind our interface, for `FAST_PATHS=off` and as the reference in tests. It blocks the
 * event loop for as long as an execution computes, and counts the objects of an answer only when it is complete.
 */
export function createReferenceExecute(schema: GraphQLSchema): Execute {
  return ({ maxCoercionErrors = 50, hideSuggestions = false, signal, maxObjects = 0, tooLarge, tally, ...args }) => {
    const bounded = (result: ExecutionResult): ExecutionResult => {
      const objects = objectsIn(result.data) - 1;
      if (tally) tally.objects += Math.max(0, objects);
      return maxObjects > 0 && objects > maxObjects && tooLarge ? { errors: [tooLarge()] } : result;
    };
    const result = execute({ schema, hideSuggestions, options: { maxCoercionErrors }, ...args });
    return isPromise(result) ? untilAborted(result.then(bounded), signal) : bounded(result);
  };
}

/** Counts the objects of an answer, except those of introspection. */
function objectsIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + objectsIn(item), 0);
  const fields = Object.entries(value).filter(([name]) => !name.startsWith('__'));
  return fields.reduce((sum, [, item]) => sum + objectsIn(item), 1);
}

/**
 * The result, or an error once the signal aborts. graphql-js continues in the background because it does not support
 * signals.
 */
function untilAborted(result: Promise<ExecutionResult>, signal: AbortSignal | undefined): Promise<ExecutionResult> {
  if (signal === undefined) return result;
  return new Promise((resolve, reject) => {
    const abort = () =>
      resolve({ errors: [new GraphQLError('The execution was ended.', { originalError: signal.reason })] });
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    result.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
