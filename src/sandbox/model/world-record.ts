import type { AccountSettingsRecord } from './account-settings-record.ts';
import type { ClusterRecord } from './cluster-record.ts';
import type { DaemonWorldRecord } from './daemon-records.ts';
import type { GatewayWorldRecord } from './gateway-records.ts';
import type { CapacityProviderRecord } from './instances/capacity-provider-record.ts';
import type { InstanceRecord } from './instances/instance-record.ts';
import type { InstanceState } from './instances/instance-state.ts';
import type { DeploymentRecord } from './services/deployment-record.ts';
import type { ServiceDeploymentRecord } from './services/service-deployment-record.ts';
import type { ServiceRecord } from './services/service-record.ts';
import type { ServiceRevisionRecord } from './services/service-revision-record.ts';
import type { TaskSetRecord } from './services/task-set-record.ts';
import type { TaskDefinitionRecord } from './task-definition-record.ts';
import type { TaskRecord } from './tasks/task-record.ts';
import type { TaskState } from './tasks/task-state.ts';

export interface Snapshot {
  readonly until: number;
  readonly record: WorldRecord;
}

/** The previous values of the fields that a change has set, and only of these. */
export type Before = Partial<PlainRecord> | Readonly<TaskState> | Readonly<InstanceState>;

export type WorldRecord = StatefulRecord | PlainRecord;

/** Records that get a new state with each change. EventBridge receives each of these changes. */
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
