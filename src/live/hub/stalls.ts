import type { Follower } from './follower.ts';
import type { LiveEvent } from './topic-spec.ts';

/** So many different values of `stallAfter` are told apart; of others a resumed stream may repeat the beginning of a stall. */
const MOST_SPANS = 50;

interface Told {
  readonly since: number;
  readonly sequence: number;
}

/**
 * The stalls of one topic. Since when it has stood still is the same for everybody; after how long that is a stall is for each
 * follower to say. So each event exists as it is, and once more for those to whom it comes within a stall.
 */
export class Stalls<Body> {
  readonly #told = new Map<number, Told>();
  readonly #quietSince = new WeakMap<LiveEvent<Body>, number>();
  readonly #within = new WeakMap<LiveEvent<Body>, LiveEvent<Body>>();

  /** Since when there is a stall at a moment; undefined where there is none. */
  at(now: number, quietSince: number, stallAfterMs: number | undefined): number | undefined {
    return stallAfterMs !== undefined && now - quietSince >= stallAfterMs ? quietSince : undefined;
  }

  /** Remembers since when the topic had stood still when an event was made, for those who are sent it later. */
  keep(event: LiveEvent<Body>, quietSince: number): void {
    this.#quietSince.set(event, quietSince);
  }

  /** The stall within which an event came. */
  atEvent(event: LiveEvent<Body>, stallAfterMs: number | undefined): number | undefined {
    const quietSince = this.#quietSince.get(event);
    return quietSince === undefined ? undefined : this.at(event.observedAt.getTime(), quietSince, stallAfterMs);
  }

  /** An event as it is for those to whom it comes within a stall: one object for all of them. */
  within(event: LiveEvent<Body>, since: number | undefined): LiveEvent<Body> {
    if (since === undefined) return event;
    const known = this.#within.get(event);
    if (known?.stalledSince?.getTime() === since) return known;
    const stalled = { ...event, stalledSince: new Date(since) };
    this.#within.set(event, stalled);
    return stalled;
  }

  /**
   * Sends events that a follower missed, as they were told then.
   * @param at the number of the last event that it saw, and since when there is a stall for it now
   */
  replay(
    follower: Follower<Body>,
    missed: readonly LiveEvent<Body>[],
    at: { readonly sequence: number; readonly now: number; readonly since: number | undefined },
  ): void {
    const { stallAfterMs } = follower.options;
    for (const event of missed) {
      const since = this.atEvent(event, stallAfterMs);
      follower.isStalled = since !== undefined;
      follower.tell(this.within(event, since), at.now);
    }
    if (at.since !== undefined && this.hasTold(stallAfterMs, at.since, at.sequence)) follower.isStalled = true;
  }

  /** The beginning of a stall was told by the event of this number. */
  begin(stallAfterMs: number, since: number, sequence: number): void {
    if (this.#told.get(stallAfterMs)?.since === since) return;
    const [oldest] = this.#told.size >= MOST_SPANS ? this.#told.keys() : [];
    if (oldest !== undefined) this.#told.delete(oldest);
    this.#told.set(stallAfterMs, { since, sequence });
  }

  /** Whether whoever has seen all events up to a number was told of a stall. */
  hasTold(stallAfterMs: number | undefined, since: number, sequence: number): boolean {
    const told = stallAfterMs === undefined ? undefined : this.#told.get(stallAfterMs);
    return told?.since === since && told.sequence <= sequence;
  }
}
