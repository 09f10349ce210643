import type { TaskRecord } from './task-record.ts';

/**
 * The tasks of a service, a deployment or an instance, in the order in which they were added. An array, because it is
 * read again and again and takes a third of a set's memory. Copy it before you add or delete while you iterate.
 */
export class TaskList implements Iterable<TaskRecord> {
  #tasks: TaskRecord[] = [];

  get state(): readonly TaskRecord[] {
    return this.#tasks;
  }

  set state(tasks: readonly TaskRecord[]) {
    this.#tasks = [...tasks];
  }

  static of(tasks: Iterable<TaskRecord>): TaskList {
    const list = new TaskList();
    list.#tasks = [...tasks];
    return list;
  }

  get size(): number {
    return this.#tasks.length;
  }

  /** For loops that run millions of times; it must not be changed. */
  get all(): readonly TaskRecord[] {
    return this.#tasks;
  }

  [Symbol.iterator](): IterableIterator<TaskRecord> {
    return this.#tasks[Symbol.iterator]();
  }

  add(task: TaskRecord): void {
    this.#tasks.push(task);
  }

  delete(task: TaskRecord): void {
    const tasks = this.#tasks;
    const at = tasks.indexOf(task);
    if (at < 0) return;
    // Unlike `splice`, this creates no array.
    for (let next = at + 1; next < tasks.length; next += 1) tasks[next - 1] = tasks[next] as TaskRecord;
    tasks.pop();
  }
}
