import type { AccountSettingsRecord } from './account-settings-record.ts';
import type { ClusterRecord } from './cluster-record.ts';
import type { DaemonWorldRecord } from './daemon-records.ts';
import type { GatewayWorldRecord } from './gateway-records.ts';
import type { CapacityProviderRecord } from './instances/capacity-provider-record';
import type { InstanceRecord } from './instances/instance-record';
import type { InstanceState } from './instances/instance-state';
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

/** Of a record that has changed: what was there before, in the fields that the change has set and only in these. */
export type Before = Partial<PlainRecord> | Readonly<TaskState> | Readonly<InstanceState>;

export type WorldRecord = StatefulRecord | PlainRecord;

/** Those that are given another state where they change: EventBridge is told of each of these. */
export type StatefulRecord = TaskRecord | InstanceRecord;

/** Those that change in place. */
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
