import type * as aws from '@aws-sdk/client-ecs';
import type { Tags, Wire } from '../../util/wire-types.ts';
import type { BaseRecord } from '../base-record.ts';

export interface CapacityProviderRecord extends BaseRecord {
  readonly kind: 'capacityProvider';
  readonly name: string;
  readonly type: string;
  cluster: string | undefined;
  status: string;
  autoScalingGroupProvider: Wire<aws.AutoScalingGroupProvider> | undefined;
  managedInstancesProvider: Wire<aws.ManagedInstancesProvider> | undefined;
  updateStatus: string | undefined;
  updateStatusReason: string | undefined;
  tags: Tags;
}
