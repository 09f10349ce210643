/** Turns that several processes share. */
export interface SharedTurns {
  /**
   * Waits for a turn.
   * @returns a function that gives it back; undefined if the processes cannot agree at present, so that the caller goes on alone
   * @throws {TurnTakenError} if another process keeps the turn
   */
  take(name: string): Promise<(() => void) | undefined>;
}

/** Another process has not given the turn back in time. Nothing was done. */
export class TurnTakenError extends Error {
  override readonly name = 'TurnTakenError';
}

/**
 * Lets changes of one thing be made one after another, so that what a change has checked still holds when it writes: in
 * this process, and in all processes that share their turns. Other clients of ECS are not held up.
 */
export class ChangeTurns {
  readonly #shared: SharedTurns | undefined;
  /** The last change of each thing. */
  readonly #last = new Map<string, Promise<unknown>>();

  constructor(shared?: SharedTurns) {
    this.#shared = shared;
  }

  /** @throws {TurnTakenError} */
  async run<T>(name: string, change: () => Promise<T>): Promise<T> {
    const next = () => this.#inTurn(name, change);
    const mine = (this.#last.get(name) ?? Promise.resolve()).then(next, next);
    this.#last.set(name, mine);
    try {
      return await mine;
    } finally {
      if (this.#last.get(name) === mine) this.#last.delete(name);
    }
  }

  async #inTurn<T>(name: string, change: () => Promise<T>): Promise<T> {
    const giveBack = await this.#shared?.take(name);
    try {
      return await change();
    } finally {
      giveBack?.();
    }
  }
}
