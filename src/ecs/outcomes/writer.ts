import { randomUUID } from 'node:crypto';
import { TtlMap } from '../consistency/ttl-map.ts';
import { AbortListeners } from '../core/abort-listeners.ts';
import type { CallContext } from '../core/call-context.ts';
import type { Caller } from '../core/ecs-port.ts';
import { EcsError, OutcomeUnknownError, toEcsError } from '../core/errors.ts';
import type { Input, Output } from '../core/operations.ts';
import { realTimers, type Timers } from '../core/timers.ts';
import type { Evidence, Found, WriteCheck, WriteOperation } from './check.ts';
import { WRITE_CHECKS } from './table.ts';

/** ECS shows a change to reads a moment after it made it: so long is waited before each look, in milliseconds. */
const LOOK_AFTER_MS = [0, 500, 1_500] as const;
/** ECS's `Date` is cut to seconds, and our reading of it may run ahead by the time that an answer was on its way. */
const CLOCK_MARGIN_MS = 6_000;
/** What one write made is no sign of another for so long. */
const MADE_FOR_MS = 10 * 60_000;
const MOST_MADE = 20_000;
const LONGEST_CHECK = 1_000;

/** What time it is at ECS. */
export interface EcsClock {
  /** Whether an answer has told. */
  readonly isSet: boolean;
  /** Epoch milliseconds. */
  now(): number;
}

/** A write that was sent and not answered. */
interface Lost {
  /** In epoch milliseconds of ECS's clock. */
  readonly sentAt: number;
  /** What the last attempt failed with. */
  readonly cause?: EcsError | undefined;
}

/**
 * Does writes once. A call whose answer is lost is not sent again, unless ECS knows it by a client token: what ECS shows afterwards
 * tells whether it was done.
 */
export class Writer {
  readonly #caller: Caller;
  readonly #clock: EcsClock;
  readonly #timers: Timers;
  readonly #aborts = new AbortListeners();
  /** ARNs of what writes of this process made. */
  readonly #made: TtlMap<true>;

  constructor(caller: Caller, clock: EcsClock, timers: Timers = realTimers()) {
    this.#caller = caller;
    this.#clock = clock;
    this.#timers = timers;
    this.#made = new TtlMap({ ttlMs: MADE_FOR_MS, most: MOST_MADE }, timers);
  }

  /**
   * @throws {OutcomeUnknownError} where ECS may have done it
   * @throws {EcsError} where ECS has not done it
   */
  async write<Op extends WriteOperation>(operation: Op, input: Input<Op>, context: CallContext): Promise<Output<Op>> {
    const sent = WRITE_CHECKS[operation].resend ? withClientToken(input) : input;
    const startedAt = this.#timers.monotonic();
    const knownAt = this.#clock.isSet ? this.#clock.now() : undefined;
    try {
      return this.#answered(operation, await this.#caller.call(operation, sent, context));
    } catch (error) {
      const cause = toEcsError(operation, error);
      if (!cause.mayBeDone) throw cause;
      const sentAt = () => knownAt ?? this.#clock.now() - (this.#timers.monotonic() - startedAt);
      return await this.#find(operation, sent, sentAt, context, cause);
    }
  }

  /**
   * Finds out what became of a write that was sent before.
   * @throws {OutcomeUnknownError} where nothing tells
   */
  findOut<Op extends WriteOperation>(
    operation: Op,
    input: Input<Op>,
    { sentAt, cause = new EcsError('UPSTREAM_TIMEOUT', operation, `no answer to ${operation}`) }: Lost,
    context: CallContext,
  ): Promise<Output<Op>> {
    return this.#find(operation, input, () => sentAt, context, cause);
  }

  async #find<Op extends WriteOperation>(
    operation: Op,
    input: Input<Op>,
    sentAt: () => number,
    context: CallContext,
    cause: EcsError,
  ): Promise<Output<Op>> {
    const { find, resend, check } = WRITE_CHECKS[operation] as WriteCheck<Op>;
    const look = resend
      ? () => this.#caller.call(operation, input, context)
      : find && (() => find(this.#evidence(sentAt, context), input));
    for (const delay of look === undefined ? [] : LOOK_AFTER_MS) {
      const found = await this.#look(look as () => Promise<Found<Op> | undefined>, delay, context.signal);
      if (found !== undefined) return this.#answered(operation, { ...found, $metadata: {} } as unknown as Output<Op>);
    }
    const fields = check(input) ?? '';
    const isFit = fields !== '' && fields.length <= LONGEST_CHECK;
    throw new OutcomeUnknownError(cause, { sentAt: sentAt(), check: isFit ? fields : undefined });
  }

  /** Looks once. That something cannot be read, or is not there yet, tells nothing. */
  async #look<T>(look: () => Promise<T | undefined>, delayMs: number, signal: AbortSignal): Promise<T | undefined> {
    if (signal.aborted) return undefined;
    try {
      if (delayMs > 0) await this.#aborts.until(this.#pass(delayMs), signal);
      return await look();
    } catch {
      return undefined;
    }
  }

  #pass(delayMs: number): Promise<void> {
    return new Promise((resolve) => void this.#timers.schedule(delayMs, resolve));
  }

  #evidence(sentAt: () => number, context: CallContext): Evidence {
    return {
      read: (operation, input) => this.#caller.call(operation, input, context),
      isSince: (date) => date !== undefined && date.getTime() >= sentAt() - CLOCK_MARGIN_MS,
      isTaken: (arn) => arn !== undefined && this.#made.get(arn) === true,
    };
  }

  #answered<Op extends WriteOperation>(operation: Op, output: Output<Op>): Output<Op> {
    const { makes } = WRITE_CHECKS[operation] as WriteCheck<Op>;
    for (const arn of makes?.(output) ?? []) if (arn !== undefined) this.#made.put(arn, true);
    return output;
  }
}

/** With a token of its own, ECS does a call once however often it is sent. */
function withClientToken<Given extends object>(input: Given): Given {
  return 'clientToken' in input && input.clientToken !== undefined ? input : { ...input, clientToken: randomUUID() };
}
