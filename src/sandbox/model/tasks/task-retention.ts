import { dueAction } from '../../time/due-action.ts';
import type { World } from '../world.ts';
import type { TaskRecord } from './task-record.ts';

const forgetStopped = dueAction('tasks.forget', (world: World) => world.stopped.forget(world));

/**
 * Stopped tasks that can still be described. All are kept equally long, so the first to stop is the first to be
 * removed: only one timer is pending for hundreds of thousands of tasks.
 */
export class Retention {
  #tasks: TaskRecord[] = [];
  #first = 0;

  /** The kept tasks, in the order of removal. */
  get state(): readonly TaskRecord[] {
    return this.#tasks.slice(this.#first);
  }

  set state(tasks: readonly TaskRecord[]) {
    this.#tasks = [...tasks];
    this.#first = 0;
  }

  keep(world: World, task: TaskRecord): void {
    this.#tasks.push(task);
    if (this.#tasks.length - this.#first === 1) this.#await(world, task);
  }

  #await(world: World, { stoppedAt = 0 }: TaskRecord): void {
    world.clock.at(stoppedAt + world.timings.keepStopped, forgetStopped, world, undefined);
  }

  /** Removes expired tasks. */
  forget(world: World): void {
    const due = world.clock.now() - world.timings.keepStopped;
    let next = this.#tasks[this.#first];
    while (next !== undefined && (next.stoppedAt ?? 0) <= due) {
      next.cluster.tasks.delete(next);
      this.#first += 1;
      next = this.#tasks[this.#first];
    }
    if (this.#first * 2 > this.#tasks.length) {
      this.#tasks = this.#tasks.slice(this.#first);
      this.#first = 0;
    }
    if (next !== undefined) this.#await(world, next);
  }
}
