import type { Logger } from 'pino';
import { Job } from '../../turns/job.ts';
import { createTurns, type Turns } from '../../turns/turns.ts';
import type { EcsMemory } from '../consistency/read-cache.ts';
import { AbortListeners } from '../core/abort-listeners.ts';
import { partitionOf } from '../core/arn.ts';
import type { CallContext } from '../core/call-context.ts';
import { CallMeter } from '../core/call-cost.ts';
import type { Decoding } from '../core/decoding.ts';
import type { Caller, Trim } from '../core/ecs-port.ts';
import { EcsError, neverLeft, toEcsError } from '../core/errors.ts';
import { type Input, OPERATIONS, type OperationName, type Output } from '../core/operations.ts';
import { Owner } from '../core/owner.ts';
import { DEFAULT_ACCOUNT, type Scope } from '../core/scope.ts';
import type { Lane } from '../core/shared-priority.ts';
import { Demand } from '../core/shared-priority.ts';
import type { Timers } from '../core/timers.ts';
import type { KeySupply } from '../credentials/credential-source.ts';
import { isExpiredToken } from '../credentials/sts-client.ts';
import { FleetSizes } from '../lists/fleet-sizes.ts';
import { Writer } from '../outcomes/writer.ts';
import type { BucketLevel, Pacer } from '../pacing/pacer.ts';
import { callAttributes, describeAttempt } from '../tracing/call-span.ts';
import { inSpan } from '../tracing/spans.ts';
import { ServerClock } from './aws-clock.ts';
import { type ClientPair, createClientPair, type UpstreamSettings } from './client.ts';
import { Flights } from './single-flight.ts';

/** Facts about an attempt that was sent. */
export interface AttemptReport {
  readonly operation: OperationName;
  readonly scope: Scope;
  readonly durationMs: number;
  /** Name of the exception; undefined if the attempt succeeded. */
  readonly error: string | undefined;
  /** The code that callers would see. */
  readonly code: EcsError['code'] | undefined;
  readonly isRetry: boolean;
}

/** State of the attempts of one call. */
interface Attempts {
  /** Whether an attempt is waiting for its answer. */
  inFlight: boolean;
  /** Whether an attempt was sent without an answer that refuses it. */
  lost: boolean;
}

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };
type Send = (command: unknown, options: { abortSignal: AbortSignal }) => Promise<unknown>;
type Commands = Record<`${OperationName}Command`, new (input: unknown) => CommandWithStack>;
interface CommandWithStack {
  readonly middlewareStack: {
    add(middleware: Middleware, options: { step: 'deserialize'; priority: 'high'; name: string }): void;
    addRelativeTo(middleware: Middleware, options: { relation: 'after'; toMiddleware: string; name: string }): void;
  };
}
type Next = (args: unknown) => Promise<unknown>;
type Middleware = (next: Next, handler: { decoding?: Decoding }) => Next;

/** Parts of an upstream that the composition root or a test supplies. */
export interface UpstreamParts {
  /** Called for every call that failed while a caller waited for it. */
  readonly onFailure?: ((error: EcsError) => void) | undefined;
  readonly onAttempt?: ((report: AttemptReport) => void) | undefined;
  /** Called with the time that an attempt waited for its rate token. */
  readonly onWait?: ((lane: Lane, waitedMs: number) => void) | undefined;
  readonly clock?: ServerClock | undefined;
  /** Absent means that calls are not paced. */
  readonly pacer?: Pacer | undefined;
  /** How decoding and sending share the event loop with other work; absent for turns of their own. */
  readonly turns?: Turns | undefined;
  /** Clock for resolving writes whose answer was lost. */
  readonly timers?: Timers | undefined;
}

const MAX_ANSWER_BYTES = 16_000_000;

/** ECS as the rest of the gateway sees it: one function that calls any operation. */
export class Upstream implements Caller {
  readonly scope: Scope;
  /** ECS's clock. */
  readonly clock: ServerClock;
  /** The cost of all requests and polls. */
  readonly meter = new CallMeter();
  /** The account of the upstream. */
  readonly owner: Owner;
  /** How much there is in it. */
  readonly sizes = new FleetSizes();
  /** Does each write at most once. */
  readonly writer: Writer;
  /** Attempts that wait for their answer. */
  attemptsInFlight = 0;
  readonly #clients: ClientPair;
  readonly #keys: UpstreamSettings['keys'];
  readonly #flights = new Flights();
  /** Priority and deadline of each call in flight. */
  readonly #demands = new Map<string, Demand>();
  readonly #aborts = new AbortListeners();
  readonly #onAttempt: UpstreamParts['onAttempt'];
  readonly #onFailure: UpstreamParts['onFailure'];
  readonly #onWait: UpstreamParts['onWait'];
  readonly #pacer: Pacer | undefined;
  readonly #turns: Turns;
  /** The gateway's own calls, such as polls. */
  readonly #own = new Job('');
  readonly #attemptTimeoutMs: number;
  readonly #maxAnswerBytes: number;
  #commands: Promise<Commands> | undefined;

