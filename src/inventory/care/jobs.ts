import type { Timers } from '../../ecs/core/timers.ts';

/** A job that failed is started again this much later. */
const PAUSE_MS = 30_000;

/** Jobs in the background, of which each name runs once at a time. */
export class Jobs {
  readonly #timers: Timers;
  readonly #onFailure: (name: string, error: unknown) => void;
  readonly #running = new Map<string, Promise<void>>();
  readonly #pausedUntil = new Map<string, number>();
  readonly #controller = new AbortController();

  constructor(timers: Timers, onFailure: (name: string, error: unknown) => void) {
    this.#timers = timers;
    this.#onFailure = onFailure;
  }

  /** Aborts when no job may run any more. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Starts a job, unless it runs already or has just failed. */
  run(name: string, job: () => Promise<void>): void {
    if (this.signal.aborted || this.#running.has(name)) return;
    if (this.#timers.monotonic() < (this.#pausedUntil.get(name) ?? 0)) return;
    this.#pausedUntil.delete(name);
    const running = job()
      .catch((error: unknown) => {
        if (this.signal.aborted) return;
        this.#pausedUntil.set(name, this.#timers.monotonic() + PAUSE_MS);
        this.#onFailure(name, error);
      })
      .finally(() => this.#running.delete(name));
    this.#running.set(name, running);
  }

  /** How many jobs run. */
  get running(): number {
    return this.#running.size;
  }

  /** How many jobs run whose names begin like this. */
  countOf(prefix: string): number {
    let count = 0;
    for (const name of this.#running.keys()) if (name.startsWith(prefix)) count += 1;
    return count;
  }

  async close(): Promise<void> {
    this.#controller.abort();
    while (this.#running.size > 0) await Promise.all(this.#running.values());
  }
}
