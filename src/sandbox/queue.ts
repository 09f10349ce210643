/** Something that is due at a moment of virtual time. Setting `run` to undefined cancels it. */
export interface Due {
  readonly time: number;
  order: number;
  run: (() => void) | undefined;
}

function isBefore(a: Due, b: Due): boolean {
  return a.time < b.time || (a.time === b.time && a.order < b.order);
}

/** A binary heap: what is due first is on top, what was added first wins a tie. */
export class DueQueue {
  #heap: Due[] = [];

  get size(): number {
    return this.#heap.length;
  }

  push(due: Due): void {
    const heap = this.#heap;
    let hole = heap.length;
    heap.push(due);
    while (hole > 0) {
      const up = (hole - 1) >> 1;
      const parent = heap[up];
      if (parent === undefined || !isBefore(due, parent)) break;
      heap[hole] = parent;
      hole = up;
    }
    heap[hole] = due;
  }

  /** The next entry that was not cancelled; cancelled ones are dropped on the way. */
  peek(): Due | undefined {
    while (this.#heap.length > 0 && this.#heap[0]?.run === undefined) this.#removeTop();
    return this.#heap[0];
  }

  pop(): Due | undefined {
    const top = this.peek();
    if (top !== undefined) this.#removeTop();
    return top;
  }

  clear(): void {
    this.#heap = [];
  }

  #removeTop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let hole = 0;
    for (;;) {
      let child = hole * 2 + 1;
      let least = heap[child];
      if (least === undefined) break;
      const right = heap[child + 1];
      if (right !== undefined && isBefore(right, least)) {
        child += 1;
        least = right;
      }
      if (isBefore(last, least)) break;
      heap[hole] = least;
      hole = child;
    }
    heap[hole] = last;
  }
}
