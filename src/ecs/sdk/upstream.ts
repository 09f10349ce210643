import type { Logger } from 'pino';
import type { EcsMemory } from '../consistency/read-cache.ts';
import { AbortListeners } from '../core/abort-listeners.ts';
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
import { Writer } from '../outcomes/writer.ts';
import type { BucketLevel, Pacer } from '../pacing/pacer.ts';
import { ServerClock } from './aws-clock.ts';
import { type ClientPair, createClientPair, type UpstreamSettings } from './client.ts';
import { Turns } from './event-loop-budget.ts';
import { Flights } from './single-flight.ts';

/** What is told of every attempt that reached the wire. */
export interface AttemptReport {
  readonly operation: OperationName;
  readonly scope: Scope;
  readonly durationMs: number;
  /** The exception's name; undefined when the attempt succeeded. */
  readonly error: string | undefined;
  /** What callers would be told of it. */
  readonly code: EcsError['code'] | undefined;
  readonly isRetry: boolean;
}

/** What became of the attempts of one call. */
interface Attempts {
  /** One waits for its answer. */
  inFlight: boolean;
  /** One was sent, and no answer says that ECS refused it. */
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

/** Parts of an upstream that the composition root, or a test, brings along. */
export interface UpstreamParts {
  /** Told of every call that failed while somebody waited for it. */
  readonly onFailure?: ((error: EcsError) => void) | undefined;
  readonly onAttempt?: ((report: AttemptReport) => void) | undefined;
  /** Told how long an attempt waited for its token of a rate bucket. */
  readonly onWait?: ((lane: Lane, waitedMs: number) => void) | undefined;
  readonly clock?: ServerClock | undefined;
  /** Absent: calls are sent as they come. */
  readonly pacer?: Pacer | undefined;
  readonly turns?: Turns | undefined;
  /** Time as writes wait for it whose answer was lost. */
  readonly timers?: Timers | undefined;
}

/** Making a call, and what an answer from memory sets going, is work as well: as much as decoding so many bytes. */
const CALL_BYTES = 32 * 1024;
const REMEMBERED_BYTES = 64 * 1024;
const MAX_ANSWER_BYTES = 16_000_000;

/** ECS, as the rest of the gateway sees it: one function that calls any operation. */
export class Upstream implements Caller {
  readonly scope: Scope;
  /** What time it is at ECS. */
  readonly clock: ServerClock;
  /** What all requests and polls together have cost. */
  readonly meter = new CallMeter();
  /** In whose account it is. */
  readonly owner = new Owner();
  /** Writes, each done at most once. */
  readonly writer: Writer;
  /** Attempts that wait for their answer. */
  attemptsInFlight = 0;
  readonly #clients: ClientPair;
  readonly #flights = new Flights();
  /** How badly each of these is wanted. */
  readonly #demands = new Map<string, Demand>();
  readonly #aborts = new AbortListeners();
  readonly #onAttempt: UpstreamParts['onAttempt'];
  readonly #onFailure: UpstreamParts['onFailure'];
  readonly #onWait: UpstreamParts['onWait'];
  readonly #pacer: Pacer | undefined;
  readonly #turns: Turns;
  readonly #attemptTimeoutMs: number;
  readonly #maxAnswerBytes: number;
  #commands: Promise<Commands> | undefined;

