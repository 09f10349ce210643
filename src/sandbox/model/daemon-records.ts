import type * as aws from '@aws-sdk/client-ecs';
import type { Due } from '../time/due.ts';
import type { Tags, Wire } from '../util/wire-types.ts';
import type { BaseRecord } from './base-record.ts';
import type { ClusterRecord } from './cluster-record.ts';
import type { TaskDefinitionRecord } from './task-definition-record.ts';
import type { TaskRecord } from './tasks/task-record.ts';

export type DaemonWorldRecord =
  | DaemonTaskDefinitionRecord
  | DaemonRecord
  | DaemonRevisionRecord
  | DaemonDeploymentRecord;

export interface DaemonFamilyRecord {
  readonly name: string;
  lastRevision: number;
  readonly revisions: Map<number, DaemonTaskDefinitionRecord>;
}

export interface DaemonTaskDefinitionRecord extends BaseRecord {
  readonly kind: 'daemonTaskDefinition';
  readonly family: string;
  readonly revision: number;
  readonly definition: Wire<aws.DaemonTaskDefinition>;
  /** The equivalent ordinary task definition, from which tasks are created. */
  readonly template: TaskDefinitionRecord;
  status: aws.DaemonTaskDefinitionStatus;
  deleteRequestedAt: number | undefined;
  tags: Tags;
}

/** A snapshot of a daemon's configuration, created with each deployment. */
export interface DaemonRevisionRecord extends BaseRecord {
  readonly kind: 'daemonRevision';
  readonly daemon: DaemonRecord;
  readonly taskDefinition: DaemonTaskDefinitionRecord;
  /** By name. */
  readonly capacityProviders: readonly string[];
  readonly propagateTags: aws.DaemonPropagateTags;
  readonly enableECSManagedTags: boolean;
  readonly enableExecuteCommand: boolean;
  readonly critical: boolean;
}

export interface DaemonDeploymentRecord extends BaseRecord {
  readonly kind: 'daemonDeployment';
  readonly id: string;
  readonly daemon: DaemonRecord;
  readonly target: DaemonRevisionRecord;
  readonly sources: readonly DaemonRevisionRecord[];
  readonly configuration: Wire<aws.DaemonDeploymentConfiguration>;
  /** Started by DeleteDaemon: it stops the tasks. */
  readonly isDeletion: boolean;
  status: aws.DaemonDeploymentStatus;
  statusReason: string | undefined;
  startedAt: number | undefined;
  finishedAt: number | undefined;
  stoppedAt: number | undefined;
  breaker: Wire<aws.DaemonCircuitBreaker>;
  alarms: Wire<aws.DaemonDeploymentAlarms>;
  rollback:
    | { readonly reason: string; readonly startedAt: number; readonly revision: DaemonRevisionRecord }
    | undefined;
  /** Since when every instance runs the target; the bake time starts then. */
  doneAt: number | undefined;
}

export interface DaemonRecord extends BaseRecord {
  readonly kind: 'daemon';
  readonly name: string;
  readonly cluster: ClusterRecord;
  /** DELETED is ours: a daemon that can no longer be found, while its deployments can still be described. */
  status: aws.DaemonStatus | 'DELETED';
  updatedAt: number;
  tags: Tags;
  configuration: Wire<aws.DaemonDeploymentConfiguration>;
  /** By ARN, newest last. */
  readonly revisions: Map<string, DaemonRevisionRecord>;
  readonly deployments: Map<string, DaemonDeploymentRecord>;
  /** The revision that instances should run; undefined before the first deployment. */
  wanted: DaemonRevisionRecord | undefined;
  /** The target of a rollback. */
  lastGood: DaemonRevisionRecord | undefined;
  /** A deployment failed without a rollback target: nothing is started until the next one. */
  isHalted: boolean;
  /** Its tasks that are not STOPPED. */
  readonly tasks: Map<TaskRecord, DaemonRevisionRecord>;
  /** Starts are held until then after failed starts, and the number of consecutive failures. */
  heldUntil: number;
  failedStarts: number;
  wake: Due | undefined;
}

export const DAEMON_GROUP = 'daemon:';
