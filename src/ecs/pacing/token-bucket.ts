import type { BucketName, RateBucket } from '../core/operations.ts';
import { LANES, type Lane } from '../core/shared-priority.ts';
import type { Timers } from '../core/timers.ts';
import { CallerParts } from './caller-parts.ts';
import { FairQueue, type Waiter } from './fair-queue.ts';
import { SharedSupply } from './shared-supply.ts';
import type { SharedTokens } from './shared-tokens.ts';
import { LocalSupply, type TokenSupply } from './token-supply.ts';

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

interface WaitingCall extends Waiter {
  readonly lane: Lane;
  readonly release: () => void;
}

const ANYBODY: readonly string[] = [''];

/** One token bucket and its queue: writes first, then queries, then polls; within a lane, callers take turns. */
export class RateLimiter {
  readonly #bucket: RateBucket;
  readonly #timers: Timers;
  #supply: TokenSupply;
  readonly #lanes = {
    write: new FairQueue<WaitingCall>(),
    query: new FairQueue<WaitingCall>(),
    poll: new FairQueue<WaitingCall>(),
  };
  readonly #parts = new CallerParts();
  #readAt: number;
  #throttled = 0;
  #cancel: (() => void) | undefined;

  readonly #share: number;

  constructor(bucket: RateBucket, share: number, timers: Timers) {
    this.#bucket = bucket;
    this.#share = share;
    this.#timers = timers;
    this.#supply = new LocalSupply(bucket, () => share, timers);
    this.#readAt = timers.monotonic();
  }

  /** Takes the tokens from a bucket that replicas share from now on. */
  shareWith(source: SharedTokens, name: BucketName): void {
    const place = { name, bucket: this.#bucket, share: this.#share };
    this.#supply = new SharedSupply(place, source, this.#timers, () => this.#pump());
  }

  /** Milliseconds that a call which arrives now would wait, in the turn of one of its callers. */
  waitFor(lane: Lane, tokens = 1, callers = ANYBODY): number {
    this.#refill();
    const needed = this.#needed({ lane, tokens });
    const caller = this.#shortest(lane, callers);
    let ahead = needed + this.#lanes[lane].ahead(caller) + this.#extra(lane);
    for (const before of LANES) {
      if (before === lane) break;
      ahead += this.#wanted(before);
    }
    const own = needed + this.#lanes[lane].of(caller);
    const wait = Math.max(this.#supply.secondsUntil(ahead), this.#parts.secondsUntil(caller, own, this.#level()));
    if (lane !== 'poll') return wait * 1_000;
    const polls = this.#wanted('poll') + needed;
    return 1_000 * Math.max(wait, this.#supply.secondsUntilPolls(polls));
  }

  /** Calls `release` when the tokens are available, at once if they are now. The returned function leaves the queue. */
  enqueue(lane: Lane, release: () => void, tokens = 1, callers = ANYBODY): () => void {
    const waiter: WaitingCall = { lane, tokens, release, caller: this.#shortest(lane, callers) };
    for (const caller of callers) this.#parts.see(caller, this.#timers.monotonic());
    this.#lanes[lane].add(waiter);
    this.#pump();
    return () => this.#lanes[lane].delete(waiter);
  }

  /**
   * ECS throttled a call.
   * @param sentAt when the call was sent
   */
  throttled(sentAt: number): void {
    this.#throttled += 1;
    this.#supply.throttled(sentAt);
  }

  level(): RateLevel {
    this.#refill();
    return {
      burst: this.#bucket.burst,
      refillPerSecond: this.#bucket.refill,
      share: this.#supply.share,
      level: Math.max(0, Math.floor(this.#supply.level)),
      waiting: LANES.reduce((sum, lane) => sum + this.#lanes[lane].size, 0),
      throttled: this.#throttled,
    };
  }

  #pump(): void {
    this.#refill();
    for (const lane of LANES) {
      for (let next = this.#next(lane); next !== undefined; next = this.#next(lane)) {
        const needed = this.#needed(next);
        this.#supply.take(needed, lane === 'poll');
        this.#parts.take(next.caller, needed, this.#level());
        this.#lanes[lane].serve(next);
        next.release();
      }
    }
    this.#cancel?.();
    this.#cancel = undefined;
    const polls = this.#wanted('poll');
    this.#supply.want(polls + this.#wanted('query') + this.#wanted('write'), polls);
    const next = this.#nextDelay();
    if (next !== undefined) this.#cancel = this.#timers.schedule(next, () => this.#pump());
  }

  /** The next call of a lane that has its tokens. A caller that has used its part leaves its turn to others. */
  #next(lane: Lane): WaitingCall | undefined {
    for (const waiter of this.#lanes[lane].heads()) {
      const needed = this.#needed(waiter);
      if (!this.#parts.has(waiter.caller, needed, this.#level())) continue;
      const { tokens, pollTokens } = this.#supply;
      const isThere = tokens >= needed && (lane !== 'poll' || pollTokens >= needed);
      return isThere ? waiter : undefined;
    }
    return undefined;
  }

  /** The caller of a shared call with the fewest others before it. */
  #shortest(lane: Lane, callers: readonly string[]): string {
    const [first = '', ...others] = callers;
    const lengthOf = (caller: string) => this.#lanes[lane].of(caller);
    return others.reduce((best, caller) => (lengthOf(caller) < lengthOf(best) ? caller : best), first);
  }

  /** Tokens that a lane waits for; for one call, at most the bucket's capacity. */
  #wanted(lane: Lane): number {
    return this.#lanes[lane].size + this.#extra(lane);
  }

  /** Tokens that calls wait for beside the first of each. */
  #extra(lane: Lane): number {
    let extra = 0;
    for (const waiter of this.#lanes[lane].large) extra += this.#needed(waiter) - 1;
    return extra;
  }

  /** A bucket never exceeds its capacity: a call that needs more waits until it is full. */
  #needed({ lane, tokens }: Pick<WaitingCall, 'lane' | 'tokens'>): number {
    return Math.min(tokens, lane === 'poll' ? this.#supply.pollCapacity : this.#supply.capacity);
  }

  /** Milliseconds until the next waiting call has its tokens. */
  #nextDelay(): number | undefined {
    let soonest: number | undefined;
    for (const lane of LANES) {
      for (const waiter of this.#lanes[lane].heads()) {
        const needed = this.#needed(waiter);
        const ofPolls = lane === 'poll' ? this.#supply.secondsUntilPolls(needed) : 0;
        const ofCaller = this.#parts.secondsUntil(waiter.caller, needed, this.#level());
        const wait = Math.max(this.#supply.secondsUntil(needed), ofPolls, ofCaller);
        soonest = Math.min(soonest ?? Number.POSITIVE_INFINITY, wait);
      }
    }
    return soonest === undefined ? undefined : Math.ceil(soonest * 1_000);
  }

  #level() {
    return { now: this.#readAt, capacity: this.#supply.capacity, rate: this.#supply.rate };
  }

  #refill(): void {
    this.#readAt = this.#supply.refill();
  }
}
