import { LatestValues } from '../../util/latest-values.ts';
import type { Follower } from './follower.ts';
import type { LiveEvent } from './topic-spec.ts';

/**
 * Number of different values of `stallAfter` that are kept. For others a resumed stream may repeat the start of a
 * stall.
 */
const MOST_SPANS = 50;

interface StallStart {
  readonly since: number;
  readonly sequence: number;
}

/**
 * The stalls of one topic. Since when it has made no progress is the same for all followers; after how long that is a
 * stall is each follower's choice. So each event exists once as it is, and once more for followers that receive it
 * during a stall.
 */
export class Stalls<Body> {
  readonly #starts = new LatestValues<StallStart, number>(MOST_SPANS);
  /** By `stallAfter`, since when. */
  #open = new Map<number, number>();
  readonly #quietSince = new WeakMap<LiveEvent<Body>, number>();
  readonly #within = new WeakMap<LiveEvent<Body>, LiveEvent<Body>>();

  /** Since when there is a stall at a given time; undefined without one. */
  at(now: number, quietSince: number, stallAfterMs: number | undefined): number | undefined {
    return stallAfterMs !== undefined && now - quietSince >= stallAfterMs ? quietSince : undefined;
  }

  /**
   * Remembers since when the topic had made no progress when an event was created, for followers that receive it later.
   */
  keep(event: LiveEvent<Body>, quietSince: number): void {
    this.#quietSince.set(event, quietSince);
  }

  /** The stall during which an event was created. */
  atEvent(event: LiveEvent<Body>, stallAfterMs: number | undefined): number | undefined {
    const quietSince = this.#quietSince.get(event);
    return quietSince === undefined ? undefined : this.at(event.observedAt.getTime(), quietSince, stallAfterMs);
  }

  /** The event for followers that receive it during a stall: one object for all of them. */
  within(event: LiveEvent<Body>, since: number | undefined): LiveEvent<Body> {
    if (since === undefined) return event;
    const known = this.#within.get(event);
    if (known?.stalledSince?.getTime() === since) return known;
    const stalled = { ...event, stalledSince: new Date(since) };
    this.#within.set(event, stalled);
    return stalled;
  }

  /**
   * Sends missed events as they were sent then.
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
      follower.push(this.within(event, since), at.now);
    }
    if (at.since !== undefined && this.hasReported(stallAfterMs, at.since, at.sequence)) follower.isStalled = true;
  }

  /** Remembers that the event of this number reported the start of a stall. */
  begin(stallAfterMs: number, since: number, sequence: number): void {
    if (this.#starts.get(stallAfterMs)?.since === since) return;
    this.#starts.set(stallAfterMs, { since, sequence });
  }

  /**
   * Which stalls begin and end for the given values of `stallAfter`, if one process reports them for all.
   * @returns `stallAfter`, and since when there is a stall; undefined if it has ended
   */
  turns(spans: Iterable<number>, now: number, quietSince: number): [number, number | undefined][] {
    const turns: [number, number | undefined][] = [];
    for (const span of new Set([...spans, ...this.#open.keys()])) {
      const since = this.at(now, quietSince, span);
      if (since === this.#open.get(span)) continue;
      turns.push([span, since]);
      if (since === undefined) this.#open.delete(span);
      else this.#open.set(span, since);
    }
    return turns;
  }

  /** Sends the beginning or end of a stall that one process reports for all. */
  giveTurn(follower: Follower<Body>, event: LiveEvent<Body>, span: number | undefined, now: number): void {
    const { stalledSince } = event;
    const isStalled = stalledSince !== null;
    if (follower.options.stallAfterMs !== span || follower.isStalled === isStalled) return;
    if (isStalled && span !== undefined) this.begin(span, stalledSince.getTime(), event.sequence);
    follower.isStalled = isStalled;
    follower.push(event, now);
  }

  /** The stalls that were reported for all processes. */
  get open(): (readonly [number, number])[] {
    return [...this.#open];
  }

  set open(stalls: readonly (readonly [number, number])[]) {
    this.#open = new Map(stalls);
  }

  /** Whether the events up to a number reported the stall. */
  hasReported(stallAfterMs: number | undefined, since: number, sequence: number): boolean {
    const start = stallAfterMs === undefined ? undefined : this.#starts.get(stallAfterMs);
    return start?.since === since && start.sequence <= sequence;
  }
}
