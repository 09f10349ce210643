import type { Due } from '../../time/due.ts';
import type { ServiceRecord } from './service-record.ts';

export interface Bucket {
  tokens: number;
  /** When it was last filled. */
  at: number;
  /** Services that want more than there was, longest first. */
  readonly waiting: Set<ServiceRecord>;
  turn: Due | undefined;
}

/** How fast tasks are launched, in virtual time: the pace of ECS itself, whoever asks. */
export interface LaunchRates {
  /** Off while a seed plants its past. */
  enabled: boolean;
  /** Fargate's two rates can be raised, the quota of a service cannot. */
  scale: number;
  readonly onDemand: Bucket;
  readonly spot: Bucket;
  /** Whose turn it is, and how many tasks it may still launch in it. */
  served: { readonly service: ServiceRecord; left: number } | undefined;
  /** The minute in which each service launches, and how many it has launched in it. */
  readonly minutes: WeakMap<ServiceRecord, { readonly since: number; launched: number }>;
  /** Services that have said that they are held up. */
  readonly reported: WeakSet<ServiceRecord>;
}
