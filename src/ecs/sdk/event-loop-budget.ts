/** Bytes that are decoded in one turn of the event loop: a DescribeTasks of 100, or many small answers. */
const BYTES_A_TURN = 256 * 1024;
/** Answers up to this size go first: they trigger other calls, or are all that a small request waits for. */
const SMALL_BYTES = 32 * 1024;

/**
 * In every turn of this number, large answers go first if all turns before passed them over: small work may never end.
 */
const LARGE_FIRST_EVERY = 4;

interface Waiter {
  readonly bytes: number;
  readonly go: () => void;
}

/**
 * Shares the event loop. A fleet's calls are sent, and their answers arrive, in one turn, and each answer resumes its
 * waiters; back to back they would block everything else in the process. When a turn's budget is used up, work waits
 * for the next: small work first, then the rest, each in its order.
 */
export class Turns {
  readonly #bytesATurn: number;
  readonly #nextTurn: (callback: () => void) => void;
  readonly #small: Waiter[] = [];
  readonly #large: Waiter[] = [];
  #left: number;
  /** Consecutive turns in which large work waited and only small work ran. */
  #passedOver = 0;
  #isTurning = false;

  /** @param nextTurn calls back in the next turn of the event loop, after pending I/O was handled */
  constructor(bytesATurn = BYTES_A_TURN, nextTurn: (callback: () => void) => void = setImmediate) {
    this.#bytesATurn = bytesATurn;
    this.#nextTurn = nextTurn;
    this.#left = bytesATurn;
  }

  /** Waits for a turn with room for decoding this many bytes. Undefined means that there is nothing to wait for. */
  take(bytes: number): Promise<void> | undefined {
    const queue = bytes > SMALL_BYTES ? this.#large : this.#small;
    if (this.#left > 0 && queue.length === 0) {
      this.#use(bytes);
      return undefined;
    }
    return new Promise((go) => {
      queue.push({ bytes, go });
    });
  }

  #go(next: Waiter | undefined): boolean {
    if (next === undefined) return false;
    this.#use(next.bytes);
    next.go();
    return true;
  }

  #use(bytes: number): void {
    this.#left -= bytes;
    if (this.#isTurning) return;
    this.#isTurning = true;
    this.#nextTurn(() => {
      this.#isTurning = false;
      this.#left = this.#bytesATurn;
      const waited = this.#large[0];
      if (waited !== undefined && this.#passedOver >= LARGE_FIRST_EVERY - 1) this.#go(this.#large.shift());
      while (this.#left > 0 && this.#go(this.#small.shift() ?? this.#large.shift()));
      this.#passedOver = waited !== undefined && this.#large[0] === waited ? this.#passedOver + 1 : 0;
    });
  }
}
