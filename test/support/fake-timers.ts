import type { Timers } from '../../src/ecs/timers.ts';

/** Time that passes only when a test says so. */
export class FakeTimers implements Timers {
  #now = 0;
  #due: { readonly at: number; readonly callback: () => void }[] = [];

  monotonic(): number {
    return this.#now;
  }

  schedule(delayMs: number, callback: () => void): () => void {
    const entry = { at: this.#now + delayMs, callback };
    this.#due.push(entry);
    return () => {
      this.#due = this.#due.filter((other) => other !== entry);
    };
  }

  /** Moves on, and calls back what comes due, each at its own time. */
  async pass(ms: number): Promise<void> {
    await new Promise(setImmediate);
    const end = this.#now + ms;
    for (;;) {
      const [next] = this.#due.filter(({ at }) => at <= end).sort((one, other) => one.at - other.at);
      if (next === undefined) break;
      this.#due = this.#due.filter((other) => other !== next);
      this.#now = Math.max(this.#now, next.at);
      next.callback();
      await new Promise(setImmediate);
    }
    this.#now = end;
    await new Promise(setImmediate);
  }
}
