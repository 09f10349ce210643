import type { BucketName, RateBucket } from '../core/operations.ts';
import type { Timers } from '../core/timers.ts';
import { type LotSize, lotSize, tokensAhead } from './lot-size.ts';
import { ReservedTokens } from './reserved-tokens.ts';
import type { Lot, SharedTokens } from './shared-tokens.ts';
import { LocalSupply, POLL_PART, type TokenSupply } from './token-supply.ts';

/** After a failed attempt to take a lot, this replica goes on by itself for this long. */
const ALONE_MS = 1_000;
/** Tokens that have yet to be fetched are not expected any sooner. */
const FETCH_SECONDS = 0.02;
/** Before a replica takes tokens from a bucket that was away, the others have this long to report what they used. */
const SETTLE_MS = 1_000;
/** Polls are expected for this long after the last one. */
const POLLING_MS = 60_000;

interface Known {
  readonly level: number;
  readonly pollLevel: number;
  readonly factor: number;
  readonly at: number;
}

/**
 * Tokens of a bucket that replicas share. They are fetched in lots before they are needed, so that few calls wait for
 * an answer. While the shared bucket cannot be used, a replica has its part of the bucket for itself.
 */
export class SharedSupply implements TokenSupply {
  readonly #name: BucketName;
  readonly #bucket: RateBucket;
  readonly #ownShare: number;
  readonly #source: SharedTokens;
  readonly #timers: Timers;
  readonly #onTokens: () => void;
  readonly #reserved = new ReservedTokens();
  readonly #polls = new ReservedTokens();
  /** This replica's part of the bucket. */
  readonly #own: LocalSupply;
  /** The same while it is used, because the shared bucket is away. */
  #alone: LocalSupply | undefined;
  #aloneUntil = Number.NEGATIVE_INFINITY;
  /** The shared level after the last lot; undefined before the first. */
  #known: Known | undefined;
  #now: number;
  #isAsking = false;
  /** Whether tokens were used since the last lot: an idle bucket fetches nothing. */
  #hasTaken = false;
  #askAgainAt = Number.NEGATIVE_INFINITY;
  /** Whether the last lot could have tokens that are yet to come. */
  #lookedAhead = false;
  /** Tokens that were used alone and not yet reported. */
  #used = 0;
  /** The level of the shared bucket when it went away. */
  #before: Known | undefined;
  /** When the shared bucket is used again; undefined while it is away. */
  #joinAt: number | undefined;
  #throttledAt: number | undefined;
  #loweredAt = Number.NEGATIVE_INFINITY;
  #polledAt = Number.NEGATIVE_INFINITY;

  /** @param onTokens called when tokens have come */
  constructor(
    { name, bucket, share }: { readonly name: BucketName; readonly bucket: RateBucket; readonly share: number },
    source: SharedTokens,
    timers: Timers,
    onTokens: () => void,
  ) {
    this.#name = name;
    this.#bucket = bucket;
    this.#ownShare = share;
    this.#source = source;
    this.#timers = timers;
    this.#onTokens = onTokens;
    this.#now = timers.monotonic();
    this.#own = new LocalSupply(bucket, () => share / source.replicas, timers);
    if (source.isAway) this.#goAlone();
    source.onBack(() => {
      this.#aloneUntil = Number.NEGATIVE_INFINITY;
      onTokens();
    });
  }

  get tokens(): number {
    return this.#alone?.tokens ?? this.#reserved.tokens;
  }

  get pollTokens(): number {
    return this.#alone?.pollTokens ?? this.#polls.tokens;
  }

  get level(): number {
    return this.#alone?.level ?? this.#reserved.tokens + Math.max(0, this.#levelNow(1));
  }

  get capacity(): number {
    return this.#alone?.capacity ?? Math.max(1, this.#bucket.burst * this.share);
  }

  get pollCapacity(): number {
    return Math.max(1, this.capacity * POLL_PART);
  }

  get rate(): number {
    return this.#alone?.rate ?? this.#bucket.refill * this.share;
  }

  get share(): number {
    return this.#alone?.share ?? this.#ownShare * this.#source.part * (this.#known?.factor ?? 1);
  }

  refill(): number {
    this.#now = this.#timers.monotonic();
    this.#alone?.refill();
    this.#reserved.refill(this.#now);
    this.#polls.refill(this.#now);
    return this.#now;
  }

