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

export type WorldRecord = StatefulRecord | PlainRecord;

/** Records whose changes EventBridge receives. */
export type StatefulRecord = TaskRecord | InstanceRecord;

/** Functions to call after each change. By kind, because one function for all kinds is several times slower. */
export interface WorldObserver {
  readonly onTask: (task: TaskRecord, before: TaskBefore | undefined) => void;
  readonly onInstance: (instance: InstanceRecord, before: InstanceBefore | undefined) => void;
  readonly onRecord: (record: PlainRecord, before: Partial<PlainRecord> | undefined) => void;
}

/** All other records. */
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
