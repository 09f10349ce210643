/** The part of a bucket that all replicas together may have in their hands. */
const IN_HANDS = 0.5;
const LARGEST_LOT = 20;
/** A replica takes the next lot when it has no more tokens left than this. */
const LOW = 1;
/** Smaller lots are not worth a command: such a bucket supplies only tokens that calls wait for. */
const SMALLEST_LOT = 3;

/** How many tokens of a bucket a replica takes at once. */
export interface LotSize {
  /** 1 for a bucket that is too small for lots, whose `hand` is 0. */
  readonly lot: number;
  /** Tokens left at which the next lot is taken. */
  readonly low: number;
  /** Most tokens that a replica has in its hands while nothing waits. */
  readonly hand: number;
}

/**
 * How many tokens a replica with waiting calls takes before they are there: at least a lot, else what comes within a
 * second. More would let the calls of other replicas wait for longer.
 */
export function tokensAhead({ lot }: LotSize, rate: number): number {
  return Math.max(lot, Math.min(LARGEST_LOT, Math.floor(rate)));
}

/**
 * The lots of a bucket. Tokens in the hands of replicas are part of the bucket, whose own level is limited to the rest,
 * so that no burst is larger than the bucket, however long a replica keeps its tokens.
 */
export function lotSize(capacity: number, replicas: number): LotSize {
  const hand = Math.min(LARGEST_LOT + LOW, Math.floor((capacity * IN_HANDS) / replicas));
  if (hand < SMALLEST_LOT + LOW) return { lot: 1, low: 0, hand: 0 };
  return { lot: hand - LOW, low: LOW, hand };
}
