export type EventType = 'INFO' | 'WARN' | 'ERROR';

export interface ServiceAction {
  readonly eventType: EventType;
  readonly eventName: string;
  readonly reason?: string;
}

/** Which event stands for what a service tells of itself; most texts have none. */
const ACTIONS: readonly (readonly [RegExp, EventType, string, string?])[] = [
  [/taskSet .* has reached a steady state/, 'INFO', 'TASKSET_STEADY_STATE'],
  [/taskSet .* updated state to STEADY_STATE/, 'INFO', 'TASKSET_STEADY_STATE'],
  [/number of protected tasks are more/, 'INFO', 'TASKSET_SCALE_IN_FAILURE_BY_TASK_PROTECTION'],
  [/has started \d+ tasks in .* to AZ Rebalance/, 'INFO', 'TASKS_STARTED'],
  [/has reached a steady state/, 'INFO', 'SERVICE_STEADY_STATE'],
  [/has stopped \d+ running tasks/, 'INFO', 'TASKS_STOPPED'],
  [/is unable to consistently start tasks/, 'WARN', 'SERVICE_TASK_START_IMPAIRED'],
  [/insufficient CPU/, 'ERROR', 'SERVICE_TASK_PLACEMENT_FAILURE', 'RESOURCE:CPU'],
  [/insufficient memory/, 'ERROR', 'SERVICE_TASK_PLACEMENT_FAILURE', 'RESOURCE:MEMORY'],
  [/insufficient GPU/, 'ERROR', 'SERVICE_TASK_PLACEMENT_FAILURE', 'RESOURCE:GPU'],
  [/already using a port/, 'ERROR', 'SERVICE_TASK_PLACEMENT_FAILURE', 'RESOURCE:PORTS'],
  [/was unable to place a task/, 'ERROR', 'SERVICE_TASK_PLACEMENT_FAILURE'],
  [/operations are being throttled/, 'ERROR', 'ECS_OPERATION_THROTTLED'],
  [/AZ Rebalancing in progress/, 'INFO', 'SERVICE_REBALANCING_STARTED'],
  [/stopped AZ Rebalancing/, 'INFO', 'SERVICE_REBALANCING_STOPPED'],
  [/ is AZ balanced/, 'INFO', 'SERVICE_REBALANCING_COMPLETED'],
];

export function actionOf(message: string): ServiceAction | undefined {
  const found = ACTIONS.find(([pattern]) => pattern.test(message));
  if (found === undefined) return undefined;
  const [, eventType, eventName, reason] = found;
  return { eventType, eventName, ...(reason === undefined ? {} : { reason }) };
}
