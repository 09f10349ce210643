import type { TaskRecord } from '../tasks/task-record.ts';

/** State of zone rebalancing for a service. */
export interface Rebalancing {
  /** When to check the balance next. */
  checkAt: number | undefined;
  /** The task that was started in a zone with too few tasks. It exceeds the desired count until another task stops. */
  extra: TaskRecord | undefined;
  /** Whether its start was reported and its end was not. */
  isReported: boolean;
}
