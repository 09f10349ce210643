import { changesBetween } from './changes.ts';
import type { LiveEventType, ShownSpec, Update } from './topic-spec.ts';

interface Gap {
  /** The mark in the cursor from which the topic may resume. */
  readonly mark: string | undefined;
  /** Number of polls that received the mark. */
  looks: number;
}

/** Give up searching for missed events after this many polls. */
const MOST_LOOKS = 50;

/** Followers whose cursor the replay buffer could not serve, until they receive the current state. */
export class Gaps<Follower> {
  readonly #byFollower = new Map<Follower, Gap>();
  readonly #canTellSince: boolean;

  /** @param canTellSince whether the topic knows what came after a mark, once a poll has received it */
  constructor(canTellSince: boolean) {
    this.#canTellSince = canTellSince;
  }

  open(follower: Follower, mark: string | undefined): void {
    this.#byFollower.set(follower, { mark, looks: 0 });
  }

  /** The marks that a poll must go back to. */
  ask(): string[] {
    return [...this.#byFollower.values()].flatMap((gap) => {
      gap.looks += 1;
      return gap.mark ?? [];
    });
  }

  /**
   * Whether a follower's missed events require another poll with its mark.
   * @param isSearching whether such a poll will find more than the last one did
   */
  awaitsLook(follower: Follower, isSearching: boolean): boolean {
    const gap = this.#byFollower.get(follower);
    if (gap?.mark === undefined || !this.#canTellSince) return false;
    return gap.looks === 0 || (isSearching && gap.looks < MOST_LOOKS);
  }

  /** Whether a follower resumes from a cursor. */
  has(follower: Follower): boolean {
    return this.#byFollower.has(follower);
  }

  /** Removes and returns the gap of a follower that is served now or has left. Undefined if it missed nothing. */
  close(follower: Follower): Pick<Gap, 'mark'> | undefined {
    const gap = this.#byFollower.get(follower);
    this.#byFollower.delete(follower);
    return gap;
  }
}

/** How a stream begins. */
interface Beginning<Body> {
  /** Undefined if nothing was missed after the cursor, so that no event is sent. */
  readonly type: LiveEventType | undefined;
  /** The changes since the cursor, if they are known; otherwise the event contains the current state. */
  readonly since: Update<Body> | undefined;
}

/** @param gap of a follower whose cursor could not be served from the events that are kept */
export function beginning<State, Body>(
  spec: ShownSpec<State, Body>,
  state: State,
  gap: { readonly mark: string | undefined } | undefined,
  now: number,
): Beginning<Body> {
  if (gap === undefined) return { type: 'SNAPSHOT', since: undefined };
  const since = gap.mark === undefined ? undefined : spec.since?.(state, gap.mark, now);
  if (since === undefined || spec.sinceIsWhole === true) return { type: 'RESYNC', since };
  return { type: since.changes.length === 0 ? undefined : 'CHANGED', since };
}

/** An event that carries a stream from one state to another, which was reached by polls of another process. */
interface Missed<Body> {
  readonly type: LiveEventType;
  readonly news: Update<Body>;
}

/**
 * @param was what followers have seen last, if that is known
 * @returns undefined if nothing was missed
 */
export function missedSince<State, Body>(
  spec: ShownSpec<State, Body>,
  was: Pick<Update<Body>, 'body' | 'mark'> | undefined,
  state: State,
  now: number,
): Missed<Body> | undefined {
  const whole = { ...spec.whole(state, now), changes: [] };
  if (whole.outcome !== null) return { type: 'ENDED', news: whole };
  if (was === undefined) return { type: 'RESYNC', news: whole };
  if (spec.facts !== undefined) {
    const changes = changesBetween(spec.facts(was.body), spec.facts(whole.body));
    return changes.length === 0 ? undefined : { type: 'CHANGED', news: { ...whole, changes } };
  }
  const { type, since } = beginning(spec, state, { mark: was.mark }, now);
  return type === undefined ? undefined : { type, news: since ?? whole };
}
