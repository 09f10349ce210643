import type { TaskBefore, TaskRecord } from '../model/tasks/task-record.ts';

/**
 * The states that ECS announces. Eight recorded events of 2018 to 2024 count only these: a task behind a load balancer
 * on Fargate has the version 3 when it is RUNNING, so that ACTIVATING and the steps of its network interface take none.
 */
const ANNOUNCED: ReadonlySet<string> = new Set(['PENDING', 'RUNNING', 'DEPROVISIONING', 'STOPPED']);

/** The causes of a stop that a caller, a scheduler or AWS wished for, before anything in the task ends. */
const WISHES: ReadonlySet<string | undefined> = new Set([
  'UserInitiated',
  'ServiceSchedulerInitiated',
  'SpotInterruption',
  'TerminationNotice',
]);

/** Whether the container that ended leaves the task RUNNING. */
function isSidecarOver({ lastStatus, desiredStatus, containers }: TaskRecord, before: TaskBefore): boolean {
  if (containers === before.containers || lastStatus !== 'RUNNING' || desiredStatus !== 'RUNNING') return false;
  return containers.all.some(
    (state, index) => state.lastStatus !== before.containers.all[index]?.lastStatus && before.lastStatus === 'RUNNING',
  );
}

/** Whether a change gives a task its next version, and EventBridge an event. */
export function isAnnounced(task: TaskRecord, before: TaskBefore): boolean {
  if (task.lastStatus !== before.lastStatus && ANNOUNCED.has(task.lastStatus)) return true;
  if (task.desiredStatus !== before.desiredStatus) return WISHES.has(task.end?.stopCode);
  if (task.connectivity !== before.connectivity && before.connectivity !== undefined) return true;
  return isSidecarOver(task, before);
}
