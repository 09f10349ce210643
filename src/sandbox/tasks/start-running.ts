import type { Containers } from '../model/tasks/containers.ts';
import type { TaskRecord } from '../model/tasks/task-record.ts';
import type { World } from '../model/world.ts';
import { beginChange } from '../store/eventual-consistency.ts';
import { completeChange } from './add-task.ts';
import { registerTarget } from './load-balancer-targets.ts';

/** Marks a task RUNNING, with its containers in their current states. */
export function enterRunning(world: World, task: TaskRecord, containers: Containers): void {
  world.clock.cancel(task.step);
  task.step = undefined;
  const before = beginChange(world, task);
  task.lastStatus = 'RUNNING';
  task.startedAt = world.clock.now();
  task.containers = containers;
  completeChange(world, task, before);
  registerTarget(world, task);
}
