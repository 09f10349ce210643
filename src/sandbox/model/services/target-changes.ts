import type { TaskSetRecord } from './task-set-record.ts';

/** Targets of one target group that came or went at about the same time; those of each task set by themselves. */
export interface TargetCount {
  readonly targetGroupArn: string;
  readonly taskSet: TaskSetRecord | undefined;
  count: number;
}

/** Targets that came and went since the service last told of them. */
export interface PendingTargetChanges {
  readonly registered: TargetCount[];
  readonly deregistered: TargetCount[];
  /** Tasks that finish what they have begun, by the id of their deployment or task set. */
  readonly draining: Map<string, number>;
}
