import type { TaskRecord } from '../model/tasks/task-record.ts';
import type { World } from '../model/world.ts';
import type { DueAction } from '../time/due-action.ts';

const NONE: TaskRecord['incidents'] = [];

/** Schedules the next step of a task's lifecycle, replacing any pending one. */
export function next(world: World, task: TaskRecord, delay: number, step: DueAction<World, TaskRecord>): void {
  world.clock.cancel(task.step);
  task.step = world.clock.again(task.step, delay, step, world, task);
}

/** Schedules an incident of a task, unless the task is stopped before; the action receives the world and the detail. */
export function plan<D>(world: World, task: TaskRecord, delay: number, action: DueAction<World, D>, detail: D): void {
  // An exact array: one that grows reserves sixteen places, and most tasks have one incident.
  task.incidents = [...task.incidents, world.clock.after(delay, action, world, detail)];
}

/** Drops past incidents: a container that restarts again and again plans new ones each time. */
export function forgetPast(task: TaskRecord): void {
  task.incidents = task.incidents.filter(({ isQueued }) => isQueued);
}

/** Cancels the pending step and all incidents. */
export function clearPlans(world: World, task: TaskRecord): void {
  world.clock.cancel(task.step);
  task.step = undefined;
  for (const incident of task.incidents) world.clock.cancel(incident);
  task.incidents = NONE;
}
