import type { InstanceRecord } from '../model/instances/instance-record.ts';
import type { TaskRecord } from '../model/tasks/task-record.ts';

/** Compared one by one instead of with a Set, because this runs many millions of times. */
export function isPendingStatus(status: string): boolean {
  return status === 'PENDING' || status === 'ACTIVATING' || status === 'PROVISIONING';
}

/** Starting. All three states count into the `pendingCount` of services and clusters (AWS says only PENDING). */
export function isPending(task: { readonly lastStatus: string }): boolean {
  return isPendingStatus(task.lastStatus);
}

/**
 * PENDING, RUNNING or STOPPING and the states between them: what maximumPercent limits, by the service's update page
 * (the API reference omits STOPPING).
 */
export function isOccupying({ lastStatus }: { readonly lastStatus: string }): boolean {
  return lastStatus !== 'STOPPED' && lastStatus !== 'DEPROVISIONING';
}

/** RUNNING or starting, whether or not it is being stopped. */
export function isUp(task: { readonly lastStatus: string }): boolean {
  return task.lastStatus === 'RUNNING' || isPendingStatus(task.lastStatus);
}

/**
 * The `runningTasksCount` of a container instance, in answers and queries. AWS counts by desired status here: a task
 * that is being stopped no longer counts, even while it runs.
 */
export function countRunning({ tasks }: InstanceRecord): number {
  let running = 0;
  for (const task of tasks) if (task.lastStatus === 'RUNNING' && isWanted(task)) running += 1;
  return running;
}

/** Whether it is meant to stay. */
export function isWanted(task: TaskRecord): boolean {
  return task.desiredStatus === 'RUNNING';
}
