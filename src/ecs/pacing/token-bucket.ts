import type { RateBucket } from '../core/operations.ts';
import { LANES, type Lane } from '../core/shared-priority.ts';
import type { Timers } from '../core/timers.ts';

/** The estimated level of one of ECS's rate buckets. */
export interface RateLevel {
  readonly burst: number;
  readonly refillPerSecond: number;
  /** The fraction of the bucket that this process uses at present. */
  readonly share: number;
  /** Calls that can be sent now without waiting. */
  readonly level: number;
  /** Calls that wait for a token. */
  readonly waiting: number;
  /** Calls that ECS throttled since the start. */
  readonly throttled: number;
}

interface Waiter {
  readonly lane: Lane;
  readonly tokens: number;
  readonly release: () => void;
}

/** The part of our share that polls may use, so that requests always find tokens. */
const POLL_PART = 0.5;
/** A throttled call means that others use the same bucket: our share shrinks by this factor and recovers over time. */
const THROTTLE_FACTOR = 0.7;
const LEAST_FACTOR = 0.1;
const RECOVERY_PER_SECOND = 0.05;

/** One token bucket and its queue: writes first, then queries, then polls; within a lane, first in, first out. */
export class RateLimiter {
  readonly #bucket: RateBucket;
  readonly #share: number;
  readonly #timers: Timers;
  readonly #lanes = { write: new Set<Waiter>(), query: new Set<Waiter>(), poll: new Set<Waiter>() };
  /** In each lane, the waiters for more than one token. */
  readonly #large = { write: new Set<Waiter>(), query: new Set<Waiter>(), poll: new Set<Waiter>() };
  #tokens: number;
  #pollTokens: number;
  #factor = 1;
  #readAt: number;
  #loweredAt = Number.NEGATIVE_INFINITY;
  #throttled = 0;
  #cancel: (() => void) | undefined;

  constructor(bucket: RateBucket, share: number, timers: Timers) {
    this.#bucket = bucket;
    this.#share = share;
    this.#timers = timers;
    // Even a small bucket must hold one token for us, and one for polls, or no call could ever be sent.
    this.#tokens = this.#capacity();
    this.#pollTokens = this.#pollCapacity();
    this.#readAt = timers.monotonic();
  }

  /** Milliseconds that a call which arrives now would wait. */
  waitFor(lane: Lane, tokens = 1): number {
    this.#refill();
    const needed = this.#needed({ lane, tokens });
    let ahead = needed;
    for (const before of LANES) {
      ahead += this.#wanted(before);
      if (before === lane) break;
    }
    const wait = secondsUntil(ahead, this.#tokens, this.#rate());
    if (lane !== 'poll') return wait * 1_000;
    const polls = this.#wanted('poll') + needed;
    return 1_000 * Math.max(wait, secondsUntil(polls, this.#pollTokens, this.#rate() * POLL_PART));
  }

  /** Calls `release` when the tokens are available, at once if they are now. The returned function leaves the queue. */
  enqueue(lane: Lane, release: () => void, tokens = 1): () => void {
    const waiter: Waiter = { lane, tokens, release };
    this.#lanes[lane].add(waiter);
    if (tokens > 1) this.#large[lane].add(waiter);
    this.#pump();
    return () => this.#remove(waiter);
  }

  /**
   * ECS throttled a call, so the bucket is empty, whatever we estimated.
   * @param sentAt when the call was sent: throttles of simultaneous calls count once
   */
  throttled(sentAt: number): void {
    this.#refill();
    this.#throttled += 1;
    this.#tokens = Math.min(this.#tokens, 0);
    if (sentAt <= this.#loweredAt) return;
    this.#loweredAt = this.#readAt;
    this.#factor = Math.max(LEAST_FACTOR, this.#factor * THROTTLE_FACTOR);
  }

  level(): RateLevel {
    this.#refill();
    return {
      burst: this.#bucket.burst,
      refillPerSecond: this.#bucket.refill,
      share: this.#share * this.#factor,
      level: Math.max(0, Math.floor(this.#tokens)),
      waiting: LANES.reduce((sum, lane) => sum + this.#lanes[lane].size, 0),
      throttled: this.#throttled,
    };
  }

  #pump(): void {
    this.#refill();
    for (const lane of LANES) {
      for (const waiter of this.#lanes[lane]) {
        const needed = this.#needed(waiter);
        if (this.#tokens < needed || (lane === 'poll' && this.#pollTokens < needed)) break;
        this.#tokens -= needed;
        if (lane === 'poll') this.#pollTokens -= needed;
        this.#remove(waiter);
        waiter.release();
      }
    }
    this.#cancel?.();
    this.#cancel = undefined;
    const next = this.#nextDelay();
    if (next !== undefined) this.#cancel = this.#timers.schedule(next, () => this.#pump());
  }

  #remove(waiter: Waiter): void {
    this.#lanes[waiter.lane].delete(waiter);
    this.#large[waiter.lane].delete(waiter);
  }

  /** Tokens that a lane waits for; for one call, at most the bucket's capacity. */
  #wanted(lane: Lane): number {
    let wanted = this.#lanes[lane].size;
    for (const waiter of this.#large[lane]) wanted += this.#needed(waiter) - 1;
    return wanted;
  }

  /** A bucket never exceeds its capacity: a call that needs more waits until it is full. */
  #needed({ lane, tokens }: Pick<Waiter, 'lane' | 'tokens'>): number {
    return Math.min(tokens, lane === 'poll' ? this.#pollCapacity() : this.#capacity());
  }

  /** Milliseconds until the next waiting call has its tokens. */
  #nextDelay(): number | undefined {
    const rate = this.#rate();
    for (const lane of LANES) {
      const [first] = this.#lanes[lane];
      if (first === undefined) continue;
      const needed = this.#needed(first);
      const wait = secondsUntil(needed, this.#tokens, rate);
      if (lane !== 'poll') return Math.ceil(wait * 1_000);
      return Math.ceil(1_000 * Math.max(wait, secondsUntil(needed, this.#pollTokens, rate * POLL_PART)));
    }
    return undefined;
  }

  #refill(): void {
    const now = this.#timers.monotonic();
    const seconds = Math.max(0, now - this.#readAt) / 1_000;
    this.#readAt = now;
    this.#tokens = Math.min(this.#capacity(), this.#tokens + seconds * this.#rate());
    this.#pollTokens = Math.min(this.#pollCapacity(), this.#pollTokens + seconds * this.#rate() * POLL_PART);
    this.#factor = Math.min(1, this.#factor + seconds * RECOVERY_PER_SECOND);
  }

  #rate(): number {
    return this.#bucket.refill * this.#share * this.#factor;
  }

  #capacity(): number {
    return Math.max(1, this.#bucket.burst * this.#share * this.#factor);
  }

  #pollCapacity(): number {
    return Math.max(1, this.#capacity() * POLL_PART);
  }
}

function secondsUntil(wanted: number, tokens: number, rate: number): number {
  return Math.max(0, wanted - tokens) / rate;
}
