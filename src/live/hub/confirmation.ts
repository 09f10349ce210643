/** When a look was begun, and how much later than the first one that found an end another has to find it, too. */
export interface LookMoment {
  /** By the monotonic clock. */
  readonly askedAt: number;
  readonly confirmMs: number;
}

/**
 * How much later unless the settings say otherwise. ECS answers reads from copies that lag behind by a few seconds: a look that
 * begins so long after the first one shows ECS as it was at that one or later.
 */
export const DEFAULT_CONFIRM_MS = 5_000;

/** Whether a look confirms an end that was first found by the look of `claimedAt`; undefined where none has found it yet. */
export function isConfirmed(claimedAt: number | undefined, { askedAt, confirmMs }: LookMoment): boolean {
  return claimedAt !== undefined && askedAt >= claimedAt + confirmMs;
}

/** The earliest of these moments; undefined where there is none. */
export function earliest(moments: Iterable<number | undefined>): number | undefined {
  let first: number | undefined;
  for (const moment of moments) if (moment !== undefined && !(first !== undefined && first <= moment)) first = moment;
  return first;
}

/** When one topic looks for an end that it has found. */
export class EndClaim {
  /** When the first look began that found it; undefined while none is to be confirmed. */
  #claimedAt: number | undefined;
  readonly #confirmMs: number;
  readonly #leewayMs: number;

  /** @param leewayMs how much before it is due a look may begin */
  constructor(confirmMs: number, leewayMs: number) {
    this.#confirmMs = confirmMs;
    this.#leewayMs = leewayMs;
  }

  get isOpen(): boolean {
    return this.#claimedAt !== undefined;
  }

  /** Nobody waits for it any more. */
  drop(): void {
    this.#claimedAt = undefined;
  }

  /** A look was answered. @returns whether what it found has to be confirmed by a later one */
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

  /** When the next look is due, which would come at `otherwise`. */
  dueAt(ofState: number | undefined, otherwise: number): number {
    const from = this.from(ofState);
    if (from === undefined) return otherwise;
    const due = this.#confirmMs === 0 ? from : from + this.#leewayMs;
    return this.#claimedAt === undefined ? Math.min(due, otherwise) : due;
  }
}

/** Who may be told of an end: those whose first look was no later than this one, and who came no later than this. */
export interface Audience {
  readonly firstLook: number;
  readonly joinedAt: number;
}

/** Whether a follower may be told of an end; never while it may turn out that it asked for something else. */
export function isAmong(
  to: Audience,
  { firstLook, joinedAt, isAtItsTopic }: Audience & { isAtItsTopic: boolean },
): boolean {
  return isAtItsTopic && firstLook <= to.firstLook && joinedAt <= to.joinedAt;
}

/**
 * Who may be told of an end that a look found.
 * @param look the number of the look, or of the one before where it shows the end only beside what was seen before
 * @param moment of the look, where it confirms the end: who came within the lag before it may have come after a change that no look
 * has shown yet
 */
export function audienceOf(look: number, moment?: LookMoment): Audience {
  return {
    firstLook: look,
    joinedAt: moment === undefined ? Number.POSITIVE_INFINITY : moment.askedAt - moment.confirmMs,
  };
}
