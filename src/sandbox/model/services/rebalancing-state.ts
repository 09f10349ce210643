import type { TaskRecord } from '../tasks/task-record.ts';

/** What zone rebalancing has under way for a service. */
export interface Rebalancing {
  /** When to look at the balance next. */
  checkAt: number | undefined;
  /** The task started in the zone that has too few, above the desired count until another one goes. */
  extra: TaskRecord | undefined;
  /** It was told that it is in progress, and not yet how it ended. */
  isReported: boolean;
}
