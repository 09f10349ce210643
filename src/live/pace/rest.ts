import { nextOnGrid, type PaceLimits, type Pulse } from './poll-interval.ts';

/** The longest times without a poll, in ticks, while changes are announced: polls only find what was missed. */
const ACTIVE_MOST_TICKS = 64;
const QUIET_MOST_TICKS = 256;
/** For this many ticks after a change, things change that nothing announces: health, stages of a deployment. */
const RECENT_TICKS = 300;
const RECENT_MOST_TICKS = 16;

/**
 * Each poll without a change makes the time this many times as long: the first ones find what ECS's reads showed too
 * late, and every limit above is reached exactly, so that topics of a cluster share their polls.
 */
const GROWTH = 4;

/** How long a topic rests between two polls. */
export class Rest {
  readonly #pace: PaceLimits;
  #ticks = 1;
  #changedAt = Number.NEGATIVE_INFINITY;
  #until = Number.NEGATIVE_INFINITY;

  constructor(pace: PaceLimits) {
    this.#pace = pace;
  }

  lastsAt(now: number): boolean {
    return now < this.#until;
  }

  /** A poll was answered. @param changed whether it found something new */
  begin(changed: boolean, pulse: Pulse, now: number): void {
    const { tickMs } = this.#pace;
    if (changed) this.#changedAt = now;
    const isRecent = now - this.#changedAt < RECENT_TICKS * tickMs;
    const most = pulse === 'quiet' ? QUIET_MOST_TICKS : isRecent ? RECENT_MOST_TICKS : ACTIVE_MOST_TICKS;
    this.#ticks = changed ? 1 : Math.min(this.#ticks * GROWTH, most);
    // Not in this very moment, if that is just before a point of the grid: it would show what this poll has shown.
    this.#until = nextOnGrid(changed ? now : now + tickMs, this.#ticks, this.#pace);
  }

  /** The next poll is needed at once, and the ones after it soon: reads of ECS may lag behind what was announced. */
  end(): void {
    this.#until = Number.NEGATIVE_INFINITY;
    this.#ticks = 1;
  }
}
