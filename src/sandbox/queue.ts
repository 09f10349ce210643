import { Heap } from './heap.ts';

/** Something that is due at a moment of virtual time. Setting `run` to undefined cancels it. */
export interface Due {
  readonly time: number;
  order: number;
  run: (() => void) | undefined;
}

/** What is due, soonest first; what was added first wins a tie. */
export class DueQueue {
  readonly #heap = new Heap<Due>((a, b) => a.time < b.time || (a.time === b.time && a.order < b.order));

  get size(): number {
    return this.#heap.size;
  }

  push(due: Due): void {
    this.#heap.push(due);
  }

  /** The next entry that was not cancelled; cancelled ones are dropped on the way. */
  peek(): Due | undefined {
    let top = this.#heap.peek();
    while (top !== undefined && top.run === undefined) {
      this.#heap.pop();
      top = this.#heap.peek();
    }
    return top;
  }

  pop(): Due | undefined {
    return this.peek() === undefined ? undefined : this.#heap.pop();
  }

  clear(): void {
    this.#heap.clear();
  }
}
