import type { Due } from '../../time/due.ts';
import type { ClusterRecord } from '../cluster-record.ts';
import type { CapacityProviderRecord } from './capacity-provider-record.ts';
import type { InstanceRecord } from './instance-record.ts';

/** The instances of one capacity provider in one cluster, as managed scaling sees them. */
export interface Fleet {
  readonly cluster: ClusterRecord;
  readonly provider: CapacityProviderRecord;
  scaleOut: Due | undefined;
  scaleIn: Due | undefined;
  /** Requested instances that have not registered yet. */
  launching: number;
  readonly idleSince: Map<InstanceRecord, number>;
}
