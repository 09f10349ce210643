import type { Timers } from '../../ecs/core/timers.ts';
import { ALIVE_MS, ANY_EPOCH, type Beat } from './heartbeat.ts';

/**
 * Whether Redis still holds what replicas have stored. After a loss each replica stores again what it knows; until all have
 * done so, what is missing in Redis may have been there before.
 */
export class StoredState {
  readonly #timers: Timers;
  readonly #replica: string;
  /** The current epoch; undefined before the first heartbeat. */
  #epoch: string | undefined;
  /** The epoch in which this replica has stored all that it knows. */
  #stored = ANY_EPOCH;
  #isMarked = false;
  /** Other replicas that may know something that is missing. */
  readonly #missing = new Set<string>();
  /** A replica that has stored nothing by then has disappeared, and is not waited for. */
  #until = Number.NEGATIVE_INFINITY;

  constructor(replica: string, timers: Timers) {
    this.#replica = replica;
    this.#timers = timers;
  }

  get epoch(): string {
    return this.#epoch ?? '';
  }

  /** The mark of this replica in the next heartbeat. */
  get mark(): string {
    return this.#stored;
  }

  /** Whether the others do not know yet that this replica has stored all that it knows. */
  get mustMark(): boolean {
    return !this.mustStore && !this.#isMarked;
  }

  /** Whether this replica must still store what it knows. */
  get mustStore(): boolean {
    return this.#stored !== this.#epoch;
  }

  get isWhole(): boolean {
    return !this.mustStore && this.waiting.length === 0;
  }

  /** The other replicas that are waited for. */
  get waiting(): readonly string[] {
    return this.#timers.monotonic() < this.#until ? [...this.#missing] : [];
  }

  /**
   * Takes the answer of a heartbeat.
   * @param before the other replicas by the heartbeat before
   * @returns whether what was stored may be lost
   */
  take({ epoch, alive, storing }: Beat, before: readonly string[]): boolean {
    const isNew = epoch !== this.#epoch;
    if (isNew) {
      for (const name of this.#epoch === undefined ? [] : before) this.#missing.add(name);
      this.#until = this.#timers.monotonic() + ALIVE_MS;
      // At its first heartbeat, a replica knows nothing.
      this.#stored = this.#epoch === undefined ? epoch : '';
      this.#epoch = epoch;
    }
    this.#isMarked = !storing.includes(this.#replica);
    for (const name of alive) this.#missing.delete(name);
    for (const name of storing) if (name !== this.#replica) this.#missing.add(name);
    return isNew;
  }

  /** Notes that this replica has stored all that it knows, if the epoch is still the same. */
  hasStored(epoch: string): void {
    if (epoch === this.#epoch) this.#stored = epoch;
  }

  /** The server may have lost something, and does not say so: this replica stores what it knows again. */
  doubt(): void {
    if (this.#epoch !== undefined) this.#stored = '';
  }
}
