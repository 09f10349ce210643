import type { Task } from '@aws-sdk/client-ecs';
import type { DrainTaskKind } from '../core/task-owner.ts';

/** Where a task stands on its way off the instance. */
export type DrainTaskState = 'WAITING' | 'STOPPING' | 'STOPPED';

/** One task that is, or was, on a draining instance. */
export interface DrainTask {
  readonly task: Task;
  readonly kind: DrainTaskKind;
  readonly state: DrainTaskState;
  readonly isProtected: boolean;
  /** ECS links no task to the one that it replaces: this one is of the same service, and began next. */
  readonly probableReplacement: Task | null;
  readonly isReplacementHealthy: boolean;
}
