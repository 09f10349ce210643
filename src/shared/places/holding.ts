/** One who waits for a place. */
export interface Waiter {
  /** Ends the wait, with a place or without one. */
  settle(isServed: boolean): void;
}

/** The places of one kind that one principal has at this replica. */
export class Holding {
  readonly key: string;
  /** Whether callers wait for places of this kind. Then a replica may keep some in hand, and give way to another one. */
  readonly canWait: boolean;
  /** The limit, by the last request. */
  most = 0;
  /** Places in use. */
  used = 0;
  /** Places that Redis counts for this replica. No more are used while Redis answers. */
  granted = 0;
  readonly waiting: Waiter[] = [];
  isAsking = false;
  /** Whether a command is under way whose answer changes `granted`. */
  isTaking = false;
  /** Whether Redis does not count, although it is there: this replica then uses its part, as without Redis. */
  isUncounted = false;
  /** Whether Redis may count other places for this replica than `granted`, because a command had no answer. */
  isUnsure = false;
  /** Whether a timer runs that gives back what is not needed. */
  isLingering = false;
  /** Whether another replica lacks places, by the last answer. */
  isWanted = false;
  /** Whether all replicas together have more places than the limit, as far as is known. Those that become free then go back. */
  isOver = false;
  /** When a place was last given back. */
  freedAt = 0;

  constructor(key: string, canWait: boolean) {
    this.key = key;
    this.canWait = canWait;
  }

  get isIdle(): boolean {
    const isUnused = this.used === 0 && this.granted === 0 && this.waiting.length === 0;
    return isUnused && !this.isAsking && !this.isUnsure;
  }
}

/**
 * Places that a replica keeps for a principal who uses them again and again. All replicas together keep half of the limit at most, so
 * that one of them can always have the rest.
 */
export function placesInHand(most: number, replicas: number): number {
  return Math.floor(most / (2 * replicas));
}

/** With this many places, a replica leaves free ones to others that lack some. */
export function fairPartOf(most: number, replicas: number): number {
  return Math.ceil(most / replicas);
}

/** The part of a limit that each replica allows by itself. */
export function partOf(most: number, replicas: number): number {
  return most === 0 ? 0 : Math.max(1, Math.floor(most / replicas));
}
