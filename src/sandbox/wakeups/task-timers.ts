import type { TaskRecord, World } from '../model/world.ts';

const NONE: TaskRecord['incidents'] = [];

/** The next step of a task's life, replacing whichever was to come. */
export function next(
  world: World,
  task: TaskRecord,
  delay: number,
  step: (world: World, task: TaskRecord) => void,
): void {
  world.clock.cancel(task.step);
  task.step = world.clock.callAgain(task.step, delay, step, world, task);
}

/** Something that will befall a task, unless that is told to stop before. */
export function plan(world: World, task: TaskRecord, delay: number, happen: () => void): void {
  // A list of just these: one that grows by itself makes room for sixteen, and most tasks have one.
  task.incidents = [...task.incidents, world.clock.after(delay, happen)];
}

/** Neither a step nor an incident is to come any more. */
export function clearPlans(world: World, task: TaskRecord): void {
  world.clock.cancel(task.step);
  task.step = undefined;
  for (const incident of task.incidents) world.clock.cancel(incident);
  task.incidents = NONE;
}