  private constructor(
    scope: Scope,
    clients: ClientPair,
    { attemptTimeoutMs, maxAnswerBytes = MAX_ANSWER_BYTES }: UpstreamSettings,
    { clock = new ServerClock(), onAttempt, onFailure, onWait, pacer, turns = new Turns(), timers }: UpstreamParts,
  ) {
    this.scope = scope;
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

  /** Fails when no region is configured and the SDK's default chain has none either. */
  static async create(settings: UpstreamSettings, log: Logger, parts: UpstreamParts = {}): Promise<Upstream> {
    const clients = createClientPair(settings, log);
    const region = await clients.repeatable.config.region();
    return new Upstream({ account: DEFAULT_ACCOUNT, region }, clients, settings, parts);
  }

  /** How full ECS's rate buckets are; undefined where nothing keeps count of them. */
  rateLevels(): BucketLevel[] | undefined {
    return this.#pacer?.levels();
  }

  /**
   * Calls an operation. Ends with the context's signal, whatever the SDK is waiting for.
   * @throws {EcsError}
   */
  async call<Op extends OperationName>(
    operation: Op,
    input: Input<Op>,
    context: CallContext,
    trim?: Trim,
  ): Promise<Output<Op>> {
    const attempts: Attempts = { inFlight: false, lost: false };
    try {
      context.signal.throwIfAborted();
      await this.#turns.take(CALL_BYTES);
      const { [`${operation}Command` as const]: Command } = await this.#loadCommands();
      const command = new Command(input);
      this.#pace(command, operation, input, context);
      this.#measure(command, attempts, operation, input, context, trim);
      const client = this.#mayRepeat(operation, input) ? this.#clients.repeatable : this.#clients.once;
      const sent = (client.send as Send).call(client, command, { abortSignal: context.signal });
      const output = (await this.#aborts.until(sent, context.signal)) as Output<Op>;
      this.owner.observe(operation, output);
      return output;
    } catch (error) {
      const reason = context.signal.aborted ? context.signal.reason : error;
      const failure = toEcsError(operation, reason, attempts.lost || attempts.inFlight);
      if (!context.signal.aborted) this.#onFailure?.(failure);
      throw failure;
    }
  }

  /** As `call`, for reads: answers from memory, or joins the same call if it is under way for somebody else. */
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
      await this.#turns.take(REMEMBERED_BYTES);
      return known as Output<Op>;
    }
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
    const onJoin = () => {
      context.meter.remembered();
      this.#demands.get(flight)?.add(context);
    };
    try {
      return await this.#flights.join(flight, context.signal, start, onJoin);
    } catch (error) {
      throw error instanceof EcsError ? error : toEcsError(operation, error);
    }
  }

  dispose(): void {
    this.#clients.destroy();
  }

  /** Every operation's command, loaded when ECS is called for the first time: a gateway that starts needs none. */
  #loadCommands(): Promise<Commands> {
    this.#commands ??= import('@aws-sdk/client-ecs') as unknown as Promise<Commands>;
    return this.#commands;
  }

  #mayRepeat(operation: OperationName, input: unknown): boolean {
    if (OPERATIONS[operation].idempotent) return true;
    return typeof input === 'object' && input !== null && 'clientToken' in input && input.clientToken !== undefined;
  }

  /** Every attempt takes a token, before it is signed. */
  #pace(command: CommandWithStack, operation: OperationName, input: unknown, context: CallContext): void {
    const pacer = this.#pacer;
    if (pacer === undefined) return;
    const middleware: Middleware = (next) => async (args) => {
      const end = context.meter.wait(() => pacer.now());
      const since = pacer.now();
      try {
        await pacer.take(operation, context, input);
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
      turn: (bytes) => {
        const arrivedAt = performance.now();
        return this.#turns.take(bytes)?.then(() => {
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
        // That we were busy says nothing of ECS.
        const durationMs = performance.now() - startedAt - waitedMs;
        this.attemptsInFlight -= 1;
        state.inFlight = false;
        this.#onAttempt?.({ operation, scope: context.scope, durationMs, error, code, isRetry });
      };
      try {
        const result = await next(args);
        this.clock.observe(dateOf(result));
        report();
        return result;
      } catch (error) {
        this.clock.observe(dateOf(error));
        const { code, awsCode } = toEcsError(operation, error);
        if (LEAVES_OPEN.has(code) && !neverLeft(error)) state.lost = true;
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

/** Failures that do not say whether ECS did what it was asked to; all others are refusals. */
const LEAVES_OPEN: ReadonlySet<EcsError['code']> = new Set([
  'UPSTREAM_TIMEOUT',
  'UPSTREAM_UNAVAILABLE',
  'UPSTREAM_INVALID_RESPONSE',
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
