import type { RateBucket } from '../core/operations.ts';
import { LANES, type Lane } from '../core/shared-priority.ts';
import type { Timers } from '../core/timers.ts';

/** How full one of ECS's rate buckets is, as far as this process can know. */
export interface RateLevel {
  readonly burst: number;
  readonly refillPerSecond: number;
  /** What part of the bucket this process takes at present. */
  readonly share: number;
  /** Calls that could be sent now without a wait. */
  readonly level: number;
  /** Calls that wait for a token. */
  readonly waiting: number;
  /** Throttles that ECS answered with, since the start. */
  readonly throttled: number;
}

interface Waiter {
  readonly lane: Lane;
  readonly tokens: number;
  readonly release: () => void;
}

/** The part of our share that polls may use, so that whoever asks always finds tokens. */
const POLL_PART = 0.5;
/** A throttle means that somebody else drinks from the same bucket: we take less, and more again with every second. */
const THROTTLE_FACTOR = 0.7;
const LEAST_FACTOR = 0.1;
const RECOVERY_PER_SECOND = 0.05;

/** One token bucket and those who wait for it: writes first, then queries, then polls; in each lane, first come, first served. */
export class RateLimiter {
  readonly #bucket: RateBucket;
  readonly #share: number;
  readonly #timers: Timers;
  readonly #lanes = { write: new Set<Waiter>(), query: new Set<Waiter>(), poll: new Set<Waiter>() };
  /** Of each lane, those who wait for more than one token. */
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
    // A bucket of few tokens must hold at least one of ours, and one for polls, or nothing would ever move.
    this.#tokens = this.#capacity();
    this.#pollTokens = this.#pollCapacity();
    this.#readAt = timers.monotonic();
  }

  /** How long a call that came now would wait, in milliseconds. */
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

  /** Calls `release` when the tokens are there, at once if they are now; the function returned gives up the place in the queue. */
  enqueue(lane: Lane, release: () => void, tokens = 1): () => void {
    const waiter: Waiter = { lane, tokens, release };
    this.#lanes[lane].add(waiter);
    if (tokens > 1) this.#large[lane].add(waiter);
    this.#pump();
    return () => this.#remove(waiter);
  }

  /**
   * ECS throttled a call: its bucket is empty, whatever we thought.
   * @param sentAt when the call was sent: throttles of calls that were under way together count once
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

  /** The tokens that a lane waits for, as many of them as the bucket can ever hold for one call. */
  #wanted(lane: Lane): number {
    let wanted = this.#lanes[lane].size;
    for (const waiter of this.#large[lane]) wanted += this.#needed(waiter) - 1;
    return wanted;
  }

  /** No bucket ever holds more than its capacity: whoever wants more waits until it is full. */
  #needed({ lane, tokens }: Pick<Waiter, 'lane' | 'tokens'>): number {
    return Math.min(tokens, lane === 'poll' ? this.#pollCapacity() : this.#capacity());
  }

  /** Until the next tokens that somebody waits for. */
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