  private constructor(
    scope: Scope,
    clients: ClientPair,
    { attemptTimeoutMs, maxAnswerBytes = MAX_ANSWER_BYTES, keys }: UpstreamSettings,
    { clock = new ServerClock(), onAttempt, onFailure, onWait, pacer, turns = createTurns(), timers }: UpstreamParts,
    owner = new Owner(),
  ) {
    this.scope = scope;
    this.owner = owner;
    this.#keys = keys;
    this.clock = clock;
    this.#clients = clients;
    this.#attemptTimeoutMs = attemptTimeoutMs;
    this.#maxAnswerBytes = maxAnswerBytes;
    this.#onAttempt = onAttempt;
    this.#onFailure = onFailure;
    this.#onWait = onWait;
    this.#pacer = pacer;
    this.#turns = turns;
    this.writer = new Writer(this, clock, timers);
  }

  /** Fails if no region is configured and the SDK's default chain finds none. */
  static async create(settings: UpstreamSettings, log: Logger, parts: UpstreamParts = {}): Promise<Upstream> {
    const clients = createClientPair(settings, log);
    const region = await clients.repeatable.config.region();
    return new Upstream({ account: DEFAULT_ACCOUNT, region }, clients, settings, parts);
  }

  /** The upstream of a configured account and region. Answers of another account are refused. */
  static of(scope: Scope, settings: UpstreamSettings, log: Logger, parts: UpstreamParts = {}): Upstream {
    const clients = createClientPair({ ...settings, region: scope.region }, log);
    const owner = new Owner({ account: scope.account, partition: partitionOf(scope.region) });
    return new Upstream(scope, clients, settings, parts, owner);
  }

  /** Levels of ECS's rate buckets; undefined without a pacer. */
  rateLevels(): BucketLevel[] | undefined {
    return this.#pacer?.levels();
  }

  /**
   * Calls an operation. Rejects when the context's signal aborts, whatever the SDK is doing.
   * @throws {EcsError}
   */
  async call<Op extends OperationName>(
    operation: Op,
    input: Input<Op>,
    context: CallContext,
    trim?: Trim,
  ): Promise<Output<Op>> {
    const attributes = callAttributes(operation, input, context);
    return inSpan(`ECS/${operation}`, { kind: 'client', attributes, on: context.spans }, () =>
      this.#call(operation, input, context, trim),
    );
  }

