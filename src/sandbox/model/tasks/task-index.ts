import { firstWordFrom } from '../../util/random.ts';
import type { TaskRecord } from './task-record.ts';

/** Where a task is that was deleted. */
type Place = TaskRecord | undefined;

/**
 * The tasks of a cluster, in the order of their creation, which is the order of their sequence numbers. Most of
 * hundreds of thousands are never looked up, so they enter the index by id with the next look-up, by the first digits.
 */
export class TaskIndex {
  #tasks: Place[] = [];
  #size = 0;
  /** By the first word of the id. Tasks before the place `#indexed` are in it. */
  readonly #byWord = new Map<number, TaskRecord | TaskRecord[]>();
  #indexed = 0;

  get state(): readonly TaskRecord[] {
    return [...this.values()];
  }

  set state(tasks: readonly TaskRecord[]) {
    this.#tasks = [...tasks];
    this.#size = tasks.length;
    this.#indexed = 0;
    this.#byWord.clear();
  }

  static of(tasks: Iterable<TaskRecord>): TaskIndex {
    const index = new TaskIndex();
    index.state = [...tasks];
    return index;
  }

  get size(): number {
    return this.#size;
  }

  *values(): IterableIterator<TaskRecord> {
    for (const task of this.#tasks) if (task !== undefined) yield task;
  }

  add(task: TaskRecord): void {
    this.#tasks.push(task);
    this.#size += 1;
  }

  get(id: string): TaskRecord | undefined {
    const found = this.#indexAll().get(wordOf(id));
    const same = Array.isArray(found) ? found.find((task) => task.id === id) : found;
    return same?.id === id ? same : undefined;
  }

  delete(task: TaskRecord): void {
    const at = this.#placeOf(task.sequence);
    if (this.#tasks[at] !== task) return;
    this.#tasks[at] = undefined;
    this.#size -= 1;
    if (at < this.#indexed) this.#forget(task);
    if (this.#size * 2 < this.#tasks.length) this.#close();
  }

  #indexAll(): Map<number, TaskRecord | TaskRecord[]> {
    for (; this.#indexed < this.#tasks.length; this.#indexed += 1) {
      const task = this.#tasks[this.#indexed];
      if (task === undefined) continue;
      const word = firstWordFrom(task.seed);
      const present = this.#byWord.get(word);
      this.#byWord.set(word, present === undefined ? task : [present, task].flat());
    }
    return this.#byWord;
  }

  #forget(task: TaskRecord): void {
    const word = firstWordFrom(task.seed);
    const present = this.#byWord.get(word);
    const left = Array.isArray(present) ? present.filter((other) => other !== task) : [];
    if (left.length === 0) this.#byWord.delete(word);
    else this.#byWord.set(word, left);
  }

  /** The place of a sequence number, by halving; a deleted task is passed over to the next one. */
  #placeOf(sequence: number): number {
    let from = 0;
    let to = this.#tasks.length - 1;
    while (from < to) {
      const middle = (from + to) >> 1;
      let at = middle;
      while (at < to && this.#tasks[at] === undefined) at += 1;
      const task = this.#tasks[at];
      if (task === undefined || task.sequence >= sequence) {
        if (task?.sequence === sequence) return at;
        to = middle;
      } else from = at + 1;
    }
    return from;
  }

  /** Closes the gaps that deleted tasks have left. */
  #close(): void {
    const indexed = this.#tasks.slice(0, this.#indexed).filter((task) => task !== undefined).length;
    this.#tasks = this.#tasks.filter((task) => task !== undefined);
    this.#indexed = indexed;
  }
}

/** The first eight digits of an id as a 32-bit integer. */
function wordOf(id: string): number {
  return Number.parseInt(id.slice(0, 8), 16) | 0;
}
