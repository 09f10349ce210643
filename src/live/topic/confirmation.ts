/** When a look was begun, and how much later than the first one that found an end another has to find it, too. */
export interface LookMoment {
  /** By the monotonic clock. */
  readonly askedAt: number;
  readonly confirmMs: number;
}

/**
 * The default delay of the confirmation. ECS answers reads from replicas that lag by a few seconds: a poll that starts
 * this long after the first one shows ECS as it was then or later.
 */
export const DEFAULT_CONFIRM_MS = 5_000;

/** Whether a poll confirms an end that the poll of `claimedAt` found first; undefined if none has found it yet. */
export function isConfirmed(claimedAt: number | undefined, { askedAt, confirmMs }: LookMoment): boolean {
  return claimedAt !== undefined && askedAt >= claimedAt + confirmMs;
}

/** A process that has not confirmed an end this long after it should have is probably gone. */
const LOST_AFTER_MS = 5_000;

/** The earliest of these times; undefined if all are undefined. */
export function earliest(moments: Iterable<number | undefined>): number | undefined {
  let first: number | undefined;
  for (const moment of moments) if (moment !== undefined && !(first !== undefined && first <= moment)) first = moment;
  return first;
}

/** When one topic looks for an end that it has found. */
export class EndClaim {
  /** When the first poll that found it started; undefined if nothing must be confirmed. */
  #claimedAt: number | undefined;
  /** Until when one waits that the process which polls has found. */
  #elsewhereUntil = Number.NEGATIVE_INFINITY;
  readonly #confirmMs: number;
  readonly #leewayMs: number;
  readonly #monotonic: () => number;

  /** @param leewayMs how much before it is due a look may begin */
  constructor(confirmMs: number, leewayMs: number, monotonic: () => number) {
    this.#confirmMs = confirmMs;
    this.#leewayMs = leewayMs;
    this.#monotonic = monotonic;
  }

  get isOpen(): boolean {
    return this.#claimedAt !== undefined || this.#monotonic() < this.#elsewhereUntil;
  }

  /** Until when other processes wait for the confirmation, should they hear nothing; undefined if none is due. */
  get lastsUntil(): number | undefined {
    return this.#claimedAt === undefined ? undefined : this.#claimedAt + this.#confirmMs + LOST_AFTER_MS;
  }

  /** The process that polls has found an end, and confirms it by then. */
  waitUntil(monotonic: number): void {
    this.#elsewhereUntil = monotonic;
  }

  /** Nothing waits for it any more. */
  drop(): void {
    this.#claimedAt = undefined;
    this.#elsewhereUntil = Number.NEGATIVE_INFINITY;
  }

  /** A poll was answered. @returns whether what it found must be confirmed by a later one */
  take(isEnd: boolean, moment: LookMoment): boolean {
    const mustWait = isEnd && !isConfirmed(this.#claimedAt, moment);
    this.#claimedAt = mustWait ? (this.#claimedAt ?? moment.askedAt) : undefined;
    return mustWait;
  }

  /**
   * From when a look may confirm an end.
   * @param ofState when ends were found that the topic's state holds
   */
  from(ofState: number | undefined): number | undefined {
    const claimedAt = earliest([this.#claimedAt, ofState]);
    return claimedAt === undefined ? undefined : claimedAt + this.#confirmMs;
  }

  /** When the next poll is due, given when it would be due `otherwise`. */
  dueAt(ofState: number | undefined, otherwise: number): number {
    const from = this.from(ofState);
    if (from === undefined) return otherwise;
    const due = this.#confirmMs === 0 ? from : from + this.#leewayMs;
    return this.#claimedAt === undefined ? Math.min(due, otherwise) : due;
  }
}

/**
 * The followers that may receive an end: their first poll was not later than this one, and they did not come later than
 * this.
 */
export interface Audience {
  readonly firstLook: number;
  readonly joinedAt: number;
  /** When that poll began, by the monotonic clock. */
  readonly askedAt?: number;
}

/** Whether a follower may receive an end; never while it may turn out that it follows another resource. */
export function isAmong(
  to: Audience,
  { firstLook, joinedAt, isAtItsTopic }: Audience & { isAtItsTopic: boolean },
): boolean {
  return isAtItsTopic && firstLook <= to.firstLook && joinedAt <= to.joinedAt;
}

/**
 * The followers that may receive an end that a poll found.
 * @param look the number of the poll, or of the one before if it shows the end only together with earlier polls
 */
export function audienceOf(look: number, moment?: LookMoment): Audience {
  return {
    firstLook: look,
    joinedAt: moment === undefined ? Number.POSITIVE_INFINITY : moment.askedAt - moment.confirmMs,
  };
}
