import { OPERATIONS, type OperationName, RATE_BUCKETS } from '../../ecs/core/operations.ts';
import type { Timers } from '../../ecs/core/timers.ts';

/**
 * Spaces the calls of verification, so that they use a share of each of ECS's rate buckets and leave the rest to
 * queries. The first call of a pause goes at once.
 */
export class SweepBudget {
  readonly #share: number;
  readonly #timers: Timers;
  readonly #freeAt = new Map<string, number>();
  /** How many calls wait for their turn. */
  waiting = 0;

  /** @param share of the documented rates, above 0 */
  constructor(share: number, timers: Timers) {
    this.#share = share;
    this.#timers = timers;
  }

  /** Resolves when a call of the operation may be made. Rejects if the signal aborts before. */
  async take(operation: OperationName, signal: AbortSignal): Promise<void> {
    const { bucket } = OPERATIONS[operation];
    const now = this.#timers.monotonic();
    const at = Math.max(now, this.#freeAt.get(bucket) ?? 0);
    this.#freeAt.set(bucket, at + 1_000 / (RATE_BUCKETS[bucket].refill * this.#share));
    if (at <= now) return;
    this.waiting += 1;
    await new Promise<void>((resolve, reject) => {
      const cancel = this.#timers.schedule(at - now, () => {
        signal.removeEventListener('abort', leave);
        resolve();
      });
      const leave = () => {
        cancel();
        reject(signal.reason);
      };
      if (signal.aborted) leave();
      else signal.addEventListener('abort', leave, { once: true });
    }).finally(() => {
      this.waiting -= 1;
    });
  }
}
