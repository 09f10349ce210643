import type {
  Attribute,
  EphemeralStorage,
  LaunchType,
  NetworkConfiguration,
  ServiceConnectConfiguration,
  ServiceVolumeConfiguration,
  TaskOverride,
  TaskVolumeConfiguration,
} from '@aws-sdk/client-ecs';
import type { Wire } from '../../util/wire-types.ts';
import type { ClusterRecord } from '../cluster-record.ts';
import type { Demand } from '../instances/instance-capacity.ts';
import type { ServiceRecord } from '../services/service-record.ts';
import type { TaskDefinitionRecord } from '../task-definition-record.ts';
import type { Containers } from './containers.ts';
import type { TaskRest } from './task-record.ts';

/** The members that tasks started together share, created once. It never changes. */
export interface TaskOrigin {
  readonly bornAt: number;
  readonly cluster: ClusterRecord;
  readonly taskDefinition: TaskDefinitionRecord;
  readonly service: ServiceRecord | undefined;
  readonly launchType: LaunchType;
  readonly capacityProviderName: string | undefined;
  readonly platformVersion: string | undefined;
  readonly platformFamily: string | undefined;
  readonly group: string;
  readonly startedBy: string | undefined;
  readonly overrides: Wire<TaskOverride>;
  readonly cpu: string;
  readonly memory: string;
  readonly demand: Demand;
  readonly enableExecuteCommand: boolean;
  readonly ephemeralStorage: Wire<EphemeralStorage> | undefined;
  readonly networkConfiguration: Wire<NetworkConfiguration> | undefined;
  readonly volumeConfigurations: readonly VolumeConfiguration[] | undefined;
  readonly serviceConnect: Wire<ServiceConnectConfiguration> | undefined;
  readonly attributes: Wire<Attribute>[];
  readonly containers: Containers;
  readonly rest: TaskRest;
  readonly longArn: boolean;
  /** Their ARNs without the id. */
  readonly arnPrefix: string;
}

export type VolumeConfiguration = Wire<TaskVolumeConfiguration> | Wire<ServiceVolumeConfiguration>;
