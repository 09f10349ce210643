import type * as aws from '@aws-sdk/client-ecs';
import type { Tags, Wire } from '../util/wire-types.ts';
import type { BaseRecord } from './base-record.ts';
import type { InstanceRecord } from './instances/instance-record.ts';
import type { ServiceRecord } from './services/service-record.ts';
import type { TaskIndex } from './tasks/task-index.ts';

export interface ClusterRecord extends BaseRecord {
  readonly kind: 'cluster';
  readonly name: string;
  status: string;
  settings: Wire<aws.ClusterSetting>[];
  configuration: Wire<aws.ClusterConfiguration> | undefined;
  serviceConnectDefaults: Wire<aws.ClusterServiceConnectDefaults> | undefined;
  capacityProviders: string[];
  defaultCapacityProviderStrategy: Wire<aws.CapacityProviderStrategyItem>[];
  attachments: Wire<aws.Attachment>[];
  attachmentsStatus: string | undefined;
  tags: Tags;
  readonly services: Map<string, ServiceRecord>;
  /** Its services with the DAEMON strategy, including deleted ones. */
  readonly daemonServices: Set<ServiceRecord>;
  readonly tasks: TaskIndex;
  readonly instances: Map<string, InstanceRecord>;
  /** Instances by zone, in order of registration. */
  readonly zones: Map<string, InstanceRecord[]>;
  /** Services that wait for room; woken when there is some. */
  readonly starved: Set<ServiceRecord>;
  /** Number of tasks by lastStatus, updated with each change. */
  runningTasks: number;
  pendingTasks: number;
}
