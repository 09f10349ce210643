import type * as aws from '@aws-sdk/client-ecs';
import type { BaseRecord } from '../base-record.ts';
import type { TaskList } from '../tasks/task-list.ts';
import type { Holds } from './launch-holds.ts';
import type { ServiceDeploymentRecord } from './service-deployment-record.ts';
import type { ServiceRecord } from './service-record.ts';
import type { ServiceRevisionRecord } from './service-revision-record.ts';
import type { ServiceSpec } from './service-spec.ts';
import type { Census } from './task-census.ts';

export interface DeploymentRecord extends BaseRecord {
  readonly kind: 'deployment';
  readonly id: string;
  readonly service: ServiceRecord;
  /** The configuration of its tasks. */
  readonly spec: ServiceSpec;
  readonly revision: ServiceRevisionRecord;
  status: string;
  /** When the scheduler first plans for it. */
  readonly beginsAt: number;
  /** Number of tasks that the service still wants from it; 0 before the first plan. */
  desiredCount: number;
  failedTasks: number;
  /** Whether a task of it ever ran: the circuit breaker then counts failed health checks. */
  hasRun: boolean;
  /** Number of its healthy tasks at the scheduler's last look. */
  healthyTasks: number;
  rolloutState: aws.DeploymentRolloutState;
  rolloutStateReason: string;
  updatedAt: number;
  serviceDeployment: ServiceDeploymentRecord;
  /** Its tasks that are not STOPPED. */
  readonly tasks: TaskList;
  /** Counts of these tasks, valid until one of them changes. */
  census: Census | undefined;
  readonly holds: Holds;
  /** Whether the event about blocking percentages was already emitted. */
  isStuckEmitted: boolean;
}