  async #call<Op extends OperationName>(
    operation: Op,
    input: Input<Op>,
    context: CallContext,
    trim?: Trim,
  ): Promise<Output<Op>> {
    const attempts: Attempts = { inFlight: false, lost: false };
    try {
      context.signal.throwIfAborted();
      await this.#turns.take(context.job ?? this.#own);
      const { [`${operation}Command` as const]: Command } = await this.#loadCommands();
      const command = new Command(input);
      this.#pace(command, operation, input, context);
      this.#measure(command, attempts, operation, input, context, trim);
      const client = this.#mayRepeat(operation, input) ? this.#clients.repeatable : this.#clients.once;
      const send = () => (client.send as Send).call(client, command, { abortSignal: context.signal });
      const sent = this.#keys === undefined ? send() : this.#sendRenewed(send, this.#keys);
      const output = (await this.#aborts.until(sent, context.signal)) as Output<Op>;
      this.owner.observe(operation, output);
      this.sizes.observe(operation, input, output);
      return output;
    } catch (error) {
      const reason = context.signal.aborted ? context.signal.reason : error;
      const failure = toEcsError(operation, reason, attempts.lost || attempts.inFlight);
      if (!context.signal.aborted) this.#onFailure?.(failure);
      throw failure;
    }
  }

  /** AWS refuses expired keys before it executes anything, so the call may be sent once more with new ones. */
  async #sendRenewed(send: () => Promise<unknown>, keys: KeySupply): Promise<unknown> {
    const used = await keys.keys();
    try {
      return await send();
    } catch (error) {
      if (!isExpiredToken(error) || !keys.drop(used)) throw error;
      return send();
    }
  }

  /** Like `call`, for reads: answers from the cache, or joins the same call if it is in flight. */
  async read<Op extends OperationName>(
    operation: Op,
    input: Input<Op>,
    context: CallContext,
    memory: EcsMemory,
  ): Promise<Output<Op>> {
    const key = memory.answerKey(operation, input, context.scope);
    const known = context.fresh ? undefined : memory.recallAnswer(key);
    const flight = context.apart === undefined ? key : `${key} ${context.apart}`;
    if (known !== undefined) {
      context.meter.remembered();
      await this.#turns.take(context.job ?? this.#own);
      return known as Output<Op>;
    }
    const refusal = this.#flights.has(flight) ? undefined : context.budget?.take(operation);
    if (refusal !== undefined) throw refusal;
    const start = async (signal: AbortSignal) => {
      const demand = new Demand();
      this.#demands.set(flight, demand);
      demand.add(context);
      try {
        const output = await this.call(operation, input, { ...context, signal, demand });
        memory.keepAnswer(key, output as object);
        return output;
      } finally {
        if (this.#demands.get(flight) === demand) this.#demands.delete(flight);
      }
    };
    let hasJoined = false;
    const onJoin = () => {
      hasJoined = true;
      context.meter.remembered();
      this.#demands.get(flight)?.add(context);
    };
    try {
      const output = await this.#flights.join(flight, context.signal, start, onJoin);
      // Hundreds of readers may have joined. Each one does as much work with the answer as with one from memory.
      if (hasJoined) await this.#turns.take(context.job ?? this.#own);
      return output;
    } catch (error) {
      throw error instanceof EcsError ? error : toEcsError(operation, error);
    }
  }

  dispose(): void {
    this.#clients.destroy();
  }

  /** The command classes load with the first call to ECS, so that the start does not need them. */
  #loadCommands(): Promise<Commands> {
    this.#commands ??= import('@aws-sdk/client-ecs') as unknown as Promise<Commands>;
    return this.#commands;
  }

  #mayRepeat(operation: OperationName, input: unknown): boolean {
    if (OPERATIONS[operation].idempotent) return true;
    return typeof input === 'object' && input !== null && 'clientToken' in input && input.clientToken !== undefined;
  }

  /** Every attempt takes its tokens before it is signed. */
  #pace(command: CommandWithStack, operation: OperationName, input: unknown, context: CallContext): void {
    const pacer = this.#pacer;
    if (pacer === undefined) return;
    const middleware: Middleware = (next) => async (args) => {
      const end = (context.demand ?? context.meter).wait(() => pacer.now());
      const since = pacer.now();
      try {
        await inSpan('wait for the pacer', { attributes: { 'ecs_graphql.lane': context.lane } }, async () =>
          pacer.take(operation, context, input),
        );
      } catch (error) {
        throw toEcsError(operation, error);
      } finally {
        end();
        this.#onWait?.(context.lane, pacer.now() - since);
      }
      return next(args);
    };
    const place = { relation: 'after', toMiddleware: 'retryMiddleware', name: 'paceAttempt' } as const;
    command.middlewareStack.addRelativeTo(middleware, place);
  }

  #measure(
    command: CommandWithStack,
    state: Attempts,
    operation: OperationName,
    input: unknown,
    context: CallContext,
    trim: Trim | undefined,
  ): void {
    let attempts = 0;
    let waitedMs = 0;
    const decoding: Mutable<Decoding> = {
      ...trim,
      maxBytes: this.#maxAnswerBytes,
      endsAt: 0,
      turn: () => {
        const arrivedAt = performance.now();
        return this.#turns.take(context.job ?? this.#own)?.then(() => {
          waitedMs += performance.now() - arrivedAt;
        });
      },
    };
    const middleware: Middleware = (next, handler) => async (args) => {
      handler.decoding = decoding;
      waitedMs = 0;
      const isRetry = attempts > 0;
      context.meter.attempt(operation, isRetry);
      attempts += 1;
      this.attemptsInFlight += 1;
      const startedAt = performance.now();
      decoding.endsAt = startedAt + this.#attemptTimeoutMs;
      state.inFlight = true;
      const sentAt = this.#pacer?.now() ?? startedAt;
      const report = (error?: string, code?: EcsError['code']) => {
        // Time that this process was busy does not count as ECS's.
        const durationMs = performance.now() - startedAt - waitedMs;
        this.attemptsInFlight -= 1;
        state.inFlight = false;
        this.#onAttempt?.({ operation, scope: context.scope, durationMs, error, code, isRetry });
      };
      try {
        const result = await next(args);
        describeAttempt(result, attempts);
        this.clock.observe(dateOf(result));
        report();
        return result;
      } catch (error) {
        describeAttempt(error, attempts);
        this.clock.observe(dateOf(error));
        const { code, awsCode } = toEcsError(operation, error);
        if (UNKNOWN_OUTCOME.has(code) && !neverLeft(error)) state.lost = true;
        if (code === 'UPSTREAM_THROTTLED') {
          context.meter.throttle();
          this.#pacer?.throttled(operation, sentAt, input);
        }
        report(awsCode ?? code, code);
        throw error;
      }
    };
    command.middlewareStack.add(middleware, { step: 'deserialize', priority: 'high', name: 'measureAttempt' });
  }
}

/** Errors after which ECS may have executed the call. After all others it has not. */
const UNKNOWN_OUTCOME: ReadonlySet<EcsError['code']> = new Set([
  'UPSTREAM_TIMEOUT',
  'UPSTREAM_UNAVAILABLE',
  'UPSTREAM_INVALID_RESPONSE',
  'UPSTREAM_RESPONSE_TOO_LARGE',
]);

/** The `Date` header of an answer, or of the answer that an error was made from. */
function dateOf(answer: unknown): string | undefined {
  const { response, $response } = (typeof answer === 'object' && answer !== null ? answer : {}) as Answered;
  return (response ?? $response)?.headers?.date;
}

interface Answered {
  readonly response?: { readonly headers?: { readonly date?: string } };
  readonly $response?: { readonly headers?: { readonly date?: string } };
}
