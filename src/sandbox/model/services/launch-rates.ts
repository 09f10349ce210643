import type { Due } from '../../time/due.ts';
import type { ServiceRecord } from './service-record.ts';

export interface Bucket {
  tokens: number;
  /** Time of the last refill. */
  at: number;
  /** Services that want more than was available, longest wait first. */
  readonly waiting: Set<ServiceRecord>;
  turn: Due | undefined;
}

/** The rates at which tasks launch, in virtual time: ECS's own pace for all callers. */
export interface LaunchRates {
  /** Off while a seed builds its past. */
  enabled: boolean;
  /** Fargate's two rates can be raised; the quota of a service cannot. */
  scale: number;
  readonly onDemand: Bucket;
  readonly spot: Bucket;
  /** The service whose turn it is, and how many tasks it may still launch. */
  served: { readonly service: ServiceRecord; left: number } | undefined;
  /** The current minute of each service, and the number of tasks launched in it. */
  readonly minutes: WeakMap<ServiceRecord, { readonly since: number; launched: number }>;
  /** Services that have already reported that they are throttled. */
  readonly reported: WeakSet<ServiceRecord>;
}
