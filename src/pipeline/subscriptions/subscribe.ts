import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type ExecutionResult, GraphQLError, type OperationDefinitionNode } from 'graphql';
import type { Logger } from 'pino';
import type { CredentialEnd } from '../../auth/credential.ts';
import { startDeadline } from '../../ecs/core/deadline.ts';
import type { Tally } from '../../execution/run.ts';
import type { GraphContext, RequestInfo } from '../../schema/core/context.ts';
import { Job } from '../../turns/job.ts';
import { callerKeyOf, shareKeyOf } from '../admission/caller-key.ts';
import { answerText } from '../core/answer-text.ts';
import type { Writing } from '../core/chunked-json.ts';
import type { InFlight } from '../core/in-flight.ts';
import type { OperationObserver, OperationRecord } from '../core/operation-record.ts';
import { requestError, toPublicError } from '../core/public-errors.ts';
import type { Caller, Operation } from '../core/request-context.ts';
import type { EventBudget } from './event-budget.ts';
import { EventResult } from './event-result.ts';
import { isEventSource, toEventSource } from './event-source.ts';
import { EventStream, type StreamHandlers } from './event-stream.ts';
import { createSharedExecutions, type Share, type Waiter } from './shared-execution.ts';
import type { GroupOf } from './subscriber-groups.ts';

type StreamCheck = (context: GraphContext) => Promise<void>;

/** The executor of an event. It is no request, so it has an id of its own. */
export type EventCaller = Pick<Caller, 'requestId' | 'principal' | 'fresh' | 'signal'> & { readonly job: Job };

/** The parts of a caller that are kept for the life of a stream. */
type StreamCaller = Pick<Caller, 'requestId' | 'principal' | 'fresh' | 'transport' | 'address'>;

export interface SubscribeParts {
  readonly log: Logger;
  readonly inFlight: InFlight;
  readonly observer: OperationObserver | undefined;
  readonly groupOf: GroupOf;
  /** Asks the schema for the source of events. */
  readonly open: (operation: Operation, request: RequestInfo) => Promise<AsyncIterable<unknown> | ExecutionResult>;
  /** Finds out whether a stream is still allowed, by throwing where it is not. */
  readonly reopen: (request: RequestInfo, check: StreamCheck) => Promise<void>;
  readonly onPolicyChange?: ((listener: () => void) => () => void) | undefined;
  /** Executes an operation's selection on one event. */
  readonly run: (
    operation: Operation,
    caller: EventCaller,
    log: Logger,
    event: unknown,
    tally: Tally,
  ) => Promise<ExecutionResult>;
  /** The event budgets of callers. */
  readonly events: EventBudget;
  readonly writing: Writing;
}

/** Runs an admitted subscription. */
export type Subscribe = (
  operation: Operation,
  caller: Caller,
  node: OperationDefinitionNode,
  record: OperationRecord,
  /** Called when the stream has ended. */
  leave?: () => void,
) => Promise<EventStream | ExecutionResult>;

export function createSubscribe(parts: SubscribeParts): Subscribe {
  const events = new EventRunner(parts);
  return async (operation, caller, node, record, leave) => {
    const { requestId, principal, credential, lastEventId } = caller;
    const deadline = startDeadline(caller.signal, 0);
    const ended = parts.inFlight.start('stream', caller.transport, {
      caller: callerKeyOf(caller),
      principal: principal.name,
    });
    const done =
      leave === undefined
        ? ended
        : () => {
            ended();
            leave();
          };
    const release = () => {
      deadline.release();
      deadline.abort();
      done();
    };
    // The record creates its own log where it needs it again: at the end.
    const log = record.createLog();
    // A feed over several accounts and regions is allowed in each of them.
    const checks: StreamCheck[] = [];
    const onAuthorized = (given: StreamCheck) => {
      checks.push(given);
    };
    const check: StreamCheck = async (context) => {
      for (const one of checks) await one(context);
    };
    const request = { requestId, principal, signal: deadline.signal, log, lastEventId };
    const authorizeAgain = async (): Promise<void> => {
      if (checks.length > 0) await parts.reopen({ ...request, signal: new AbortController().signal }, check);
    };
    let isOutdated = false;
    let onPolicyChange = () => {
      isOutdated = true;
    };
    const unlistenPolicies = parts.onPolicyChange?.(() => onPolicyChange());
    let source: AsyncIterable<unknown> | ExecutionResult | undefined;
    try {
      source = await parts.open(operation, { ...request, ...(parts.onPolicyChange && { onAuthorized }) });
      // Policies that changed after they had allowed it are asked before its first event.
      while (isOutdated) {
        isOutdated = false;
        await authorizeAgain();
      }
    } catch (error) {
      if (source !== undefined && Symbol.asyncIterator in source) await toEventSource(source).return();
      source = { errors: [error as GraphQLError] };
    }
    if (!(Symbol.asyncIterator in source)) {
      unlistenPolicies?.();
      release();
      const errors = (source.errors ?? []).map((error) => toPublicError(error, { requestId, log }));
      record.ended(node, errors, caller.signal.aborted ? { gone: true } : {});
      return { errors };
    }
    // A follower ends by `return`; if the transport calls it, nothing needs the signal any more.
    const isLight = caller.endsStreams === true && isEventSource(source) && !caller.signal.aborted;
    if (isLight) deadline.release();
    // Neither the signal nor the transport's data beside the operation is kept for the life of the stream.
    const subscriber = new Subscriber(events, operation, caller, node, record, isLight ? done : release);
    const stream = new EventStream(toEventSource(source), subscriber);
    onPolicyChange = () => {
      authorizeAgain().catch((error: unknown) => stream.cutOff((cursor = lastEventId) => withCursor(error, cursor)));
    };
    subscriber.listenTo(
      credential?.onEnd('stream', (end) => stream.cutOff((cursor = lastEventId) => tokenEnded(end, cursor))),
      unlistenPolicies,
    );
    if (deadline.signal.aborted) void stream.return();
    else if (!isLight) deadline.signal.addEventListener('abort', () => void stream.return(), { once: true });
    return stream;
  };
}

