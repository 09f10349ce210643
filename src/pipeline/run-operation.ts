import {
  createSourceEventStream,
  type ExecutionResult,
  type GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  type OperationDefinitionNode,
} from 'graphql';
import type { Logger } from 'pino';
import { settleBy, startDeadline } from '../ecs/core/deadline.ts';
import { createExecute } from '../execution/execute.ts';
import type { GraphContext, RequestInfo } from '../schema/core/context.ts';
import { membersRead } from '../schema/graph/selection.ts';
import { estimateCost } from './admission/cost-estimate.ts';
import { brokenVariables } from './admission/document-limits.ts';
import type { InFlight } from './core/in-flight.ts';
import { type OperationObserver, OperationRecord } from './core/operation-record.ts';
import { asFinal, requestError, toPublicError } from './core/public-errors.ts';
import type { Caller, Operation } from './core/request-context.ts';
import { createSubscribe } from './subscriptions/subscribe.ts';
import { createGrouping } from './subscriptions/subscriber-groups.ts';

export interface OperationSettings {
  readonly introspection: boolean;
  readonly queryDeadline: number;
  readonly mutationDeadline: number;
  readonly maxVariables: number;
  readonly maxCost: number;
  readonly sseMaxStreams: number;
}

export interface OperationParts {
  readonly schema: GraphQLSchema;
  readonly settings: OperationSettings;
  readonly inFlight: InFlight;
  readonly log: Logger;
  readonly createContext: (request: RequestInfo) => GraphContext;
  /** What a response tells beside its data, such as what it cost. */
  readonly extensionsOf: (context: GraphContext) => Record<string, unknown> | undefined;
  readonly observer?: OperationObserver | undefined;
}

/** Runs operations for every transport: the same admission, context, deadline, errors and log line. */
export interface Operations {
  execute(operation: Operation, caller: Caller): Promise<ExecutionResult>;
  subscribe(operation: Operation, caller: Caller): Promise<AsyncGenerator<ExecutionResult, void> | ExecutionResult>;
}

/** ECS calls end at the deadline, as errors at their fields; this much later the request ends, whatever still runs. */
const LATE_MS = 1_000;

/** Variables that do not fit: one more says that there were more. */
const MAX_COERCION_ERRORS = 4;

export function createOperations(parts: OperationParts): Operations {
  const { schema, settings, inFlight, observer } = parts;
  const execute = createExecute(schema);

  /** Refuses what must not start. */
  function admit(operation: Operation, caller: Caller): OperationDefinitionNode | GraphQLError {
    if (!inFlight.accepting) {
      return requestError('SERVER_DRAINING', 'The server is shutting down.', { headers: { connection: 'close' } });
    }
    const node = getOperationAST(operation.document, operation.operationName);
    if (!node) return requestError('OPERATION_RESOLUTION_FAILURE', 'Name one of the operations of the document.');
    const broken = brokenVariables(operation.variableValues, settings.maxVariables);
    if (broken) return broken;
    if (
      node.operation === 'subscription' &&
      caller.transport === 'http' &&
      inFlight.streams.http >= settings.sseMaxStreams
    ) {
      return requestError('TOO_MANY_SUBSCRIPTIONS', `The server follows ${settings.sseMaxStreams} streams, its limit.`);
    }
    if (settings.maxCost === 0) return node;
    const cost = estimateCost(operation.document, node.name?.value, operation.variableValues ?? {}, schema);
    if (cost <= settings.maxCost) return node;
    return requestError(
      'QUERY_TOO_EXPENSIVE',
      `The operation could need ${cost} ECS calls, and the limit is ${settings.maxCost}. Smaller pages (first) need fewer.`,
      { extensions: { cost, limit: settings.maxCost } },
    );
  }

  function executionArgs(operation: Operation, context: GraphContext) {
    return {
      document: operation.document,
      contextValue: context,
      variableValues: operation.variableValues ?? {},
      operationName: operation.operationName,
      hideSuggestions: !settings.introspection,
    };
  }

  /** Executes a selection once: a query, a mutation, or one event of a subscription. */
  async function run(
    operation: Operation,
    caller: Pick<Caller, 'requestId' | 'principal' | 'fresh' | 'signal'>,
    log: Logger,
    write: boolean,
    rootValue?: unknown,
  ): Promise<ExecutionResult> {
    const { requestId, principal, fresh } = caller;
    // A write that has begun is not ended by its caller's leaving: nobody could tell how far it came.
    const parent = write ? new AbortController().signal : caller.signal;
    const deadline = startDeadline(parent, (write ? settings.mutationDeadline : settings.queryDeadline) + LATE_MS);
    const reads = membersRead(schema, operation.document);
    const context = parts.createContext({ requestId, principal, fresh, signal: deadline.signal, log, reads });
    try {
      const { signal } = deadline;
      const execution = Promise.resolve(
        execute({ ...executionArgs(operation, context), maxCoercionErrors: MAX_COERCION_ERRORS, rootValue, signal }),
      );
      const late: () => ExecutionResult = () => ({
        errors: [
          context.ecs.hasWritten
            ? requestError('OUTCOME_UNKNOWN', 'The mutation ran into its deadline after a write was sent.')
            : requestError('REQUEST_TIMEOUT', 'The request ran into its deadline.'),
        ],
      });
      const result = await settleBy<ExecutionResult>(execution, deadline.signal, late);
      const errors = result.errors?.map((error) => {
        const shown = toPublicError(error, { requestId, log });
        return context.writes.isRepeatable ? shown : asFinal(shown);
      });
      const extensions = parts.extensionsOf(context);
      return { ...result, ...(errors && { errors }), ...(extensions && { extensions }) };
    } catch (error) {
      return { errors: [toPublicError(error, { requestId, log })] };
    } finally {
      deadline.release();
      context.ecs.release();
    }
  }

  const subscribe = createSubscribe({
    ...parts,
    observer,
    groupOf: createGrouping(schema),
    async open(operation, request) {
      const context = parts.createContext(request);
      const options = { maxCoercionErrors: MAX_COERCION_ERRORS };
      try {
        return await createSourceEventStream({ schema, ...executionArgs(operation, context), options });
      } finally {
        context.ecs.release();
      }
    },
    run: (operation, caller, log, event) => run(operation, caller, log, false, event),
  });

  const typeOf = ({ document, operationName }: Operation) =>
    getOperationAST(document, operationName)?.operation ?? 'unknown';

  return {
    async execute(operation, caller) {
      const record = new OperationRecord(caller, parts.log, observer);
      const admitted = admit(operation, caller);
      if (admitted instanceof Error) return record.refused(admitted, typeOf(operation));
      const done = inFlight.start('operation', caller.transport);
      try {
        const result = await run(operation, caller, record.log, admitted.operation === 'mutation');
        record.ended(admitted, result.errors, caller.signal.aborted ? { gone: true } : {});
        return result;
      } finally {
        done();
      }
    },

    async subscribe(operation, caller) {
      const record = new OperationRecord(caller, parts.log, observer);
      const admitted = admit(operation, caller);
      if (admitted instanceof Error) return record.refused(admitted, typeOf(operation));
      return subscribe(operation, caller, admitted, record);
    },
  };
}
