import type { BaseRecord } from '../base-record.ts';
import type { ServiceRecord } from './service-record.ts';
import type { ServiceSpec } from './service-spec.ts';

export interface ServiceRevisionRecord extends BaseRecord {
  readonly kind: 'serviceRevision';
  readonly id: string;
  readonly service: ServiceRecord;
  readonly spec: ServiceSpec;
  /** Whether its tasks are in the alternate target group: revisions alternate when traffic is shifted. */
  readonly usesAlternate: boolean;
}
