import type { Due } from '../time/due.ts';
import type { CapacityProviderRecord } from './capacity-provider-record.ts';
import type { ClusterRecord, InstanceRecord } from './world.ts';

/** The instances of one capacity provider in one cluster, as managed scaling sees them. */
export interface Fleet {
  readonly cluster: ClusterRecord;
  readonly provider: CapacityProviderRecord;
  scaleOut: Due | undefined;
  scaleIn: Due | undefined;
  /** Asked for, not yet registered. */
  launching: number;
  readonly idleSince: Map<InstanceRecord, number>;
}
