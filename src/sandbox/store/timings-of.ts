import type { TaskRecord } from '../model/tasks/task-record.ts';
import type { World } from '../model/world.ts';
import type { Timings } from '../time/timings.ts';

/** How long a task takes: by its task definition, else by its world. */
export function timingsOf(world: World, { taskDefinition }: Pick<TaskRecord, 'taskDefinition'>): Timings {
  return taskDefinition.timings ?? world.timings;
}
