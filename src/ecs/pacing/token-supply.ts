import type { RateBucket } from '../core/operations.ts';
import type { Timers } from '../core/timers.ts';

/** Where the tokens of one bucket come from. All levels are those of the last `refill`. */
export interface TokenSupply {
  /** Brings the levels up to date and returns the monotonic time. */
  refill(): number;
  /** Tokens that can be taken now. */
  readonly tokens: number;
  /** How many of them polls may take. */
  readonly pollTokens: number;
  /** Calls that could be sent now, by what is known: those for `tokens`, and for tokens that would be fetched. */
  readonly level: number;
  /** Most tokens that there can ever be for one call, and for one poll. */
  readonly capacity: number;
  readonly pollCapacity: number;
  /** New tokens a second, at most. */
  readonly rate: number;
  /** The fraction of ECS's bucket that is used at present. */
  readonly share: number;
  take(tokens: number, isPoll: boolean): void;
  /** Seconds until there are that many tokens, if none are taken before. */
  secondsUntil(tokens: number): number;
  /** Like `secondsUntil`, for the tokens of polls. */
  secondsUntilPolls(tokens: number): number;
  /**
   * ECS throttled a call, so the bucket is empty, whatever we estimated.
   * @param sentAt when the call was sent: throttles of simultaneous calls count once
   */
  throttled(sentAt: number): void;
  /** Says how many tokens are waited for, and how many of these by polls. A supply may fetch them. */
  want(tokens: number, polls: number): void;
}

/** The part of our share that polls may use, so that requests always find tokens. */
export const POLL_PART = 0.5;
/** A throttled call means that others use the same bucket: our share shrinks by this factor and recovers over time. */
export const THROTTLE_FACTOR = 0.7;
export const LEAST_FACTOR = 0.1;
export const RECOVERY_PER_SECOND = 0.05;

/** Tokens of a bucket that this process uses by itself. */
export class LocalSupply implements TokenSupply {
  readonly #bucket: RateBucket;
  readonly #part: () => number;
  readonly #timers: Timers;
  tokens: number;
  pollTokens: number;
  #factor = 1;
  #readAt: number;
  #loweredAt = Number.NEGATIVE_INFINITY;

  /** @param part the fraction of the bucket that this process may use at present */
  constructor(bucket: RateBucket, part: () => number, timers: Timers) {
    this.#bucket = bucket;
    this.#part = part;
    this.#timers = timers;
    this.tokens = this.capacity;
    this.pollTokens = this.pollCapacity;
    this.#readAt = timers.monotonic();
  }

  get level(): number {
    return this.tokens;
  }

  /** Even a small bucket must hold one token for us, and one for polls, or no call could ever be sent. */
  get capacity(): number {
    return Math.max(1, this.#bucket.burst * this.share);
  }

  get pollCapacity(): number {
    return Math.max(1, this.capacity * POLL_PART);
  }

  get rate(): number {
    return this.#bucket.refill * this.share;
  }

  get share(): number {
    return this.#part() * this.#factor;
  }

  refill(): number {
    const now = this.#timers.monotonic();
    const seconds = Math.max(0, now - this.#readAt) / 1_000;
    this.#readAt = now;
    this.tokens = Math.min(this.capacity, this.tokens + seconds * this.rate);
    this.pollTokens = Math.min(this.pollCapacity, this.pollTokens + seconds * this.rate * POLL_PART);
    this.#factor = Math.min(1, this.#factor + seconds * RECOVERY_PER_SECOND);
    return now;
  }

  take(tokens: number, isPoll: boolean): void {
    this.tokens -= tokens;
    if (isPoll) this.pollTokens -= tokens;
  }

  secondsUntil(tokens: number): number {
    return Math.max(0, tokens - this.tokens) / this.rate;
  }

  secondsUntilPolls(tokens: number): number {
    return Math.max(0, tokens - this.pollTokens) / (this.rate * POLL_PART);
  }

  throttled(sentAt: number): void {
    const now = this.refill();
    this.tokens = Math.min(this.tokens, 0);
    if (sentAt <= this.#loweredAt) return;
    this.#loweredAt = now;
    this.#factor = Math.max(LEAST_FACTOR, this.#factor * THROTTLE_FACTOR);
  }

  /** Sets the number of tokens. */
  reset(tokens: number): void {
    this.tokens = Math.min(this.capacity, tokens);
    this.pollTokens = Math.min(this.pollCapacity, tokens);
  }

  want(): void {
    // Time brings the tokens.
  }
}
