import type { Due } from './due.ts';

const FIRST_ROOM = 1024;

/**
 * Pending entries, soonest first; insertion order breaks ties. A heap with four children for each node. Times are in a
 * separate array, because reading them from the entries would wait for memory.
 */
export class DueHeap {
  #times = new Float64Array(FIRST_ROOM);
  #dues: Due[] = [];

  get size(): number {
    return this.#dues.length;
  }

  push(due: Due): void {
    const dues = this.#dues;
    let hole = dues.length;
    if (hole === this.#times.length) this.#grow();
    const times = this.#times;
    const { time } = due;
    while (hole > 0) {
      const up = (hole - 1) >> 2;
      const above = times[up] as number;
      if (above < time || (above === time && (dues[up] as Due).order < due.order)) break;
      times[hole] = above;
      dues[hole] = dues[up] as Due;
      hole = up;
    }
    times[hole] = time;
    dues[hole] = due;
  }

  /** The next entry that was not cancelled; cancelled entries are dropped on the way. */
  peek(): Due | undefined {
    let top = this.#dues[0];
    while (top !== undefined && top.run === undefined) {
      this.removeTop();
      top = this.#dues[0];
    }
    return top;
  }

  pop(): Due | undefined {
    const top = this.peek();
    if (top !== undefined) this.removeTop();
    return top;
  }

  all(): readonly Due[] {
    return this.#dues;
  }

  clear(): void {
    this.#dues = [];
    this.#times = new Float64Array(FIRST_ROOM);
  }

  #grow(): void {
    const more = new Float64Array(this.#times.length * 2);
    more.set(this.#times);
    this.#times = more;
  }

  /** Removes the entry that `peek` returned. */
  removeTop(): void {
    const dues = this.#dues;
    const last = dues.pop();
    if (last === undefined || dues.length === 0) return;
    const times = this.#times;
    const { time } = last;
    const { length } = dues;
    let hole = 0;
    for (;;) {
      const least = this.#leastBelow(hole);
      if (least >= length) break;
      const below = times[least] as number;
      if (time < below || (time === below && last.order < (dues[least] as Due).order)) break;
      times[hole] = below;
      dues[hole] = dues[least] as Due;
      hole = least;
    }
    times[hole] = time;
    dues[hole] = last;
  }

  /** The child that is due first; an index past the end without children. */
  #leastBelow(parent: number): number {
    const dues = this.#dues;
    const times = this.#times;
    const first = parent * 4 + 1;
    const end = Math.min(first + 4, dues.length);
    let least = first;
    for (let child = first + 1; child < end; child += 1) {
      const time = times[child] as number;
      const best = times[least] as number;
      if (time < best || (time === best && (dues[child] as Due).order < (dues[least] as Due).order)) least = child;
    }
    return least;
  }
}
