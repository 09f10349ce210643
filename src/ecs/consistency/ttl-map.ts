import { LatestValues } from '../../util/latest-values.ts';
import type { Timers } from '../core/timers.ts';

export interface TtlMapOptions {
  /** Lifetime of an entry in milliseconds; 0 keeps nothing. */
  readonly ttlMs: number;
  /** Most entries. The least recently used entry is removed first. */
  readonly most: number;
}

interface Kept<T> {
  readonly value: T;
  readonly until: number;
}

/** A map whose entries share one lifetime, with a limit on their number. */
export class TtlMap<T> {
  readonly #ttlMs: number;
  readonly #timers: Timers;
  readonly #kept: LatestValues<Kept<T>>;
  #isSweeping = false;

  constructor({ ttlMs, most }: TtlMapOptions, timers: Timers) {
    this.#ttlMs = ttlMs;
    this.#kept = new LatestValues(most);
    this.#timers = timers;
  }

  get size(): number {
    return this.#kept.size;
  }

  get(key: string): T | undefined {
    const kept = this.#kept.get(key);
    if (kept === undefined) return undefined;
    if (kept.until <= this.#timers.monotonic()) {
      this.#kept.delete(key);
      return undefined;
    }
    this.#kept.set(key, kept);
    return kept.value;
  }

  /** All values, in the order of use. */
  *values(): Generator<T> {
    for (const [, value] of this.entries()) yield value;
  }

  /** All entries, in the order of use. */
  *entries(): Generator<readonly [string, T]> {
    const now = this.#timers.monotonic();
    for (const [key, { value, until }] of this.#kept.entries()) if (until > now) yield [key, value];
  }

  put(key: string, value: T): void {
    if (this.#ttlMs <= 0) return;
    this.#kept.set(key, { value, until: this.#timers.monotonic() + this.#ttlMs });
    this.#sweepLater();
  }

  delete(key: string): void {
    this.#kept.delete(key);
  }

  /** Expired entries are removed by a timer, not only when their place is needed: the answers of a fleet are large. */
  #sweepLater(): void {
    if (this.#isSweeping) return;
    this.#isSweeping = true;
    this.#timers.schedule(this.#ttlMs, () => {
      this.#isSweeping = false;
      const now = this.#timers.monotonic();
      for (const [key, { until }] of this.#kept.entries()) if (until <= now) this.#kept.delete(key);
      if (this.#kept.size > 0) this.#sweepLater();
    });
  }
}