/** Executes events, each once for all subscribers with the same selection. */
class EventRunner {
  readonly #parts: SubscribeParts;
  readonly #executions = createSharedExecutions<EventResult>();

  constructor(parts: SubscribeParts) {
    this.#parts = parts;
  }

  /** The name of the group that receives the same. */
  groupOf(operation: Operation, caller: Caller): string {
    return this.#parts.groupOf(operation, caller);
  }

  join({ operation, caller, group }: Subscription, event: unknown, waiter: Waiter<EventResult>): Share {
    this.#parts.observer?.sent(caller.transport);
    return this.#executions.join(event, group, (signal) => this.#run(operation, caller, event, signal), waiter);
  }

  /**
   * Executes an event for a group, with a context of its own: loaders that outlived an event would answer the next one
   * with old data. An internal error reports its id to the whole group and to the log. The execution ends when the last
   * subscriber leaves.
   */
  async #run(operation: Operation, caller: StreamCaller, event: unknown, signal: AbortSignal) {
    const { log: parentLog, events, observer, writing } = this.#parts;
    const { principal, fresh } = caller;
    const key = callerKeyOf(caller);
    const waitMs = events.waitMs(key);
    if (waitMs > 0) await delay(waitMs, undefined, { signal });
    const requestId = randomUUID();
    const log = parentLog.child({ requestId, principal: principal.name });
    observer?.executed();
    const tally = { objects: 0 };
    const job = new Job(shareKeyOf(caller));
    const result = await this.#parts.run(operation, { requestId, principal, fresh, signal, job }, log, event, tally);
    events.charge(key, tally.objects);
    return new EventResult(result, event, await answerText(result, { ...writing, signal, job }));
  }
}

/** The parts of a subscription that an event is executed with. */
interface Subscription {
  readonly operation: Operation;
  readonly caller: StreamCaller;
  readonly group: string;
}

/** The state of a subscription for its life. There may be many thousands. */
class Subscriber implements StreamHandlers, Subscription {
  readonly operation: Operation;
  readonly caller: StreamCaller;
  readonly group: string;
  readonly #events: EventRunner;
  readonly #node: OperationDefinitionNode;
  readonly #record: OperationRecord;
  readonly #done: () => void;
  #unlisten: readonly (() => void)[] | undefined;
  #count = 0;
  #failure: GraphQLError | undefined;

  constructor(
    events: EventRunner,
    operation: Operation,
    caller: Caller,
    node: OperationDefinitionNode,
    record: OperationRecord,
    done: () => void,
  ) {
    const { document, operationName, variableValues } = operation;
    const { requestId, principal, fresh, transport, address } = caller;
    this.operation = { document, operationName, variableValues };
    this.caller = { requestId, principal, fresh, transport, address };
    this.group = events.groupOf(operation, caller);
    this.#events = events;
    this.#node = node;
    this.#record = record;
    this.#done = done;
  }

  /** Takes functions that end what listens for the end of the caller's rights. */
  listenTo(...unlisten: readonly ((() => void) | undefined)[]): void {
    const given = unlisten.filter((one) => one !== undefined);
    if (given.length > 0) this.#unlisten = given;
  }

  execute(event: unknown, waiter: Waiter<EventResult>): Share {
    this.#count += 1;
    return this.#events.join(this, event, waiter);
  }

  onFailure(error: unknown): EventResult {
    this.#failure = toPublicError(error, { requestId: this.caller.requestId, log: this.#record.log });
    return new EventResult({ errors: [this.#failure] });
  }

  onEnd(): void {
    for (const unlisten of this.#unlisten ?? []) unlisten();
    this.#done();
    this.#record.ended(this.#node, this.#failure && [this.#failure], { events: this.#count });
  }
}

/** Why a stream may not go on, with the place from which another caller may. */
function withCursor(error: unknown, cursor: string | undefined): unknown {
  if (!(error instanceof GraphQLError)) return error;
  const { message, extensions } = error;
  return new GraphQLError(message, { extensions: { ...extensions, cursor: cursor ?? null } });
}

function tokenEnded(end: CredentialEnd, cursor: string | undefined): GraphQLError {
  const message = `The token has ${end === 'EXPIRED' ? 'expired' : 'been withdrawn'}, so the stream ends.`;
  return requestError('TOKEN_ENDED', message, { extensions: { reason: end, cursor: cursor ?? null } });
}
