import type * as aws from '@aws-sdk/client-ecs';
import type { Due } from '../../time/due.ts';
import type { Tags, Wire } from '../../util/wire-types.ts';
import type { BaseRecord } from '../base-record.ts';
import type { ClusterRecord } from '../cluster-record.ts';
import type { TaskList } from '../tasks/task-list.ts';
import type { TaskRecord } from '../tasks/task-record.ts';
import type { DeploymentRecord } from './deployment-record.ts';
import type { Rebalancing } from './rebalancing-state.ts';
import type { ServiceDeploymentRecord } from './service-deployment-record.ts';
import type { Pause } from './service-pause.ts';
import type { ServiceRevisionRecord } from './service-revision-record.ts';
import type { ServiceSpec } from './service-spec.ts';
import type { PendingTargetChanges } from './target-changes.ts';
import type { TaskSetRecord } from './task-set-record.ts';

export interface ServiceRecord extends BaseRecord {
  readonly kind: 'service';
  readonly name: string;
  readonly cluster: ClusterRecord;
  readonly createdBy: string;
  readonly schedulingStrategy: aws.SchedulingStrategy;
  deploymentController: Wire<aws.DeploymentController>;
  /** Whether ECS handed it to another controller, so that its task sets are shown as deployments. */
  showsDeployments: boolean;
  /** Undefined if it was created with a capacity provider strategy. */
  readonly createdLaunchType: aws.LaunchType | undefined;
  readonly roleArn: string | undefined;
  readonly resourceManagementType: string;
  status: string;
  desiredCount: number;
  /** The configuration that UpdateService changes, in wire format. */
  spec: ServiceSpec;
  tags: Tags;
  /** Newest first: the PRIMARY one, then the ones that still have tasks. */
  deployments: DeploymentRecord[];
  /** The target of a rollback: the latest deployment that reached COMPLETED. */
  lastCompleted: DeploymentRecord | undefined;
  readonly serviceDeployments: Map<string, ServiceDeploymentRecord>;
  readonly revisions: Map<string, ServiceRevisionRecord>;
  /** By id; only for the deployment controllers EXTERNAL and CODE_DEPLOY. */
  readonly taskSets: Map<string, TaskSetRecord>;
  events: Wire<aws.ServiceEvent>[];
  /** The time of the newest event, which may be some milliseconds ahead. */
  lastEventAt: number;
  /** Its tasks that are not STOPPED. */
  readonly tasks: TaskList;
  steady: boolean;
  readonly targetChanges: PendingTargetChanges;
  readonly rebalancing: Rebalancing;
  /** Whether the event about protected tasks that block scale-in was already emitted. */
  isProtectionEmitted: boolean;
  /** Tasks that ended since the scheduler's last look. */
  ended: TaskRecord[];
  /** Its desired count at the scheduler's last plan. */
  plannedCount: number;
  /** Until when an accident pauses the scheduler for it. */
  pausedUntil: number;
  pausedBy: Pause | undefined;
  wake: Due | undefined;
  steadyRepeat: Due | undefined;
}