  take(tokens: number, isPoll: boolean): void {
    if (isPoll) this.#polledAt = this.#now;
    if (this.#alone !== undefined) {
      this.#alone.take(tokens, isPoll);
      this.#used += tokens;
      return;
    }
    this.#hasTaken = true;
    this.#reserved.tokens -= tokens;
    if (isPoll) this.#polls.tokens -= tokens;
  }

  secondsUntil(tokens: number): number {
    if (this.#alone !== undefined) return this.#alone.secondsUntil(tokens);
    return this.#secondsUntil(tokens, this.#reserved, this.#levelNow(1), this.rate);
  }

  secondsUntilPolls(tokens: number): number {
    if (this.#alone !== undefined) return this.#alone.secondsUntilPolls(tokens);
    return this.#secondsUntil(tokens, this.#polls, this.#levelNow(POLL_PART), this.rate * POLL_PART);
  }

  throttled(sentAt: number): void {
    if (this.#alone !== undefined) {
      this.#alone.throttled(sentAt);
      return;
    }
    this.#reserved.clear();
    this.#polls.clear();
    if (sentAt <= this.#loweredAt) return;
    this.#loweredAt = this.#timers.monotonic();
    this.#throttledAt = sentAt;
    this.want(0, 0);
  }

  want(tokens: number, polls: number): void {
    const now = this.#timers.monotonic();
    if (this.#alone !== undefined) this.#settle(this.#alone, now);
    if (this.#alone !== undefined || this.#isAsking) return;
    const size = this.#size();
    if (polls > 0) this.#polledAt = now;
    if (tokens === 0) this.#reserved.limit(Math.max(size.hand, 1));
    if (polls === 0) this.#polls.limit(Math.max(size.hand * POLL_PART, 1));
    const wanted = this.#wanted(this.#reserved, tokens, size.lot, size);
    const isPolling = now - this.#polledAt < POLLING_MS;
    const pollLot = Math.ceil(size.lot * POLL_PART);
    const wantedPolls = isPolling ? this.#wanted(this.#polls, polls, pollLot, size) : 0;
    const isMissing = tokens > this.#reserved.total || polls > this.#polls.total;
    const isWorthwhile = now >= this.#askAgainAt || (isMissing && !this.#lookedAhead);
    const isDue = (wanted > 0 || wantedPolls > 0) && isWorthwhile;
    if (isDue || this.#used >= size.lot || this.#throttledAt !== undefined)
      void this.#ask(wanted, wantedPolls, isMissing);
  }

  /** Tokens to take: those that are missing, and a lot if few are left. */
  #wanted({ total, coming }: ReservedTokens, waiting: number, lot: number, { low, hand }: LotSize): number {
    // The replicas take turns: one with tokens that are yet to come has had its turn.
    if (coming > Math.max(1, low)) return 0;
    const missing = Math.ceil(Math.max(0, waiting - total));
    if (hand === 0) return missing;
    const isLow = this.#hasTaken && total - waiting <= low;
    return missing > 0 || (isLow && this.#levelBesideOthers() >= lot) ? lot + missing : 0;
  }

  /** @param isMissing whether calls wait: tokens that nothing waits for are not taken before they are there */
  async #ask(tokens: number, polls: number, isMissing: boolean): Promise<void> {
    const size = this.#size();
    const ahead = tokensAhead(size, this.#fullRate());
    this.#isAsking = true;
    this.#hasTaken = false;
    this.#lookedAhead = isMissing;
    const used = this.#used;
    const throttledAt = this.#throttledAt;
    this.#throttledAt = undefined;
    try {
      const taken = await this.#source.take(this.#name, {
        capacity: Math.max(1, this.#fullCapacity() - this.#source.replicas * size.hand),
        rate: this.#fullRate(),
        ahead: isMissing ? ahead : 0,
        mostAhead: ahead * this.#source.replicas,
        tokens,
        polls,
        used,
        throttledAgoMs: throttledAt === undefined ? undefined : Math.max(0, this.#timers.monotonic() - throttledAt),
      });
      this.#used -= used;
      this.#isAsking = false;
      if (this.#alone === undefined) this.#keep(taken, tokens, polls);
    } catch {
      this.#isAsking = false;
      this.#goAlone();
    }
    this.#onTokens();
  }

  #keep(lot: Lot, tokens: number, polls: number): void {
    const now = this.refill();
    const { level, pollLevel, factor } = lot;
    this.#reserved.add(lot.tokens, level, this.#fullRate() * factor, now);
    this.#polls.add(lot.polls, pollLevel, this.#fullRate() * factor * POLL_PART, now);
    this.#known = { level: level - lot.tokens, pollLevel: pollLevel - lot.polls, factor, at: now };
    const missing = Math.max(tokens - lot.tokens, (polls - lot.polls) / POLL_PART);
    // The bucket is used up for the time that all replicas may look ahead.
    if (missing > 0) this.#askAgainAt = now + (1_000 * Math.min(missing, this.#size().lot)) / this.rate;
  }

  /** Goes on with this replica's part of the bucket, from what it has now. */
  #goAlone(): void {
    this.#aloneUntil = this.#timers.monotonic() + ALONE_MS;
    this.#joinAt = undefined;
    if (this.#alone !== undefined) return;
    this.#alone = this.#own;
    this.#own.refill();
    // Without a lot since the last time, what is left of that time is all there is.
    if (this.#known !== undefined) {
      this.#own.reset(this.#reserved.tokens + Math.max(0, this.#known.level) / this.#source.replicas);
      this.#before = this.#known;
      this.#used = 0;
    }
    this.#known = undefined;
    this.#reserved.clear();
    this.#polls.clear();
  }

  /**
   * Returns to the shared bucket. It does not know what the replicas have used meanwhile, so all report that before the
   * first of them takes more.
   */
  #settle(alone: LocalSupply, now: number): void {
    if (this.#source.isAway || now < this.#aloneUntil) return;
    if (this.#joinAt === undefined) {
      this.#joinAt = now + SETTLE_MS;
      this.#used = this.#usedAlone(alone, now);
    }
    if (this.#isAsking) return;
    if (now >= this.#joinAt) {
      this.#alone = undefined;
      this.#joinAt = undefined;
      this.#askAgainAt = Number.NEGATIVE_INFINITY;
    } else if (this.#used >= this.#size().lot) void this.#ask(0, 0, false);
  }

  /**
   * Tokens that this replica has used, and the shared bucket does not know of. Time has filled the bucket meanwhile: what
   * is missing is the difference between this replica's part of it and what it has left.
   */
  #usedAlone(alone: LocalSupply, now: number): number {
    // A server that was restarted has lost the bucket: its new one is full.
    if (this.#source.part < 1) return Math.max(0, this.#fullCapacity() / this.#source.replicas - alone.tokens);
    if (this.#before === undefined) return Math.min(this.#used, Math.max(0, alone.capacity - alone.tokens));
    const filled = this.#before.level + ((now - this.#before.at) / 1_000) * this.#fullRate();
    return Math.max(0, Math.min(this.#fullCapacity(), filled) / this.#source.replicas - alone.tokens);
  }

  #secondsUntil(tokens: number, reserved: ReservedTokens, level: number, rate: number): number {
    const known = reserved.secondsUntil(tokens, this.#now);
    if (known !== undefined) return known;
    const beyond = tokens - reserved.total;
    const waits = Math.max(0, beyond - level) / rate;
    return Math.max(FETCH_SECONDS, waits, (this.#askAgainAt - this.#now) / 1_000);
  }

  /** The shared level by now, if no other replica has taken tokens since the last lot. */
  #levelNow(part: number): number {
    if (this.#known === undefined) return this.capacity * part;
    const { level, pollLevel, at } = this.#known;
    const grown = (part === 1 ? level : pollLevel) + ((this.#now - at) / 1_000) * this.rate * part;
    return Math.min(this.capacity * part, grown);
  }

  /** The shared level by now, if the others take their part of what comes. */
  #levelBesideOthers(): number {
    if (this.#known === undefined) return this.capacity;
    const { level, at } = this.#known;
    return level + ((this.#now - at) / 1_000) * (this.rate / this.#source.replicas);
  }

  #size(): LotSize {
    return lotSize(this.#fullCapacity(), this.#source.replicas);
  }

  #fullCapacity(): number {
    return this.#bucket.burst * this.#ownShare * this.#source.part;
  }

  #fullRate(): number {
    return this.#bucket.refill * this.#ownShare * this.#source.part;
  }
}
