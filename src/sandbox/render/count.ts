import type { TaskRecord } from '../model/tasks/task-record.ts';
import { isPending } from '../store/task-statuses.ts';

export interface Counts {
  readonly running: number;
  readonly pending: number;
}

/** `runningCount` counts RUNNING, `pendingCount` PROVISIONING, PENDING and ACTIVATING. */
export function countTasks(tasks: Iterable<TaskRecord>): Counts {
  let running = 0;
  let pending = 0;
  for (const task of tasks) {
    if (task.lastStatus === 'RUNNING') running += 1;
    else if (isPending(task)) pending += 1;
  }
  return { running, pending };
}
