import {
  createSourceEventStream,
  type ExecutionResult,
  type GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  type OperationTypeNode,
} from 'graphql';
import type { Logger } from 'pino';
import type { CallLimit } from '../ecs/core/call-cost.ts';
import { settleBy, startDeadline } from '../ecs/core/deadline.ts';
import type { Timers } from '../ecs/core/timers.ts';
import type { KnownSizes } from '../ecs/lists/fleet-sizes.ts';
import { createExecute } from '../execution/execute.ts';
import { createReferenceExecute } from '../execution/graphql-js.ts';
import type { Tally } from '../execution/run.ts';
import type { GraphContext, RequestInfo } from '../schema/core/context.ts';
import { membersRead } from '../schema/graph/selection.ts';
import { Job } from '../turns/job.ts';
import { type AdmissionSettings, createAdmission, serverBusy } from './admission/admit-operation.ts';
import { callerKeyOf, shareKeyOf } from './admission/caller-key.ts';
import { createEstimate } from './admission/estimate-operation.ts';
import type { HeldFleet } from './admission/held-reads.ts';
import { createLanes } from './admission/operation-lanes.ts';
import { IS_SHORT } from './core/answer-text.ts';
import type { Writing } from './core/chunked-json.ts';
import type { InFlight } from './core/in-flight.ts';
import { type OperationObserver, OperationRecord } from './core/operation-record.ts';
import { asFinal, type ErrorReporter, requestError, toPublicError } from './core/public-errors.ts';
import type { Caller, Operation } from './core/request-context.ts';
import type { CallerLimits } from './limits/caller-limits.ts';
import { RefusalPace } from './limits/refusal-pace.ts';
import { EventBudget } from './subscriptions/event-budget.ts';
import { createSubscribe } from './subscriptions/subscribe.ts';
import { createGrouping } from './subscriptions/subscriber-groups.ts';

export interface OperationSettings extends AdmissionSettings {
  readonly introspection: boolean;
  readonly queryDeadline: number;
  readonly mutationDeadline: number;
  readonly maxOperations: number;
  readonly maxCallerOperations: number;
  readonly maxLargeOperations: number;
  readonly maxDestructiveFields: number;
  /** Whether to use the executor of `src/execution`, else that of graphql-js. */
  readonly fastPaths: boolean;
}

export interface OperationParts {
  readonly schema: GraphQLSchema;
  readonly settings: OperationSettings;
  readonly inFlight: InFlight;
  /** How writing answers shares the event loop. */
  readonly writing: Writing;
  readonly log: Logger;
  /** Called with each error of an answer, as callers see it. */
  readonly onError?: ((caller: Pick<Caller, 'requestId' | 'principal'>, error: GraphQLError) => void) | undefined;
  /** Resolves when what was recorded for an audit is written; undefined if it is. */
  readonly audited?: (() => Promise<void> | undefined) | undefined;
  /** A promise where something has to be found out first. */
  readonly createContext: (request: RequestInfo) => GraphContext | Promise<GraphContext>;
  /** Calls back when what callers may do has changed; what it returns takes the listener back. */
  readonly onPolicyChange?: ((listener: () => void) => () => void) | undefined;
  /** The extensions of a response, such as its cost. */
  readonly extensionsOf: (context: GraphContext) => Record<string, unknown> | undefined;
  readonly observer?: OperationObserver | undefined;
  /** The clock by which refusals are held. */
  readonly timers?: Timers | undefined;
  /** The limits of roles. */
  readonly callerLimits?: CallerLimits | undefined;
  /** How much there is, as far as ECS has returned it: estimates of cost go by it. */
  readonly knownSizes?: () => KnownSizes;
  /** Reads how much there is, before an operation is refused for what it could cost without that knowledge. */
  readonly readSizes?: () => Promise<void>;
  /** The inventory; absent for a gateway without one. */
  readonly heldFleet?: HeldFleet | undefined;
}

