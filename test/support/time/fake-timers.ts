import type { Timers } from '../../../src/ecs/core/timers.ts';

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

  /** How many callbacks wait for their time. */
  get pending(): number {
    return this.#due.length;
  }

  /** Moves on, and calls back what comes due, each at its own time; all that it set going is waited for. */
  async pass(ms: number, settle: () => Promise<void> = nextTurn): Promise<void> {
    await settle();
    const end = this.#now + ms;
    for (;;) {
      const [next] = this.#due.filter(({ at }) => at <= end).sort((one, other) => one.at - other.at);
      if (next === undefined) break;
      this.#due = this.#due.filter((other) => other !== next);
      this.#now = Math.max(this.#now, next.at);
      next.callback();
      await settle();
    }
    this.#now = end;
    await settle();
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
