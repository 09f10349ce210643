import type { TaskSetRecord } from './task-set-record.ts';

/** Number of targets of one target group that came or went at about the same time, separately for each task set. */
export interface TargetCount {
  readonly targetGroupArn: string;
  readonly taskSet: TaskSetRecord | undefined;
  count: number;
}

/** Target changes since the service's last event about them. */
export interface PendingTargetChanges {
  readonly registered: TargetCount[];
  readonly deregistered: TargetCount[];
  /** Number of draining tasks by the id of their deployment or task set. */
  readonly draining: Map<string, number>;
}
