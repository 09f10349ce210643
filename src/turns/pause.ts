/**
 * After a short job has asked for a turn, other work pauses for so many turns, which are then empty and pass quickly: the
 * short job goes through several turns until it waits for ECS, and again until it is answered.
 */
const PAUSE_TURNS = 4;

/** A pause of other work for the sake of short jobs. */
export class Pause {
  #askedIn = Number.NEGATIVE_INFINITY;
  #since: number | undefined;

  /** A short job asked in this turn. */
  ask(turn: number): void {
    this.#askedIn = turn;
  }

  /** For how many milliseconds other work has paused; undefined if it need not pause. */
  lastsFor(turn: number, now: number): number | undefined {
    if (turn - this.#askedIn >= PAUSE_TURNS) {
      this.#since = undefined;
      return undefined;
    }
    this.#since ??= now;
    return now - this.#since;
  }

  /** Other work was served: it may pause again. */
  end(): void {
    this.#since = undefined;
  }
}
