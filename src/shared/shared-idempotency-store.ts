import type {
  Claim,
  ClaimOptions,
  IdempotencyStore,
  LostWrite,
  WriteRecord,
} from '../ecs/consistency/idempotency-store.ts';
import type { Timers } from '../ecs/core/timers.ts';
import { CLAIM, KEEP, RELEASE, RESTORE, SENDING } from './idempotency-scripts.ts';
import { EPOCH_KEY, fleetKey } from './keys.ts';
import { type KeyLimits, type OwnKey, OwnKeys } from './own-keys.ts';
import { onlyShared, SharedError, type SharedStore } from './store.ts';

/** How often a caller looks whether another replica has ended its write. */
const LOOK_MS = 100;
const RESTORED_AT_ONCE = 50;
const RESTORE_ATTEMPTS = 3;
const STORE_AGAIN_MS = 500;

export interface SharedKeySettings extends KeyLimits {
  /** How long a caller waits for another replica. */
  readonly waitMs: number;
  /** A write that has not ended after this time belongs to a replica that has disappeared. */
  readonly leaseMs: number;
}

/** A write of this process. */
interface Active {
  readonly ended: Promise<void>;
  readonly end: () => void;
  readonly fingerprint: string;
  /** Whether it is done without the store, because ECS itself does it once. */
  isAlone: boolean;
}

/** A claim that was given up, and that Redis may still hold. */
interface Release {
  /** The letters of the states in which the claim may be. */
  readonly states: string;
  /** The time at which Redis has dropped the key by itself. */
  readonly until: number;
  /** Resolves with whether the release has arrived; undefined while it is not under way. */
  sent: Promise<boolean> | undefined;
}

/**
 * Stores the results of writes with idempotency keys for all replicas. A write that another replica may have sent is
 * never sent again: its outcome is looked up. Without Redis, only writes that ECS itself does once are done.
 */
export class SharedIdempotencyStore implements IdempotencyStore {
  readonly #store: SharedStore;
  readonly #settings: SharedKeySettings;
  readonly #timers: Timers;
  readonly #active = new Map<string, Active>();
  readonly #own: OwnKeys;
  /** Keys whose end could not be stored. */
  readonly #unstored = new Set<string>();
  readonly #unreleased = new Map<string, Release>();
  #isStoring = false;

  constructor(store: SharedStore, settings: SharedKeySettings, timers: Timers) {
    this.#store = store;
    this.#settings = settings;
    this.#timers = timers;
    this.#own = new OwnKeys(settings, timers);
    store.onChange(({ isAway, isNewServer }) => {
      if (isAway) return undefined;
      void this.#releaseAgain();
      void this.#storeAgain();
      return isNewServer ? this.#restore() : undefined;
    });
  }

