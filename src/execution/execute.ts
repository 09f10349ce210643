import {
  type DocumentNode,
  type ExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
} from 'graphql';
import { Job } from '../turns/job.ts';
import { createTurns, type Turns } from '../turns/turns.ts';
import { executeFields, executeSerially } from './execute-fields.ts';
import { OperationPlan } from './operation-plan.ts';
import { isPromise, type PromiseOrValue } from './promise-parts.ts';
import { type Bounds, Run } from './run.ts';

export interface ExecuteArgs extends Bounds {
  readonly document: DocumentNode;
  readonly operationName?: string | null | undefined;
  readonly variableValues?: { readonly [name: string]: unknown } | null | undefined;
  readonly rootValue?: unknown;
  readonly contextValue?: unknown;
  /** The work that the execution is part of; absent for an execution of its own. */
  readonly job?: Job | undefined;
  /** Omits suggestions from errors about variables. */
  readonly hideSuggestions?: boolean;
  /** Stops checking variables after this many errors. */
  readonly maxCoercionErrors?: number;
  /** Aborts the execution. Its result is then an error, and no further work starts. */
  readonly signal?: AbortSignal;
}

/**
 * Same contract as `execute` of graphql-js: the same result, and a promise only if a resolver returned one or a turn
 * ended.
 */
export type Execute = (args: ExecuteArgs) => PromiseOrValue<ExecutionResult>;

/**
 * Creates an executor for validated documents of a schema. It plans a document while executing it and keeps the plan
 * with the document, so that later objects of a list and later requests reuse it.
 */
export function createExecute(schema: GraphQLSchema, turns: Turns = createTurns()): Execute {
  const plans = new WeakMap<DocumentNode, Map<OperationDefinitionNode, OperationPlan>>();

  function planOf(document: DocumentNode, operation: OperationDefinitionNode): OperationPlan {
    const ofDocument = plans.get(document) ?? new Map<OperationDefinitionNode, OperationPlan>();
    plans.set(document, ofDocument);
    const plan = ofDocument.get(operation) ?? new OperationPlan(schema, document, operation);
    ofDocument.set(operation, plan);
    return plan;
  }

  return (args) => {
    const { document, rootValue, contextValue, signal } = args;
    const operation = findOperation(document, args.operationName);
    if (operation instanceof GraphQLError) return { errors: [operation] };
    const variables = getVariableValues(schema, operation.variableDefinitions ?? [], args.variableValues ?? {}, {
      maxErrors: args.maxCoercionErrors ?? 50,
      hideSuggestions: args.hideSuggestions ?? false,
    });
    if (variables.errors) return { errors: variables.errors };
    const plan = planOf(document, operation);
    const { fragments } = plan;
    const run = new Run(
      {
        schema,
        fragments,
        operation,
        variables: variables.coerced,
        rootValue,
        contextValue,
        turns,
        job: args.job?.part() ?? new Job(''),
        executeFields,
      },
      args,
    );
    try {
      const selection = plan.selection(run);
      const data =
        operation.operation === 'mutation'
          ? executeSerially(run, selection, rootValue)
          : executeFields(run, selection, rootValue, undefined);
      return isPromise(data) ? resultInTime(run, data, signal) : resultOf(run, data);
    } catch (error) {
      return failed(run, error as GraphQLError);
    }
  };
}

/** The result, or the error that aborted the run before. */
function resultInTime(
  run: Run,
  data: Promise<Record<string, unknown>>,
  signal: AbortSignal | undefined,
): Promise<ExecutionResult> {
  return new Promise((resolve) => {
    const abort = () => run.end(new GraphQLError('The execution was ended.', { originalError: signal?.reason }));
    const settle = (result: ExecutionResult) => {
      signal?.removeEventListener('abort', abort);
      resolve(result);
    };
    data.then(
      (completed) => settle(resultOf(run, completed)),
      (error: GraphQLError) => settle(failed(run, error)),
    );
    run.onEnd((error) => settle({ errors: [error] }));
    if (signal?.aborted) abort();
    else signal?.addEventListener('abort', abort, { once: true });
  });
}

function findOperation(
  document: DocumentNode,
  name: string | null | undefined,
): OperationDefinitionNode | GraphQLError {
  let found: OperationDefinitionNode | undefined;
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    if (name === null || name === undefined) {
      if (found) return new GraphQLError('Must provide operation name if query contains multiple operations.');
      found = definition;
    } else if (definition.name?.value === name) found = definition;
  }
  if (found) return found;
  return new GraphQLError(
    name === null || name === undefined ? 'Must provide an operation.' : `Unknown operation named "${name}".`,
  );
}

function resultOf({ errors: { list } }: Run, data: Record<string, unknown> | null): ExecutionResult {
  return list.length === 0 ? { data } : { errors: list, data };
}

/** Result for an error that no nullable field stopped. */
function failed(run: Run, error: GraphQLError): ExecutionResult {
  run.errors.add(error, undefined);
  return resultOf(run, null);
}
