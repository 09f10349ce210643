import type { Containers } from '../model/tasks/containers.ts';
import type { TaskRecord } from '../model/tasks/task-record.ts';
import type { World } from '../model/world.ts';
import { changeTask } from './add-task.ts';
import { registerTarget } from './load-balancer-targets.ts';

/** Marks a task RUNNING, with its containers in their current states. */
export function enterRunning(world: World, task: TaskRecord, containers: Containers): void {
  world.clock.cancel(task.step);
  task.step = undefined;
  const state = task.fork();
  state.lastStatus = 'RUNNING';
  state.startedAt = world.clock.now();
  state.containers = containers;
  changeTask(world, task, state);
  registerTarget(world, task);
}
