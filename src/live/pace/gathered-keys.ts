import type { Timers } from '../../ecs/core/timers.ts';

/** Changes within this time make one round of polls. */
const GATHER_MS = 10;
/** The shortest time between two such rounds, so that a burst of changes shares its calls. */
const LEAST_MS = 125;

/** Collects the keys of changes. The first one after a pause is passed on at once, later ones together. */
export class GatheredKeys {
  readonly #timers: Timers;
  readonly #onKeys: (keys: ReadonlySet<string>) => void;
  #keys = new Set<string>();
  #lastAt = Number.NEGATIVE_INFINITY;
  #cancel: () => void = () => undefined;

  constructor(timers: Timers, onKeys: (keys: ReadonlySet<string>) => void) {
    this.#timers = timers;
    this.#onKeys = onKeys;
  }

  add(keys: readonly string[]): void {
    const isFirst = this.#keys.size === 0;
    for (const key of keys) this.#keys.add(key);
    if (!isFirst || this.#keys.size === 0) return;
    const now = this.#timers.monotonic();
    const delay = Math.max(GATHER_MS, this.#lastAt + LEAST_MS - now);
    this.#cancel = this.#timers.schedule(delay, () => {
      const gathered = this.#keys;
      this.#keys = new Set();
      this.#lastAt = this.#timers.monotonic();
      this.#onKeys(gathered);
    });
  }

  dispose(): void {
    this.#cancel();
    this.#keys.clear();
  }
}