/** Runs operations for every transport, with the same admission, context, deadline, errors and log line. */
export interface Operations {
  execute(operation: Operation, caller: Caller): Promise<ExecutionResult>;
  subscribe(operation: Operation, caller: Caller): Promise<AsyncGenerator<ExecutionResult, void> | ExecutionResult>;
}

/**
 * ECS calls end at the deadline, as errors at their fields. This many ms later the request ends, whatever still runs.
 */
const LATE_MS = 1_000;

/** Reported errors about variables; one more says that there were others. */
const MAX_COERCION_ERRORS = 4;

/**
 * An execution may have this many times the objects that its estimate allows: lists without a limit can be longer than
 * estimated.
 */
const HEADROOM = 3;

/** An answer with at most this many objects is serialised at once. */
const SHORT = 200;

export function createOperations(parts: OperationParts): Operations {
  const { schema, settings, inFlight, observer } = parts;
  const { turns } = parts.writing;
  const execute = settings.fastPaths ? createExecute(schema, turns) : createReferenceExecute(schema);
  const admit = createAdmission(schema, settings, inFlight, parts.knownSizes, parts.callerLimits, parts.heldFleet);
  const lanes = createLanes(settings);
  const estimate = createEstimate({ ...parts, ofRole: parts.callerLimits });

  /** An operation that is too expensive as far as is known is estimated again with the sizes of the fleet. */
  async function admitKnowing(operation: Operation, caller: Caller) {
    const admitted = await admitBySize(operation, caller);
    if (admitted instanceof Error || admitted.writes === 0) return admitted;
    return (await parts.callerLimits?.sharedMutationRefusal(caller.principal, admitted.writes)) ?? admitted;
  }

  async function admitBySize(operation: Operation, caller: Caller) {
    const admitted = admit(operation, caller);
    const isKnown = parts.knownSizes?.().services !== undefined;
    const isForCost = admitted instanceof Error && admitted.extensions.code === 'QUERY_TOO_EXPENSIVE';
    if (!isForCost || isKnown || parts.readSizes === undefined) return admitted;
    await parts.readSizes();
    return admit(operation, caller);
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
    caller: Pick<Caller, 'requestId' | 'principal' | 'fresh' | 'signal'> & { readonly job: Job },
    log: Logger,
    { write, destructive = 0, rootValue, maxObjects, callLimit, tally = { objects: 0 } }: Execution,
  ): Promise<ExecutionResult> {
    const { requestId, principal, fresh, job } = caller;
    // A write in progress continues when its caller disconnects: otherwise its outcome would be unknown.
    const parent = write ? new AbortController().signal : caller.signal;
    const deadline = startDeadline(parent, (write ? settings.mutationDeadline : settings.queryDeadline) + LATE_MS);
    const reads = membersRead(schema, operation.document);
    const { signal } = deadline;
    const made = parts.createContext({ requestId, principal, fresh, signal, log, job, reads, callLimit });
    let context: GraphContext;
    try {
      context = made instanceof Promise ? await made : made;
    } catch (error) {
      deadline.release();
      return { errors: [toPublicError(error, { requestId, log })] };
    }
    try {
      const refusal = tooDestructive(destructive, settings.maxDestructiveFields, context);
      if (refusal !== undefined) {
        parts.onError?.({ requestId, principal }, refusal);
        return { errors: [refusal] };
      }
      const execution = Promise.resolve(
        execute({
          ...executionArgs(operation, context),
          maxCoercionErrors: MAX_COERCION_ERRORS,
          rootValue,
          job,
          signal,
          maxObjects,
          tally,
          tooLarge: () => tooManyObjects(maxObjects, write),
          hold: () => context.hold(),
        }),
      );
      const late: () => ExecutionResult = () => ({
        errors: [
          context.hasWritten
            ? requestError('OUTCOME_UNKNOWN', 'The mutation ran into its deadline after a write was sent.')
            : requestError('REQUEST_TIMEOUT', 'The request ran into its deadline.'),
        ],
      });
      const result = await settleBy<ExecutionResult>(execution, deadline.signal, late);
      const isFinal = !context.writes.isRepeatable;
      const found =
        context.addedErrors.length === 0 ? result.errors : [...(result.errors ?? []), ...context.addedErrors];
      const errors = found && (await publicErrors(found, isFinal, { requestId, log }, job));
      for (const error of (parts.onError && errors) ?? []) parts.onError?.({ requestId, principal }, error);
      if (write || errors?.some(({ extensions: { code } }) => code === 'FORBIDDEN') === true) await parts.audited?.();
      const extensions = parts.extensionsOf(context);
      const isShort = tally.objects <= SHORT;
      return {
        ...result,
        ...(errors && { errors }),
        ...(extensions && { extensions }),
        ...(isShort && { [IS_SHORT]: true }),
      };
    } catch (error) {
      const shown = toPublicError(error, { requestId, log });
      return { errors: [context.writes.isRepeatable ? shown : asFinal(shown)] };
    } finally {
      deadline.release();
      context.release();
    }
  }

  /** Thousands of fields may fail at once. */
  async function publicErrors(
    errors: readonly GraphQLError[],
    isFinal: boolean,
    reporter: ErrorReporter,
    job: Job,
  ): Promise<GraphQLError[]> {
    const reported: GraphQLError[] = [];
    for (const [index, error] of errors.entries()) {
      const shown = toPublicError(error, reporter);
      reported.push(isFinal ? asFinal(shown) : shown);
      if (index % 100 === 99 && turns.isOver()) await turns.next(job);
    }
    return reported;
  }

  const events = new EventBudget(settings.maxEventObjects * EVENTS_A_SECOND, settings.maxEventObjects * EVENTS_AT_ONCE);
  const subscribe = createSubscribe({
    ...parts,
    observer,
    events,
    groupOf: createGrouping(schema),
    async open(operation, request) {
      const context = await parts.createContext(request);
      const options = { maxCoercionErrors: MAX_COERCION_ERRORS };
      try {
        return await createSourceEventStream({ schema, ...executionArgs(operation, context), options });
      } finally {
        context.release();
      }
    },
    async reopen(request, check) {
      const context = await parts.createContext(request);
      try {
        await check(context);
      } finally {
        context.release();
      }
    },
    run(operation, caller, log, event, tally) {
      limitTime(caller.job, caller);
      const maxObjects = settings.maxEventObjects * HEADROOM;
      return run(operation, caller, log, { write: false, rootValue: event, maxObjects, tally });
    },
  });

  function limitTime(job: Job | undefined, { principal }: Pick<Caller, 'principal'>): void {
    if (parts.callerLimits !== undefined) job?.limit(parts.callerLimits.timeOf(principal));
  }

  const typeOf = ({ document, operationName }: Operation) =>
    getOperationAST(document, operationName)?.operation ?? 'unknown';

  const pace = new RefusalPace(parts.timers);
  async function refuse(
    record: OperationRecord,
    error: GraphQLError,
    type: OperationTypeNode | 'unknown',
    { principal, signal }: Caller,
  ): Promise<ExecutionResult> {
    await pace.hold(principal.name, signal);
    return record.refused(error, type);
  }

  const refuseOptions = (record: OperationRecord, operation: Operation, caller: Caller) =>
    refuse(record, requestError('BAD_USER_INPUT', caller.badOptions ?? ''), typeOf(operation), caller);

  return {
    async execute(operation, caller) {
      if (caller.estimate === true) return estimate(operation, caller);
      const record = new OperationRecord(caller, parts.log, observer);
      if (caller.badOptions !== undefined) return refuseOptions(record, operation, caller);
      const job = caller.job ?? new Job(shareKeyOf(caller));
      limitTime(job, caller);
      // Reading the document took as long as a turn lasts, or longer.
      if (turns.isCrowding(job)) await turns.take(job);
      const admitted = await admitKnowing(operation, caller);
      if (admitted instanceof Error) return refuse(record, admitted, typeOf(operation), caller);
      const { node, cost, destructive, callLimit } = admitted;
      const leavePrincipal = (await parts.callerLimits?.enter(caller.principal, caller.signal)) ?? (() => undefined);
      if (leavePrincipal instanceof Error)
        return refuse(record, orGone(leavePrincipal, caller), node.operation, caller);
      const leave = await lanes.of(cost, operation.document).enter(callerKeyOf(caller), caller.signal);
      if (leave === undefined) {
        leavePrincipal();
        return refuse(record, orGone(serverBusy(ALL_BUSY), caller), node.operation, caller);
      }
      const done = inFlight.start('operation', caller.transport);
      try {
        const write = node.operation === 'mutation';
        const most = parts.callerLimits?.objectsOf(caller.principal) ?? settings.maxObjects;
        const maxObjects = lower(most, settings.maxObjects) * HEADROOM;
        const execution = { write, destructive, maxObjects, callLimit };
        const result = await run(operation, { ...caller, job }, record.log, execution);
        record.ended(node, result.errors, caller.signal.aborted ? { gone: true } : {});
        return result;
      } finally {
        done();
        leave();
        leavePrincipal();
      }
    },

    async subscribe(operation, caller) {
      if (caller.estimate === true) return estimate(operation, caller);
      const record = new OperationRecord(caller, parts.log, observer);
      if (caller.badOptions !== undefined) return refuseOptions(record, operation, caller);
      const admitted = admit(operation, caller);
      if (admitted instanceof Error) return refuse(record, admitted, typeOf(operation), caller);
      const counting = parts.callerLimits?.follow(caller.principal);
      // Without a promise, nothing may come between the check of limits and the count of the stream.
      const leave = counting === undefined ? undefined : await counting;
      if (leave instanceof Error) return refuse(record, leave, typeOf(operation), caller);
      const stream = await subscribe(operation, caller, admitted.node, record, leave);
      if ('errors' in stream) for (const error of stream.errors ?? []) parts.onError?.(caller, error);
      return stream;
    },
  };
}

