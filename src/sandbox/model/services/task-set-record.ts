import type * as aws from '@aws-sdk/client-ecs';
import type { Tags } from '../../util/wire-types.ts';
import type { BaseRecord } from '../base-record.ts';
import type { TaskList } from '../tasks/task-list.ts';
import type { Holds } from './launch-holds.ts';
import type { ServiceRecord } from './service-record.ts';
import type { ServiceSpec } from './service-spec.ts';
import type { Census } from './task-census.ts';

export interface TaskSetRecord extends BaseRecord {
  readonly kind: 'taskSet';
  readonly id: string;
  readonly service: ServiceRecord;
  /** Its own launch type, network, load balancers and registries, combined with the service's. */
  readonly spec: ServiceSpec;
  readonly startedBy: string | undefined;
  readonly externalId: string | undefined;
  scale: { readonly value: number; readonly unit: aws.ScaleUnit };
  status: string;
  desiredCount: number;
  stabilityStatus: aws.StabilityStatus;
  stabilityStatusAt: number;
  updatedAt: number;
  tags: Tags;
  /** Its tasks that are not STOPPED. */
  readonly tasks: TaskList;
  census: Census | undefined;
  readonly holds: Holds;
}