  async claim(key: string, fingerprint: string, { isRepeatable }: ClaimOptions): Promise<Claim> {
    const until = this.#timers.monotonic() + this.#settings.waitMs;
    for (;;) {
      const other = this.#active.get(key);
      if (other !== undefined && other.fingerprint !== fingerprint) return { state: 'conflict' };
      if (other !== undefined) await Promise.race([other.ended, this.#pass(until - this.#timers.monotonic())]);
      else {
        const active = this.#begin(key, fingerprint);
        const claim = await this.#claim(key, fingerprint);
        if (claim.state === 'away' && isRepeatable) {
          active.isAlone = true;
          return { state: 'mine' };
        }
        if (claim.state === 'mine') return claim;
        this.#end(key);
        if (claim.state !== 'busy') return claim;
        await this.#pass(LOOK_MS);
      }
      if (this.#timers.monotonic() >= until) return { state: 'busy' };
    }
  }

  async sending(key: string, { sentAt, input = '' }: LostWrite): Promise<boolean> {
    const active = this.#active.get(key);
    if (active === undefined || active.isAlone) return active !== undefined;
    const { fingerprint } = active;
    const record: OwnKey = {
      fingerprint,
      state: 'S',
      sentAt: String(sentAt),
      input: this.#store.pack(input),
      result: '',
    };
    try {
      const args = [this.#store.replica, this.#settings.leaseMs, record.sentAt, record.input];
      const isMine = Number(await this.#store.run(SENDING, [keyOf(key)], args)) === 1;
      if (isMine) this.#own.put(key, record);
      return isMine;
    } catch (error) {
      onlyShared(error);
      return false;
    }
  }

  async keep(key: string, record: WriteRecord): Promise<void> {
    const active = this.#active.get(key);
    if (active === undefined) return;
    const own: OwnKey = {
      fingerprint: active.fingerprint,
      ...(record.state === 'done'
        ? { state: 'R', sentAt: '', input: '', result: this.#store.pack(record.output) }
        : { state: 'U', sentAt: String(record.sentAt), input: this.#store.pack(record.input ?? ''), result: '' }),
    };
    this.#own.put(key, own);
    this.#unreleased.delete(key);
    await this.#keep(key, own, this.#settings.ttlMs);
    this.#end(key);
  }

  async release(key: string): Promise<void> {
    const active = this.#active.get(key);
    if (active === undefined) return;
    this.#own.delete(key);
    if (active.isAlone) await this.#released(key);
    else await this.#release(key, 'CS');
    this.#end(key);
  }

  /** Stores the end of a write. Until that succeeds, other replicas see a write that may have been done. */
  async #keep(key: string, own: OwnKey, ttlMs: number): Promise<void> {
    const args = [this.#store.replica, own.fingerprint, own.state, ttlMs, own.sentAt, own.input, own.result];
    try {
      await this.#store.run(KEEP, [keyOf(key)], args);
      this.#unstored.delete(key);
    } catch (error) {
      onlyShared(error);
      this.#unstored.add(key);
      this.#storeLater();
    }
  }

  #storeLater(): void {
    if (this.#isStoring) return;
    this.#isStoring = true;
    this.#timers.schedule(STORE_AGAIN_MS, () => {
      this.#isStoring = false;
      if (this.#store.isAway) return;
      void this.#releaseAgain();
      void this.#storeAgain();
    });
  }

  async #storeAgain(): Promise<void> {
    const unstored = [...this.#own.entries()].filter(([key]) => this.#unstored.has(key));
    this.#unstored.clear();
    for (const [key, own, leftMs] of unstored) await this.#keep(key, own, leftMs);
  }

  /** Gives a claim up. Until that succeeds, other replicas see a write that may be under way. */
  #release(key: string, states: string): Promise<boolean> {
    const { leaseMs, ttlMs } = this.#settings;
    this.#unreleased.set(key, { states, until: this.#timers.monotonic() + leaseMs + ttlMs, sent: undefined });
    return this.#released(key);
  }

  /** Waits until Redis holds no claim of the key that was given up. Returns false if that cannot be reached at present. */
  async #released(key: string): Promise<boolean> {
    const release = this.#unreleased.get(key);
    if (release === undefined) return true;
    release.sent ??= this.#sendRelease(key, release);
    return release.sent;
  }

  async #sendRelease(key: string, release: Release): Promise<boolean> {
    try {
      await this.#store.run(RELEASE, [keyOf(key)], [this.#store.replica, release.states]);
      if (this.#unreleased.get(key) === release) this.#unreleased.delete(key);
      return true;
    } catch (error) {
      onlyShared(error);
      release.sent = undefined;
      this.#storeLater();
      return false;
    }
  }

  /** A key that is claimed again is left to its write: a release would take it from that. */
  async #releaseAgain(): Promise<void> {
    for (const [key, { until }] of [...this.#unreleased]) {
      if (this.#timers.monotonic() >= until) this.#unreleased.delete(key);
      else if (!this.#active.has(key)) await this.#released(key);
    }
  }

  async #claim(key: string, fingerprint: string): Promise<Claim> {
    const known = this.#own.get(key);
    if (known?.state === 'R') {
      return known.fingerprint === fingerprint ? this.#done(known.result) : { state: 'conflict' };
    }
    if (!this.#store.isWhole) return { state: 'away' };
    const retryAfterMs = known === undefined ? this.#own.untilRoom() : 0;
    if (retryAfterMs > 0) return { state: 'full', retryAfterMs };
    if (!(await this.#released(key))) return { state: 'away' };
    const { leaseMs, ttlMs } = this.#settings;
    let answer: readonly string[];
    try {
      const args = [this.#store.replica, fingerprint, leaseMs, ttlMs, this.#store.epoch];
      answer = (await this.#store.run(CLAIM, [keyOf(key), EPOCH_KEY], args)) as readonly string[];
    } catch (error) {
      onlyShared(error);
      // A claim that came through all the same is given up, if nothing was sent under the key before.
      if (error instanceof SharedError && error.mayHaveRun) void this.#release(key, 'C');
      return { state: 'away' };
    }
    const [state, first = '', second = ''] = answer;
    if (state === 'lost') {
      this.#store.checkEpoch();
      return { state: 'away' };
    }
    if (state === 'conflict' || state === 'busy') return { state };
    if (state === 'done') return this.#done(first);
    this.#own.put(key, { fingerprint, state: 'C', sentAt: '', input: '', result: '' });
    if (state !== 'sent') return { state: 'mine' };
    return { state: 'mine', lost: { sentAt: Number(first), input: this.#store.unpack(second) || undefined } };
  }

  /** A result that cannot be read is as far away as one that cannot be reached. */
  #done(result: string): Claim {
    const output = this.#store.unpack(result);
    return output === undefined ? { state: 'away' } : { state: 'done', output };
  }

  #begin(key: string, fingerprint: string): Active {
    let end: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const active = { ended, end, fingerprint, isAlone: false };
    this.#active.set(key, active);
    return active;
  }

  #end(key: string): void {
    const active = this.#active.get(key);
    this.#active.delete(key);
    active?.end();
  }

  #pass(ms: number): Promise<void> {
    return new Promise((resolve) => void this.#timers.schedule(Math.max(0, ms), resolve));
  }

  /** Redis has lost keys. Each replica stores its own again before any replica claims one. */
  async #restore(): Promise<void> {
    let lost = [...this.#own.entries()];
    for (let attempt = 0; attempt < RESTORE_ATTEMPTS && lost.length > 0; attempt += 1) {
      const failed: typeof lost = [];
      for (let start = 0; start < lost.length; start += RESTORED_AT_ONCE) {
        const some = lost.slice(start, start + RESTORED_AT_ONCE);
        const stored = await Promise.all(some.map(([key, , leftMs]) => this.#restoreOne(key, leftMs)));
        failed.push(...some.filter((_, index) => stored[index] !== true));
      }
      lost = failed;
    }
  }

  /** Returns false if Redis did not store it. */
  async #restoreOne(key: string, leftMs: number): Promise<boolean> {
    // A write may have ended, or its claim been given up, while others were stored.
    const own = this.#own.get(key);
    if (own === undefined) return true;
    const { fingerprint, state, sentAt, input, result } = own;
    const args = [this.#store.replica, fingerprint, state, this.#settings.leaseMs, leftMs, sentAt, input, result];
    try {
      await this.#store.run(RESTORE, [keyOf(key)], args);
      return true;
    } catch (error) {
      // While Redis is away, this replica has not stored what it knows.
      if (this.#store.isAway) throw error;
      onlyShared(error);
      return false;
    }
  }
}

const keyOf = (key: string) => fleetKey('idempotency', key);
