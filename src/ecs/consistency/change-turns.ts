import type { Timers } from '../core/timers.ts';

/** Turns that several processes share. */
export interface SharedTurns {
  /**
   * Waits for a turn.
   * @param until the monotonic time at which it stops waiting
   * @returns a function that gives the turn back; undefined if the processes cannot agree at present, so that the caller goes on alone
   * @throws {TurnTakenError} if another process keeps the turn
   */
  take(name: string, until: number): Promise<(() => void) | undefined>;
}

/** Another change has not given the turn back in time. Nothing was done. */
export class TurnTakenError extends Error {
  override readonly name = 'TurnTakenError';
}

/**
 * Lets changes of one thing be made one after another, so that what a change has checked still holds when it writes: in
 * this process, and in all processes that share their turns. Other clients of ECS are not held up.
 */
export class ChangeTurns {
  readonly #timers: Timers;
  readonly #waitMs: number;
  readonly #shared: SharedTurns | undefined;
  /** For each thing, the end of the changes that have asked for a turn so far. */
  readonly #last = new Map<string, Promise<void>>();

  /** @param waitMs how long a change waits for its turn, in this process and for the others together */
  constructor(timers: Timers, waitMs: number, shared?: SharedTurns) {
    this.#timers = timers;
    this.#waitMs = waitMs;
    this.#shared = shared;
  }

  /** @throws {TurnTakenError} */
  async run<T>(name: string, change: () => Promise<T>): Promise<T> {
    const until = this.#timers.monotonic() + this.#waitMs;
    const before = this.#last.get(name);
    let end: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    // A change that has waited too long leaves. Those behind it wait for the ones before it.
    const all = before === undefined ? ended : before.then(() => ended);
    this.#last.set(name, all);
    void all.then(() => {
      if (this.#last.get(name) === all) this.#last.delete(name);
    });
    try {
      if (before !== undefined) await this.#waitFor(before, until);
      return await this.#inTurn(name, until, change);
    } finally {
      end();
    }
  }

  /** @throws {TurnTakenError} */
  #waitFor(before: Promise<void>, until: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const cancel = this.#timers.schedule(Math.max(0, until - this.#timers.monotonic()), () =>
        reject(new TurnTakenError('Another change keeps the turn.')),
      );
      void before.then(() => {
        cancel();
        resolve();
      });
    });
  }

  async #inTurn<T>(name: string, until: number, change: () => Promise<T>): Promise<T> {
    const giveBack = await this.#shared?.take(name, until);
    try {
      return await change();
    } finally {
      giveBack?.();
    }
  }
}
