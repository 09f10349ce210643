import type { TaskRecord } from '../model/tasks/task-record.ts';
import type { World } from '../model/world.ts';
import type { DueAction } from '../time/due-action.ts';

const NONE: TaskRecord['incidents'] = [];

/** The next step of a task's life, replacing whichever was to come. */
export function next(world: World, task: TaskRecord, delay: number, step: DueAction<World, TaskRecord>): void {
  world.clock.cancel(task.step);
  task.step = world.clock.again(task.step, delay, step, world, task);
}

/** Something that will befall a task, unless that is told to stop before; the action is given the world and the detail. */
export function plan<D>(world: World, task: TaskRecord, delay: number, action: DueAction<World, D>, detail: D): void {
  // A list of just these: one that grows by itself makes room for sixteen, and most tasks have one.
  task.incidents = [...task.incidents, world.clock.after(delay, action, world, detail)];
}

/** Drops what has happened: a container that is restarted again and again plans anew each time. */
export function forgetPast(task: TaskRecord): void {
  task.incidents = task.incidents.filter(({ isQueued }) => isQueued);
}

/** Neither a step nor an incident is to come any more. */
export function clearPlans(world: World, task: TaskRecord): void {
  world.clock.cancel(task.step);
  task.step = undefined;
  for (const incident of task.incidents) world.clock.cancel(incident);
  task.incidents = NONE;
}
