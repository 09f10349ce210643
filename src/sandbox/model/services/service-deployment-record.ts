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
  /** The revision that gets production traffic and that a rollback restores. */
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
  /** The stages of the deployment. Empty for a rolling deployment without hooks. */
  plan: readonly Step[];
  /** -1 before the first stage. */
  step: number;
  stepSince: number;
  /** When the step's work and hooks were done; only the bake time remains. */
  stepDoneAt: number | undefined;
  /** Target percentage of production and test traffic for the target revision; undefined if no traffic is shifted. */
  traffic: { readonly production: number; readonly test: number } | undefined;
  hooks: HookRun[];
  /** Until when an otherwise finished rolling deployment watches its alarms. */
  bakeUntil: number | undefined;
}
