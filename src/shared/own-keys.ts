import type { Timers } from '../ecs/core/timers.ts';

/** The record that this replica has stored under a key. */
export interface OwnKey {
  readonly fingerprint: string;
  /** C claimed, S may have been sent, U outcome unknown, R result. */
  readonly state: 'C' | 'S' | 'U' | 'R';
  readonly sentAt: string;
  readonly input: string;
  readonly result: string;
}

interface Kept {
  readonly record: OwnKey;
  readonly bytes: number;
  readonly until: number;
}

/** Memory that a key takes beside its input and result. */
const ENTRY_BYTES = 400;
/** Memory reserved for a write in progress. */
const RESERVED_BYTES = 64_000;

export interface KeyLimits {
  /** Lifetime of a key in milliseconds. */
  readonly ttlMs: number;
  readonly mostKeys: number;
  readonly mostBytes: number;
}

/**
 * The keys that this replica has stored, so that it can store them again in a Redis that was restarted. They limit how
 * many keys a replica accepts.
 */
export class OwnKeys {
  readonly #limits: KeyLimits;
  readonly #timers: Timers;
  /** In the order in which they expire. */
  readonly #kept = new Map<string, Kept>();
  #bytes = 0;
  #isSweeping = false;

  constructor(limits: KeyLimits, timers: Timers) {
    this.#limits = limits;
    this.#timers = timers;
  }

  get(key: string): OwnKey | undefined {
    return this.#kept.get(key)?.record;
  }

  /** Milliseconds until there is room for one more key; 0 if there is now. */
  untilRoom(): number {
    this.#sweep();
    const { mostKeys, mostBytes } = this.#limits;
    if (this.#kept.size < mostKeys && this.#bytes + ENTRY_BYTES + RESERVED_BYTES <= mostBytes) return 0;
    const [oldest] = this.#kept.values();
    return Math.max(1, Math.ceil((oldest?.until ?? 0) - this.#timers.monotonic()));
  }

  put(key: string, record: OwnKey): void {
    this.delete(key);
    const isOpen = record.state === 'C' || record.state === 'S';
    const bytes = ENTRY_BYTES + (isOpen ? RESERVED_BYTES : record.input.length + record.result.length);
    this.#kept.set(key, { record, bytes, until: this.#timers.monotonic() + this.#limits.ttlMs });
    this.#bytes += bytes;
    this.#sweepLater();
  }

  delete(key: string): void {
    const kept = this.#kept.get(key);
    if (kept === undefined) return;
    this.#kept.delete(key);
    this.#bytes -= kept.bytes;
  }

  /** All keys with the milliseconds that they have left. */
  *entries(): Generator<readonly [key: string, record: OwnKey, leftMs: number]> {
    this.#sweep();
    const now = this.#timers.monotonic();
    for (const [key, { record, until }] of this.#kept) yield [key, record, Math.max(1, Math.ceil(until - now))];
  }

  #sweep(): void {
    const now = this.#timers.monotonic();
    for (const [key, { until }] of this.#kept) {
      if (until > now) return;
      this.delete(key);
    }
  }

  #sweepLater(): void {
    if (this.#isSweeping) return;
    this.#isSweeping = true;
    this.#timers.schedule(this.#limits.ttlMs, () => {
      this.#isSweeping = false;
      this.#sweep();
      if (this.#kept.size > 0) this.#sweepLater();
    });
  }
}
