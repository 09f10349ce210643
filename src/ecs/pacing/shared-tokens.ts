import type { BucketName } from '../core/operations.ts';

/** The buckets of one account and region that all replicas of the gateway take from. */
export interface SharedTokens {
  /** Whether the place that holds the buckets cannot be used at present. */
  readonly isAway: boolean;
  /** Replicas, by what is known. */
  readonly replicas: number;
  /** Part of the bucket to use at present: below 1 for a while after its level was lost. */
  readonly part: number;
  /** Takes a lot. Rejects if it is not known whether the tokens were taken; they are then lost. */
  take(bucket: BucketName, wanted: LotRequest): Promise<Lot>;
  /** Calls back when the buckets can be used again. */
  onBack(listener: () => void): void;
}

export interface LotRequest {
  /** Most tokens that the bucket may hold beside the lots in the hands of the replicas. */
  readonly capacity: number;
  /** New tokens a second. */
  readonly rate: number;
  /** How many tokens this replica takes before they are there. */
  readonly ahead: number;
  /** How many tokens all replicas together may have taken before they are there. */
  readonly mostAhead: number;
  readonly tokens: number;
  /** Tokens of polls, which have a bucket of half the size and rate. A poll takes a token from each. */
  readonly polls: number;
  /** Tokens that this replica has used without taking them, while the bucket was away. */
  readonly used: number;
  /** A call that was sent this many milliseconds ago was throttled by ECS. */
  readonly throttledAgoMs?: number | undefined;
}

/** Tokens in the order in which they come: those above `level` at the time of the answer come later, at the rate. */
export interface Lot {
  readonly tokens: number;
  readonly polls: number;
  /** Level of the bucket before this lot; negative if earlier lots have tokens that are yet to come. */
  readonly level: number;
  readonly pollLevel: number;
  /** Part of the bucket that is used, below 1 after a throttle. */
  readonly factor: number;
}