const ALL_BUSY =
  'As many operations run and wait as may (MAX_OPERATIONS, MAX_CALLER_OPERATIONS, MAX_LARGE_OPERATIONS).';

function orGone(error: GraphQLError, { signal }: Pick<Caller, 'signal'>): GraphQLError {
  return signal.aborted ? requestError('REQUEST_TIMEOUT', 'The caller went away.') : error;
}

/** The lower of two limits. A second limit of 0 means no limit. */
function lower(one: number, other: number): number {
  return other === 0 ? one : Math.min(one, other);
}

/** Refuses a request that would end several things, unless the caller may do that. Nothing of it is done. */
function tooDestructive(count: number, most: number, { access, services }: GraphContext): GraphQLError | undefined {
  if (most === 0 || count <= most) return undefined;
  const isByPolicy = services.policies?.restrictsReads === true;
  if (isByPolicy && access?.inRegion('DestroySeveral').isAllowed === true) return undefined;
  return requestError(
    'TOO_MANY_DESTRUCTIVE_FIELDS',
    `The request has ${count} fields that delete, deregister or stop something; the limit is ${most} (MAX_DESTRUCTIVE_FIELDS). ` +
      'Nothing of this operation was done. Send them one by one, or with `dryRun`.',
  );
}

/** How one selection is executed. */
interface Execution {
  readonly write: boolean;
  /** Fields of the request that end something that exists or runs. */
  readonly destructive?: number;
  readonly rootValue?: unknown;
  /** 0 means no limit. */
  readonly maxObjects: number;
  readonly callLimit?: CallLimit | undefined;
  readonly tally?: Tally;
}

/** Events of the largest allowed size that a caller may get each second, and as a burst after a quiet time. */
const EVENTS_A_SECOND = 5;
const EVENTS_AT_ONCE = 20;

function tooManyObjects(most: number, write: boolean): GraphQLError {
  const done = write ? ' What was written stays written.' : ' Smaller pages (first) need fewer.';
  return requestError(
    'RESPONSE_TOO_LARGE',
    `The answer has more than ${most} objects, ${HEADROOM} times what an estimate may be (MAX_OBJECTS, MAX_EVENT_OBJECTS).${done}`,
  );
}
