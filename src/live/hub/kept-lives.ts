import type { Pollable } from '../topic/pollable.ts';
import type { ReplayBudget } from '../topic/replay-buffer.ts';

/** Above this fraction of the replay budget, the oldest topics without followers are forgotten. */
const CROWDED = 0.5;

/** The topics that a process knows: polled ones, and ones that a subscriber may still resume. */
export class KeptLives<Session> {
  /** Every kept life by its epochs, in order of the last visit. */
  readonly #lives = new Map<string, Pollable<Session>>();
  /** The latest life of each key. */
  readonly #latest = new Map<string, Pollable<Session>>();

  get size(): number {
    return this.#lives.size;
  }

  /** The life with this epoch. */
  get(epoch: string | undefined): Pollable<Session> | undefined {
    return epoch === undefined ? undefined : this.#lives.get(epoch);
  }

  /** The latest life of a key, if a subscriber without a cursor may join it. */
  current(key: string): Pollable<Session> | undefined {
    const latest = this.#latest.get(key);
    return latest?.takesNewFollowers === true ? latest : undefined;
  }

  /** Notes a visit of a life. */
  keep(topic: Pollable<Session>): void {
    if (this.current(topic.key) === undefined && !topic.hasEnded) this.#latest.set(topic.key, topic);
    for (const epoch of topic.epochs) {
      this.#lives.delete(epoch);
      this.#lives.set(epoch, topic);
    }
  }

  drop(topic: Pollable<Session>): void {
    topic.forget();
    for (const epoch of topic.epochs) this.#lives.delete(epoch);
    if (this.#latest.get(topic.key) === topic) this.#latest.delete(topic.key);
  }

  /**
   * Drops lives without followers.
   * @param since those that have had none since before this time
   * @param surplus how many there are too many
   */
  forgetIdle(since: number, surplus: number, replay: ReplayBudget): void {
    let left = surplus;
    for (const topic of this.#lives.values()) {
      if (topic.idleSince === undefined) continue;
      // The map is in order of the last visit, so the first recent entry ends the search.
      const isCrowded = left > 0 || replay.used > replay.most * CROWDED;
      if (!isCrowded && topic.idleSince > since) break;
      this.drop(topic);
      left -= 1;
    }
  }

  clear(): void {
    this.#lives.clear();
    this.#latest.clear();
  }
}
