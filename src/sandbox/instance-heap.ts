import { Heap } from './heap.ts';
import type { InstanceRecord } from './state.ts';

/** Less is better. */
export type Score = (instance: InstanceRecord) => number;

interface Entry {
  readonly instance: InstanceRecord;
  readonly keys: readonly number[];
}

function isBefore(a: Entry, b: Entry): boolean {
  for (let at = 0; at < a.keys.length; at += 1) {
    const difference = (a.keys[at] ?? 0) - (b.keys[at] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return a.instance.sequence < b.instance.sequence;
}

/** Instances by their scores at the time they were put in, the oldest first among equals. */
export class InstanceHeap {
  readonly #scores: readonly Score[];
  readonly #heap = new Heap<Entry>(isBefore);

  constructor(instances: readonly InstanceRecord[], scores: readonly Score[]) {
    this.#scores = scores;
    for (const instance of instances) this.push(instance);
  }

  push(instance: InstanceRecord): void {
    this.#heap.push({ instance, keys: this.#scores.map((score) => score(instance)) });
  }

  pop(): InstanceRecord | undefined {
    return this.#heap.pop()?.instance;
  }
}
