import { DueHeap } from './due-heap.ts';
import { DueRing } from './due-ring.ts';

/** Something that is due at a moment of virtual time, in whole milliseconds. Setting `run` to undefined cancels it. */
export interface Due {
  readonly time: number;
  order: number;
  run: ((first: never, second: never) => void) | undefined;
  /** What it is run with: a function and its two arguments take less than a closure over these. */
  readonly first: unknown;
  readonly second: unknown;
  /** The next one in the same millisecond. */
  next: Due | undefined;
}

/**
 * What is due, soonest first; what was added first wins a tie. Nearly all of it is due within seconds and comes and goes
 * by the million: that lies in a ring, in a place for each millisecond. The rest lies in a heap.
 */
export class DueQueue {
  readonly #ring = new DueRing();
  readonly #heap = new DueHeap();

  get size(): number {
    return this.#ring.size + this.#heap.size;
  }

  push(due: Due): void {
    if (!this.#ring.push(due)) this.#heap.push(due);
  }

  /** The next entry that was not cancelled; cancelled ones are dropped on the way. */
  peek(): Due | undefined {
    const near = this.#ring.peek();
    const far = this.#heap.peek();
    if (near === undefined || far === undefined) return near ?? far;
    const isNearer = near.time < far.time || (near.time === far.time && near.order < far.order);
    return isNearer ? near : far;
  }

  pop(): Due | undefined {
    const due = this.peek();
    if (due === undefined) return undefined;
    if (due === this.#ring.peek()) this.#ring.removeTop();
    else this.#heap.removeTop();
    this.#ring.begin(due.time);
    return due;
  }

  clear(): void {
    this.#ring.clear();
    this.#heap.clear();
  }
}
