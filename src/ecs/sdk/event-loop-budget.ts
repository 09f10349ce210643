/** So much is decoded in one turn of the event loop: a DescribeTasks of 100, or many small answers. */
const BYTES_A_TURN = 256 * 1024;
/** What is no more than this goes first: it sets other calls going, or is all that a small request waits for. */
const SMALL_BYTES = 32 * 1024;

/** In every so many turns what is large goes first, if it was passed over in all the turns before: small work may never end. */
const LARGE_FIRST_EVERY = 4;

interface Waiter {
  readonly bytes: number;
  readonly go: () => void;
}

/**
 * Shares out the event loop. A fleet's calls leave, and their answers arrive, in one turn of it, and each sets going all that waited
 * for it; done back to back they would hold up everything else in the process. Whoever comes when a turn has had its fill waits for
 * another: first what is small, then the rest, each in its order.
 */
export class Turns {
  readonly #bytesATurn: number;
  readonly #nextTurn: (callback: () => void) => void;
  readonly #small: Waiter[] = [];
  readonly #large: Waiter[] = [];
  #left: number;
  /** Turns in a row in which something large waited and only small work went. */
  #passedOver = 0;
  #isTurning = false;

  /** @param nextTurn calls back in the next turn of the event loop, after what had come in was looked at */
  constructor(bytesATurn = BYTES_A_TURN, nextTurn: (callback: () => void) => void = setImmediate) {
    this.#bytesATurn = bytesATurn;
    this.#nextTurn = nextTurn;
    this.#left = bytesATurn;
  }

  /** Waits for a turn in which there is room for as much work as decoding so many bytes. Nothing to wait for is undefined. */
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
