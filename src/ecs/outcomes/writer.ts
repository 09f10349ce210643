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

/** ECS shows a change to reads some time after it made it. Wait this many milliseconds before each check. */
const LOOK_AFTER_MS = [0, 500, 1_500] as const;
/** ECS's `Date` has a precision of seconds, and our clock may run ahead by the latency of an answer. */
const CLOCK_MARGIN_MS = 6_000;
/** For this long, a resource that one write created does not prove another write. */
const MADE_FOR_MS = 10 * 60_000;
const MOST_MADE = 20_000;
const LONGEST_CHECK = 1_000;

/** ECS's clock. */
export interface EcsClock {
  /** Whether an answer has set the clock. */
  readonly isSet: boolean;
  /** Epoch milliseconds. */
  now(): number;
}

/** A write that was sent without getting an answer. */
interface Lost {
  /** In epoch milliseconds of ECS's clock. */
  readonly sentAt: number;
  /** The error of the last attempt. */
  readonly cause?: EcsError | undefined;
}

/**
 * Does each write once. A call with a lost answer is not repeated, unless ECS deduplicates it by a client token: later
 * reads show whether it was done.
 */
export class Writer {
  readonly #caller: Caller;
  readonly #clock: EcsClock;
  readonly #timers: Timers;
  readonly #aborts = new AbortListeners();
  /** ARNs of resources that writes of this process created. */
  readonly #made: TtlMap<true>;

  constructor(caller: Caller, clock: EcsClock, timers: Timers = realTimers()) {
    this.#caller = caller;
    this.#clock = clock;
    this.#timers = timers;
    this.#made = new TtlMap({ ttlMs: MADE_FOR_MS, most: MOST_MADE }, timers);
  }

  /**
   * @throws {OutcomeUnknownError} if ECS may have done it
   * @throws {EcsError} if ECS has not done it
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
   * Finds out the outcome of a write that was sent before.
   * @throws {OutcomeUnknownError} if nothing shows it
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

  /** Checks once. A failed read or a missing resource proves nothing. */
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
    this.observe(operation, output);
    return output;
  }

  /** Notes what a write of this process, or of another replica, created: it proves no other write. */
  observe<Op extends WriteOperation>(operation: Op, output: Output<Op>): void {
    const { makes } = WRITE_CHECKS[operation] as WriteCheck<Op>;
    for (const arn of makes?.(output) ?? []) if (arn !== undefined) this.#made.put(arn, true);
  }
}

/** With a client token, ECS executes a call once, however often it is sent. */
function withClientToken<Given extends object>(input: Given): Given {
  return 'clientToken' in input && input.clientToken !== undefined ? input : { ...input, clientToken: randomUUID() };
}
