import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { realTimers, type Timers } from '../core/timers.ts';
import type { Claim, IdempotencyStore, LostWrite, WriteRecord } from './idempotency-store.ts';

export interface MemoryStoreLimits {
  /** Lifetime of a record in milliseconds. */
  readonly ttlMs: number;
  readonly mostKeys: number;
  readonly mostBytes: number;
}

/** Memory that a record takes beside its output: the key, the fingerprint and the objects around them. */
const ENTRY_BYTES = 400;
/** Memory reserved for the output of a write in progress. A service with all of its events takes a tenth of it. */
const RESERVED_BYTES = 64_000;
const RETRY_MS = 1_000;

interface Entry {
  readonly fingerprint: string;
  /** Undefined while the write is in progress. */
  record: { readonly output: Buffer } | LostWrite | undefined;
  bytes: number;
  /** Time at which the record expires. */
  until: number;
  /** Cancels the timer that removes the record. */
  stop: () => void;
  /** Resolves when the claim has ended. */
  ended: Promise<void>;
  end: () => void;
}

/**
 * Stores the results of writes with idempotency keys in this process. Other replicas and later processes do not see
 * them.
 */
export class MemoryIdempotencyStore implements IdempotencyStore {
  readonly #limits: MemoryStoreLimits;
  readonly #timers: Timers;
  /** Records in the order in which they expire, including writes in progress. */
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;

  constructor(limits: MemoryStoreLimits, timers: Timers = realTimers()) {
    this.#limits = limits;
    this.#timers = timers;
  }

  get size(): number {
    return this.#entries.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  async claim(key: string, fingerprint: string): Promise<Claim> {
    for (;;) {
      const entry = this.#entries.get(key);
      if (entry === undefined) return this.#begin(key, fingerprint);
      if (entry.fingerprint !== fingerprint) return { state: 'conflict' };
      const { record } = entry;
      if (record === undefined) await entry.ended;
      else if ('output' in record) return { state: 'done', output: inflateRawSync(record.output).toString() };
      else {
        entry.stop();
        this.#entries.set(key, pending(entry));
        return { state: 'mine', lost: record };
      }
    }
  }

  /** A claim of this process cannot be lost. */
  async sending(): Promise<boolean> {
    return true;
  }

  async keep(key: string, record: WriteRecord): Promise<void> {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    const { ttlMs } = this.#limits;
    // Outputs of ECS compress to a tenth. The fastest level nearly reaches that.
    const kept = record.state === 'done' ? { output: deflateRawSync(record.output, { level: 1 }) } : lostOf(record);
    this.#resize(entry, ENTRY_BYTES + ('output' in kept ? kept.output.byteLength : (kept.input?.length ?? 0)));
    entry.record = kept;
    entry.until = this.#timers.monotonic() + ttlMs;
    entry.stop = this.#timers.schedule(ttlMs, () => this.#remove(key, entry));
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    entry.end();
  }

  async release(key: string): Promise<void> {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#remove(key, entry);
    entry.end();
  }

  #begin(key: string, fingerprint: string): Claim {
    const { mostKeys, mostBytes } = this.#limits;
    const needed = ENTRY_BYTES + RESERVED_BYTES;
    if (this.#entries.size >= mostKeys || this.#bytes + needed > mostBytes) {
      return { state: 'full', retryAfterMs: this.#untilRoom() };
    }
    const entry = pending({ fingerprint, bytes: 0 });
    this.#resize(entry, needed);
    this.#entries.set(key, entry);
    return { state: 'mine' };
  }

  #untilRoom(): number {
    for (const { record, until } of this.#entries.values()) {
      if (record !== undefined) return Math.max(1, Math.ceil(until - this.#timers.monotonic()));
    }
    return RETRY_MS;
  }

  #resize(entry: Entry, bytes: number): void {
    this.#bytes += bytes - entry.bytes;
    entry.bytes = bytes;
  }

  #remove(key: string, entry: Entry): void {
    if (this.#entries.get(key) !== entry) return;
    this.#resize(entry, 0);
    this.#entries.delete(key);
  }
}

function pending({ fingerprint, bytes }: Pick<Entry, 'fingerprint' | 'bytes'>): Entry {
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { fingerprint, bytes, record: undefined, until: 0, stop: () => undefined, ended, end };
}

function lostOf({ sentAt, input }: LostWrite): LostWrite {
  return { sentAt, input };
}
