import type { Due } from './due.ts';
import { DueHeap } from './due-heap.ts';
import { DueRing } from './due-ring.ts';

/**
 * Pending entries, soonest first; insertion order breaks ties. Nearly all are due within seconds and come and go by the
 * million: these are in a ring with a slot for each millisecond. The rest is in a heap.
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

  /** The next entry that was not cancelled; cancelled entries are dropped on the way. */
  peek(): Due | undefined {
    const near = this.#ring.peek();
    const far = this.#heap.peek();
    if (near === undefined || far === undefined) return near ?? far;
    const isNearer = near.time < far.time || (near.time === far.time && near.order < far.order);
    return isNearer ? near : far;
  }

  /** Removes and returns the next entry if it is due by `end`. */
  take(end: number): Due | undefined {
    const near = this.#ring.peek();
    const far = this.#heap.peek();
    const isNear =
      near !== undefined &&
      (far === undefined || near.time < far.time || (near.time === far.time && near.order < far.order));
    const due = isNear ? near : far;
    if (due === undefined || due.time > end) return undefined;
    if (isNear) this.#ring.removeTop();
    else this.#heap.removeTop();
    this.#ring.begin(due.time);
    return due;
  }

  pop(): Due | undefined {
    return this.take(Number.POSITIVE_INFINITY);
  }

  /** All pending entries that were not cancelled, soonest first. */
  pending(): Due[] {
    return [...this.#ring.all(), ...this.#heap.all()]
      .filter(({ run }) => run !== undefined)
      .sort((a, b) => a.time - b.time || a.order - b.order);
  }

  clear(): void {
    this.#ring.clear();
    this.#heap.clear();
  }
}
