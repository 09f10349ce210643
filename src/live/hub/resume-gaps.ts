import type { LiveEventType, News, TopicSpec } from './topic-spec.ts';

interface Gap {
  /** From where the topic itself may go on, if the cursor says. */
  readonly mark: string | undefined;
  /** Looks that were told of it. */
  looks: number;
}

/** What is not found by so many looks is not waited for any longer. */
const MOST_LOOKS = 50;

/** Followers whose cursor could not be served from the ring, until they are told how things stand. */
export class Gaps<Follower> {
  readonly #byFollower = new Map<Follower, Gap>();
  readonly #canTellSince: boolean;

  /** @param canTellSince whether the topic knows what came after a mark, once a look has been told of it */
  constructor(canTellSince: boolean) {
    this.#canTellSince = canTellSince;
  }

  open(follower: Follower, mark: string | undefined): void {
    this.#byFollower.set(follower, { mark, looks: 0 });
  }

  /** The marks that a look is to go back to. */
  ask(): string[] {
    return [...this.#byFollower.values()].flatMap((gap) => {
      gap.looks += 1;
      return gap.mark ?? [];
    });
  }

  /**
   * Whether what a follower missed can only be told after another look that knows of its mark.
   * @param isSearching whether such a look will find more than the last one did
   */
  awaitsLook(follower: Follower, isSearching: boolean): boolean {
    const gap = this.#byFollower.get(follower);
    if (gap?.mark === undefined || !this.#canTellSince) return false;
    return gap.looks === 0 || (isSearching && gap.looks < MOST_LOOKS);
  }

  /** Whether a follower goes on behind a cursor. */
  has(follower: Follower): boolean {
    return this.#byFollower.has(follower);
  }

  /** The gap of a follower, which is no more: it is told now, or has left. Undefined when it missed nothing. */
  close(follower: Follower): Pick<Gap, 'mark'> | undefined {
    const gap = this.#byFollower.get(follower);
    this.#byFollower.delete(follower);
    return gap;
  }
}

/** How a stream begins. */
interface Beginning<Body> {
  /** Undefined where nothing was missed behind the cursor, and nothing is told. */
  readonly type: LiveEventType | undefined;
  /** What happened since the cursor, where that can be told; otherwise the event tells how things stand. */
  readonly since: News<Body> | undefined;
}

/** @param gap of a follower whose cursor could not be served from the events that are kept */
export function beginning<Session, State, Look, Body>(
  spec: TopicSpec<Session, State, Look, Body>,
  state: State,
  gap: { readonly mark: string | undefined } | undefined,
  now: number,
): Beginning<Body> {
  if (gap === undefined) return { type: 'SNAPSHOT', since: undefined };
  const since = gap.mark === undefined ? undefined : spec.since?.(state, gap.mark, now);
  if (since === undefined || spec.sinceIsWhole === true) return { type: 'RESYNC', since };
  return { type: since.changes.length === 0 ? undefined : 'CHANGED', since };
}
