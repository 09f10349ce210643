import type { Logger } from 'pino';
import type { Timers } from '../../ecs/core/timers.ts';
import type { EcsEvent } from '../core/ecs-event.ts';
import type { EcsEventSource, EventSink, EventSourceState } from '../core/event-source.ts';
import { EventIntake, type Outcome, type Trusts } from './intake.ts';

export interface HttpSourceParts {
  readonly trusts: Trusts;
  readonly timers: Timers;
  /** AWS's clock, in epoch milliseconds. */
  readonly now: () => number;
  readonly log: Logger;
}

/** The answer to a delivery, as its HTTP status. */
export interface Delivered {
  readonly status: 200 | 400 | 429 | 503;
  /** Seconds after which to try again. */
  readonly retryAfter?: number;
}

/** EventBridge repeats a delivery for 24 hours, so an older event is not a repetition. */
const OLDEST_MS = 25 * 3_600_000;
/** How far an event's time may be ahead of ours. */
const AHEAD_MS = 300_000;
/** How long ids are remembered, and how many. Beyond that a repetition costs a merge that changes nothing. */
const SEEN_MS = 600_000;
const MOST_SEEN = 20_000;
/** EventBridge waits for 5 s. */
const MERGE_MS = 4_000;
const MOST_DELIVERIES = 64;

/**
 * Events that EventBridge posts to the gateway, one a request. A delivery is answered with 200 once its event is merged, or has no use
 * here; with 400 if it is not an event or outside of the replay window; with 429 or 503 if it should come again.
 */
export class HttpSource implements EcsEventSource {
  readonly #parts: HttpSourceParts;
  readonly #intake: EventIntake;
  /** When an event was merged, by its id, oldest first. */
  readonly #seen = new Map<string, number>();
  #sink: EventSink | undefined;
  #deliveries = 0;
  #contactAt: number | undefined;
  #isFailing = false;
  #onIdle: (() => void) | undefined;

  constructor(parts: HttpSourceParts) {
    this.#parts = parts;
    this.#intake = new EventIntake(parts.trusts);
  }

  start(sink: EventSink): void {
    if (this.#sink !== undefined) throw new Error('the source was started before');
    this.#sink = sink;
  }

  state(): EventSourceState {
    return {
      name: 'https',
      lastContactAt: this.#contactAt,
      // EventBridge does not say what waits for its next try.
      backlogMs: undefined,
      trouble: this.#isFailing ? 'the last event could not be merged' : undefined,
    };
  }

  counts(): ReadonlyMap<Outcome, number> {
    return this.#intake.counts();
  }

  /** Takes the body of an authenticated delivery. */
  async take(body: string): Promise<Delivered> {
    const sink = this.#sink;
    if (sink === undefined) return { status: 503, retryAfter: 1 };
    if (this.#deliveries >= MOST_DELIVERIES) return { status: 429, retryAfter: 1 };
    this.#deliveries += 1;
    let merged: Promise<boolean> | undefined;
    try {
      const event = await this.#receive(body);
      if ('status' in event) return event;
      merged = this.#merge(event, sink);
      return (await this.#inTime(merged)) ? { status: 200 } : { status: 503, retryAfter: 1 };
    } finally {
      // A merge that takes too long is answered, and still under way.
      void (merged ?? Promise.resolve()).finally(() => {
        this.#deliveries -= 1;
        if (this.#deliveries === 0) this.#onIdle?.();
      });
    }
  }

  async close(): Promise<void> {
    this.#sink = undefined;
    if (this.#deliveries > 0) await new Promise<void>((resolve) => (this.#onIdle = resolve));
  }

  /** The event that a body brings, or the answer if there is nothing to merge. */
  async #receive(body: string): Promise<EcsEvent | Delivered> {
    const event = await this.#intake.read(body);
    if (event === 'invalid') return { status: 400 };
    if (event === 'failed') return { status: 503, retryAfter: 1 };
    this.#contactAt = this.#parts.timers.monotonic();
    if (typeof event === 'string') return { status: 200 };
    if (!this.#isInWindow(event)) {
      this.#intake.count('invalid');
      return { status: 400 };
    }
    if (!this.#seen.has(event.id)) return event;
    this.#intake.count('duplicate');
    return { status: 200 };
  }

  #isInWindow({ time }: EcsEvent): boolean {
    const now = this.#parts.now();
    return time >= now - OLDEST_MS && time <= now + AHEAD_MS;
  }

  /** False if the merge failed: the event then comes again. */
  async #merge(event: EcsEvent, sink: EventSink): Promise<boolean> {
    try {
      await sink([event]);
    } catch (error) {
      this.#intake.count('failed');
      if (!this.#isFailing) this.#parts.log.warn({ err: error }, 'an event of EventBridge cannot be merged');
      this.#isFailing = true;
      return false;
    }
    this.#intake.count('taken');
    this.#remember(event.id);
    this.#isFailing = false;
    return true;
  }

  /** False if it takes longer than EventBridge waits. */
  async #inTime(merged: Promise<boolean>): Promise<boolean> {
    let cancel = () => {};
    const late = new Promise<false>((resolve) => {
      cancel = this.#parts.timers.schedule(MERGE_MS, () => resolve(false));
    });
    const isMerged = await Promise.race([merged, late]);
    cancel();
    return isMerged;
  }

  #remember(id: string): void {
    const now = this.#parts.timers.monotonic();
    this.#seen.set(id, now);
    for (const [oldest, at] of this.#seen) {
      if (this.#seen.size <= MOST_SEEN && at > now - SEEN_MS) break;
      this.#seen.delete(oldest);
    }
  }
}
