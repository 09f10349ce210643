import * as sdk from '@aws-sdk/client-ecs';
import type { Logger } from 'pino';
import type { Activity } from './activity.ts';
import { type ClientPair, createClientPair, type UpstreamSettings } from './client.ts';
import { EcsError, toEcsError } from './errors.ts';
import { Flights, untilAborted } from './flights.ts';
import type { CallMeter } from './meter.ts';
import { type Input, OPERATIONS, type OperationName, type Output } from './operations.ts';
import { DEFAULT_ACCOUNT, type Scope, scopeKey } from './scope.ts';
import { ServerClock } from './server-clock.ts';

/** Who goes first when a rate bucket runs low. */
export type Lane = 'write' | 'query' | 'poll';

/** On whose behalf a call is made, and for how long: `signal` ends with the request's deadline or its client. */
export interface CallContext {
  readonly scope: Scope;
  readonly lane: Lane;
  readonly signal: AbortSignal;
  readonly meter: CallMeter;
  readonly activity: Activity;
}

/** What is told of every attempt that reached the wire. */
export interface AttemptReport {
  readonly operation: OperationName;
  readonly scope: Scope;
  readonly durationMs: number;
  /** The exception's name; undefined when the attempt succeeded. */
  readonly error: string | undefined;
}

/** Anything that can call ECS. */
export interface Caller {
  call<Op extends OperationName>(operation: Op, input: Input<Op>, context: CallContext): Promise<Output<Op>>;
}

type Send = (command: unknown, options: { abortSignal: AbortSignal }) => Promise<unknown>;
type Commands = Record<`${OperationName}Command`, new (input: unknown) => CommandWithStack>;
interface CommandWithStack {
  readonly middlewareStack: {
    add(middleware: (next: Next) => Next, options: { step: 'deserialize'; priority: 'high'; name: string }): void;
  };
}
type Next = (args: unknown) => Promise<unknown>;

/** ECS, as the rest of the gateway sees it: one function that calls any operation. */
export class Upstream implements Caller {
  readonly scope: Scope;
  /** What time it is at ECS. */
  readonly clock: ServerClock;
  readonly #clients: ClientPair;
  readonly #flights = new Flights();
  readonly #onAttempt: ((report: AttemptReport) => void) | undefined;

  private constructor(
    scope: Scope,
    clients: ClientPair,
    clock: ServerClock,
    onAttempt?: (report: AttemptReport) => void,
  ) {
    this.scope = scope;
    this.clock = clock;
    this.#clients = clients;
    this.#onAttempt = onAttempt;
  }

  /** Fails when no region is configured and the SDK's default chain has none either. */
  static async create(
    settings: UpstreamSettings,
    log: Logger,
    onAttempt?: (report: AttemptReport) => void,
    clock = new ServerClock(),
  ): Promise<Upstream> {
    const clients = createClientPair(settings, log);
    const region = await clients.repeatable.config.region();
    return new Upstream({ account: DEFAULT_ACCOUNT, region }, clients, clock, onAttempt);
  }

  /**
   * Calls an operation. Ends with the context's signal, whatever the SDK is waiting for.
   * @throws {EcsError}
   */
  async call<Op extends OperationName>(operation: Op, input: Input<Op>, context: CallContext): Promise<Output<Op>> {
    try {
      context.signal.throwIfAborted();
      const Command = (sdk as unknown as Commands)[`${operation}Command`];
      const command = new Command(input);
      this.#measure(command, operation, context);
      const client = this.#mayRepeat(operation, input) ? this.#clients.repeatable : this.#clients.once;
      const sent = (client.send as Send).call(client, command, { abortSignal: context.signal });
      return (await untilAborted(sent, context.signal)) as Output<Op>;
    } catch (error) {
      throw toEcsError(operation, context.signal.aborted ? context.signal.reason : error);
    }
  }

  /** As `call`, for reads: joins the same call if it is under way for somebody else. */
  async read<Op extends OperationName>(operation: Op, input: Input<Op>, context: CallContext): Promise<Output<Op>> {
    const key = `${scopeKey(context.scope)} ${operation} ${JSON.stringify(input)}`;
    try {
      return await this.#flights.join(
        key,
        context.signal,
        (signal) => this.call(operation, input, { ...context, signal }),
        () => context.meter.remembered(),
      );
    } catch (error) {
      throw error instanceof EcsError ? error : toEcsError(operation, error);
    }
  }

  dispose(): void {
    this.#clients.destroy();
  }

  #mayRepeat(operation: OperationName, input: unknown): boolean {
    if (OPERATIONS[operation].idempotent) return true;
    return typeof input === 'object' && input !== null && 'clientToken' in input && input.clientToken !== undefined;
  }

  #measure(command: CommandWithStack, operation: OperationName, context: CallContext): void {
    let attempts = 0;
    const middleware =
      (next: Next): Next =>
      async (args) => {
        context.meter.attempt(operation, attempts > 0);
        attempts += 1;
        const startedAt = performance.now();
        const report = (error?: string) =>
          this.#onAttempt?.({ operation, scope: context.scope, durationMs: performance.now() - startedAt, error });
        try {
          const result = await next(args);
          this.clock.observe(dateOf(result));
          report();
          return result;
        } catch (error) {
          this.clock.observe(dateOf(error));
          const { code, awsCode } = toEcsError(operation, error);
          if (code === 'UPSTREAM_THROTTLED') context.meter.throttle();
          report(awsCode ?? code);
          throw error;
        }
      };
    command.middlewareStack.add(middleware, { step: 'deserialize', priority: 'high', name: 'measureAttempt' });
  }
}

/** The `Date` header of an answer, or of the answer that an error was made from. */
function dateOf(answer: unknown): string | undefined {
  const { response, $response } = (typeof answer === 'object' && answer !== null ? answer : {}) as Answered;
  return (response ?? $response)?.headers?.date;
}

interface Answered {
  readonly response?: { readonly headers?: { readonly date?: string } };
  readonly $response?: { readonly headers?: { readonly date?: string } };
}
