import type * as aws from '@aws-sdk/client-ecs';
import type { Wire } from '../../util/wire-types.ts';
import type { BaseRecord } from '../base-record.ts';
import type { Step } from './deployment-stages.ts';
import type { HookRun } from './hook-run.ts';
import type { ServiceRecord } from './service-record.ts';
import type { ServiceRevisionRecord } from './service-revision-record.ts';

export interface ServiceDeploymentRecord extends BaseRecord {
  readonly kind: 'serviceDeployment';
  readonly id: string;
  readonly service: ServiceRecord;
  readonly targetRevision: ServiceRevisionRecord;
  readonly sourceRevisions: readonly ServiceRevisionRecord[];
  /** The one of these that production traffic comes from, and that a rollback goes back to. */
  readonly servingRevision: ServiceRevisionRecord | undefined;
  readonly deploymentConfiguration: Wire<aws.DeploymentConfiguration>;
  status: aws.ServiceDeploymentStatus;
  statusReason: string | undefined;
  startedAt: number | undefined;
  finishedAt: number | undefined;
  stoppedAt: number | undefined;
  updatedAt: number;
  breaker: { status: aws.ServiceDeploymentRollbackMonitorsStatus; failureCount: number; threshold: number };
  alarms: Wire<aws.ServiceDeploymentAlarms> | undefined;
  rollback: { reason: string; startedAt: number; revision: ServiceRevisionRecord } | undefined;
  /** The stages that it goes through, and in which it is. Empty for a rolling deployment without hooks. */
  plan: readonly Step[];
  /** -1 before the first. */
  step: number;
  stepSince: number;
  /** When the step's work and hooks were done: what remains is to bake. */
  stepDoneAt: number | undefined;
  /** Percent of production and test traffic that the target revision is meant to get; none where nothing is shifted. */
  traffic: { readonly production: number; readonly test: number } | undefined;
  hooks: HookRun[];
  /** Until when a rolling deployment that is otherwise done watches its alarms. */
  bakeUntil: number | undefined;
}
