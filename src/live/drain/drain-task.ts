import type { Task } from '@aws-sdk/client-ecs';
import type { DrainTaskKind } from '../core/task-owner.ts';

/** The state of a task on its way off the instance. */
export type DrainTaskState = 'WAITING' | 'STOPPING' | 'STOPPED';

/** A task that is or was on a draining instance. */
export interface DrainTask {
  readonly task: Task;
  readonly kind: DrainTaskKind;
  readonly state: DrainTaskState;
  /** Null if the protection cannot be read. */
  readonly isProtected: boolean | null;
  /** ECS does not link a task to its replacement: this task of the same service started next. */
  readonly probableReplacement: Task | null;
  readonly isReplacementHealthy: boolean;
}
