import { AbortListeners } from '../core/abort-listeners.ts';
import { EcsError } from '../core/errors.ts';
import { type BucketName, type OperationName, RATE_BUCKETS } from '../core/operations.ts';
import type { Demand, Lane } from '../core/shared-priority.ts';
import { realTimers, type Timers } from '../core/timers.ts';
import type { SharedTokens } from './shared-tokens.ts';
import { type RateLevel, RateLimiter } from './token-bucket.ts';
import { type CallTokens, tokensOf } from './token-cost.ts';

/** The priority and deadline of a token request. */
export interface TokenRequest {
  readonly lane: Lane;
  readonly signal: AbortSignal;
  /** Monotonic time by which the call must be sent; absent means no deadline. */
  readonly deadline?: number | undefined;
  /** The principal that the call is for; absent for the gateway's own calls. */
  readonly caller?: string | undefined;
  /** Priority, deadline and callers of a shared call, in place of those above. */
  readonly demand?: Demand | undefined;
}

/** The level of one bucket, with the bucket's name. */
export interface BucketLevel extends RateLevel {
  readonly bucket: BucketName;
}

/**
 * Keeps the calls of one account and region within the rate buckets that AWS documents, so that ECS throttles nothing.
 * Each bucket has its own queue: an empty bucket does not slow down others.
 */
export class Pacer {
  readonly #limiters: Readonly<Record<BucketName, RateLimiter>>;
  readonly #timers: Timers;
  readonly #aborts = new AbortListeners();

  /** @param share the fraction of every bucket that this process may use, above 0 and at most 1 */
  constructor(share: number, timers: Timers = realTimers()) {
    this.#timers = timers;
    const names = Object.keys(RATE_BUCKETS) as BucketName[];
    this.#limiters = Object.fromEntries(
      names.map((name) => [name, new RateLimiter(RATE_BUCKETS[name], share, timers)]),
    ) as Record<BucketName, RateLimiter>;
  }

  /** Takes the tokens from buckets that replicas share from now on. */
  shareWith(source: SharedTokens): void {
    for (const name of Object.keys(this.#limiters) as BucketName[]) this.#limiters[name].shareWith(source, name);
  }

  /**
   * Waits for the tokens that one attempt of an operation costs.
   * @throws {EcsError} UPSTREAM_BUDGET, at once, if the wait would exceed the deadline
   */
  async take(operation: OperationName, request: TokenRequest, input?: unknown): Promise<void> {
    const { lane, deadline = Number.POSITIVE_INFINITY } = request.demand ?? request;
    request.signal.throwIfAborted();
    const wanted = tokensOf(operation, input);
    const callers = callersOf(request);
    const wait = Math.max(...wanted.map(({ bucket, tokens }) => this.#limiters[bucket].waitFor(lane, tokens, callers)));
    if (this.#timers.monotonic() + wait > deadline) throw overBudget(operation, wait);
    for (const each of wanted) await this.#takeFrom(each, request);
  }

  /**
   * Reports that ECS throttled an attempt that was sent at a monotonic time. ECS does not name the bucket; the emptiest
   * is the likeliest.
   */
  throttled(operation: OperationName, sentAt: number, input?: unknown): void {
    const [scarcest] = tokensOf(operation, input);
    if (scarcest !== undefined) this.#limiters[scarcest.bucket].throttled(sentAt);
  }

  #takeFrom({ bucket, tokens }: CallTokens, request: TokenRequest): Promise<void> {
    const { lane, signal, demand } = request;
    if (signal.aborted) return Promise.reject(signal.reason);
    return new Promise((resolve, reject) => {
      let giveUp: () => void = () => undefined;
      const stay = this.#aborts.when(signal, () => {
        demand?.onLane(undefined);
        giveUp();
        reject(signal.reason);
      });
      const release = () => {
        demand?.onLane(undefined);
        stay();
        resolve();
      };
      const enqueue = () => {
        giveUp();
        giveUp = this.#limiters[bucket].enqueue(demand?.lane ?? lane, release, tokens, callersOf(request));
      };
      demand?.onLane(enqueue);
      enqueue();
    });
  }

  /** The level of each bucket. */
  levels(): BucketLevel[] {
    return (Object.keys(this.#limiters) as BucketName[]).map((bucket) => ({
      bucket,
      ...this.#limiters[bucket].level(),
    }));
  }

  /** Monotonic time, the clock of deadlines. */
  now(): number {
    return this.#timers.monotonic();
  }
}

function callersOf({ demand, caller = '' }: TokenRequest): readonly string[] {
  return demand === undefined ? [caller] : [...demand.callers];
}

function overBudget(operation: OperationName, waitMs: number): EcsError {
  const retryAfterMs = Math.ceil(waitMs);
  return new EcsError(
    'UPSTREAM_BUDGET',
    operation,
    `ECS's rate limit leaves no room for ${operation} before the deadline; try again in ${Math.ceil(waitMs / 1_000)} s`,
    { retryAfterMs },
  );
}
