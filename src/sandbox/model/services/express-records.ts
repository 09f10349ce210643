import type * as aws from '@aws-sdk/client-ecs';
import type { Wire } from '../../util/wire-types.ts';
import type { ServiceRevisionRecord } from './service-revision-record.ts';

/** The parts of an Express service beside its ECS service: the settings of each revision, and its resources. */
export interface ExpressRecord {
  /** Part of the names of its resources. */
  readonly id: string;
  readonly infrastructureRoleArn: string;
  readonly createdAt: number;
  updatedAt: number;
  deletedAt: number | undefined;
  readonly settings: Map<ServiceRevisionRecord, ExpressSettings>;
}

export interface ExpressSettings {
  readonly healthCheckPath: string;
  readonly primaryContainer: Wire<aws.ExpressGatewayContainer>;
  readonly scalingTarget: Wire<aws.ExpressGatewayScalingTarget>;
  readonly networkConfiguration: Wire<aws.ExpressGatewayServiceNetworkConfiguration>;
  readonly cpu: string;
  readonly memory: string;
  readonly cpuArchitecture: aws.ExpressCpuArchitecture | undefined;
  readonly executionRoleArn: string | undefined;
  readonly taskRoleArn: string | undefined;
}
