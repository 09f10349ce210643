import type { AccountSettingsRecord } from './account-settings-record.ts';
import type { ClusterRecord } from './cluster-record.ts';
import type { DaemonWorldRecord } from './daemon-records.ts';
import type { GatewayWorldRecord } from './gateway-records.ts';
import type { CapacityProviderRecord } from './instances/capacity-provider-record.ts';
import type { InstanceBefore, InstanceRecord } from './instances/instance-record.ts';
import type { DeploymentRecord } from './services/deployment-record.ts';
import type { ServiceDeploymentRecord } from './services/service-deployment-record.ts';
import type { ServiceRecord } from './services/service-record.ts';
import type { ServiceRevisionRecord } from './services/service-revision-record.ts';
import type { TaskSetRecord } from './services/task-set-record.ts';
import type { TaskDefinitionRecord } from './task-definition-record.ts';
import type { TaskBefore, TaskRecord } from './tasks/task-record.ts';

export interface Snapshot {
  readonly until: number;
  readonly record: WorldRecord;
}

/** The previous values of the fields that a change has set, and only of these; of tasks and instances, those that matter. */
export type Before = Partial<PlainRecord> | TaskBefore | InstanceBefore;

export type WorldRecord = StatefulRecord | PlainRecord;

/** Records whose changes EventBridge receives. */
export type StatefulRecord = TaskRecord | InstanceRecord;

/** Records that are changed in place. */
export type PlainRecord =
  | ClusterRecord
  | ServiceRecord
  | TaskDefinitionRecord
  | CapacityProviderRecord
  | DeploymentRecord
  | ServiceDeploymentRecord
  | ServiceRevisionRecord
  | TaskSetRecord
  | DaemonWorldRecord
  | GatewayWorldRecord
  | AccountSettingsRecord;
