import type { Timers } from '../../ecs/core/timers.ts';
import type { LiveEvent } from '../../live/topic/topic-spec.ts';
import { encodeFeedCursor, type FeedPosition } from '../connections/feed-cursor.ts';
import type { ScopeEntry } from '../core/scopes.ts';
import { rememberEvent } from './event-scopes.ts';

export type Event = LiveEvent<object>;
type Events = AsyncIterator<Event, unknown>;

/** A feed in one scope. */
export interface FeedPart {
  readonly entry: ScopeEntry;
  /** Follows the feed there; again, if it failed. */
  readonly open: () => Promise<AsyncIterable<Event>>;
  /** Where the subscriber left off. */
  readonly position: FeedPosition | undefined;
}

export interface MergedFeedOptions {
  readonly parts: readonly FeedPart[];
  /** The feeds that could be opened; the others are tried again. */
  readonly opened: ReadonlyMap<FeedPart, AsyncIterable<Event>>;
  /** Joins the bodies of first events. */
  readonly join: (bodies: readonly object[]) => object;
  readonly timers: Timers;
}

/** The first event of a new stream waits this long for scopes that answer late. */
const FIRST_MS = 5_000;
/** A scope that cannot be followed is tried again after this time. */
const RETRY_MS = 30_000;

interface Source {
  readonly part: FeedPart;
  events: Events | undefined;
  position: FeedPosition | undefined;
  hasEnded: boolean;
}

/**
 * The events of a feed in several scopes, as one stream. The first event of a new stream joins the snapshots of all scopes; each event after it
 * is of one scope. A scope that fails does not end the stream: it is followed again.
 */
export class MergedFeed implements AsyncIterableIterator<Event> {
  readonly #sources: readonly Source[];
  readonly #join: MergedFeedOptions['join'];
  readonly #timers: Timers;
  /** At most one event of each source: the source joins those that come meanwhile. */
  readonly #ready: { readonly source: Source; readonly event: Event }[] = [];
  #wake: (() => void) | undefined;
  #isNew: boolean;
  #isClosed = false;

  constructor({ parts, opened, join, timers }: MergedFeedOptions) {
    this.#join = join;
    this.#timers = timers;
    this.#isNew = parts.every(({ position }) => position === undefined);
    this.#sources = parts.map((part) => ({ part, events: undefined, position: part.position, hasEnded: false }));
    for (const source of this.#sources) {
      const events = opened.get(source.part);
      if (events === undefined) this.#retry(source);
      else this.#follow(source, events);
    }
  }

  async next(): Promise<IteratorResult<Event, undefined>> {
    if (this.#isNew) {
      this.#isNew = false;
      await this.#untilFirst();
      const first = this.#ready.splice(0);
      if (first.length > 0 && !this.#isClosed) return { done: false, value: this.#joined(first) };
    }
    for (;;) {
      if (this.#isClosed) return { done: true, value: undefined };
      const next = this.#ready.shift();
      if (next === undefined) {
        await this.#more();
        continue;
      }
      const shown = this.#shown(next.source, next.event);
      if (shown !== undefined) return { done: false, value: shown };
    }
  }

  // A pending `next` must not delay the end.
  async return(): Promise<IteratorResult<Event, undefined>> {
    this.#close();
    await Promise.all(this.#sources.map(({ events }) => events?.return?.()));
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #follow(source: Source, events: AsyncIterable<Event>): void {
    source.events = events[Symbol.asyncIterator]();
    this.#pull(source);
  }

  #pull(source: Source): void {
    source.events?.next().then(
      ({ done, value }) => {
        if (this.#isClosed) return;
        if (done === true) this.#end(source);
        else {
          this.#ready.push({ source, event: value as Event });
          this.#wake?.();
        }
      },
      () => this.#retry(source),
    );
  }

  #retry(source: Source): void {
    source.events = undefined;
    this.#timers.schedule(RETRY_MS, () => {
      if (this.#isClosed) return;
      source.part.open().then(
        (events) => {
          if (!this.#isClosed) this.#follow(source, events);
        },
        () => this.#retry(source),
      );
    });
  }

  #end(source: Source): void {
    source.hasEnded = true;
    if (this.#sources.every(({ hasEnded }) => hasEnded)) this.#close();
    this.#wake?.();
  }

  #close(): void {
    this.#isClosed = true;
    this.#wake?.();
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  /** Resolves when every source that could be opened has an event, or has had time for one. */
  async #untilFirst(): Promise<void> {
    let isLate = false;
    const cancel = this.#timers.schedule(FIRST_MS, () => {
      isLate = true;
      this.#wake?.();
    });
    const hasEvent = (source: Source) => this.#ready.some((one) => one.source === source);
    const isWaiting = () =>
      this.#sources.some((source) => source.events !== undefined && !source.hasEnded && !hasEvent(source));
    while (!this.#isClosed && isWaiting() && !(isLate && this.#ready.length > 0)) await this.#more();
    cancel();
  }

  /** The first events as one, in the order of the accounts and regions, whichever came first. */
  #joined(arrived: readonly { readonly source: Source; readonly event: Event }[]): Event {
    const first = this.#sources.flatMap((source) => arrived.filter((one) => one.source === source));
    for (const { source, event } of first) this.#passed(source, event);
    const events = first.map(({ event }) => event);
    const [one] = events as [Event];
    const stalls = events.flatMap(({ stalledSince }) => (stalledSince === null ? [] : [stalledSince.getTime()]));
    const joined: Event = {
      ...one,
      type: 'SNAPSHOT',
      body: this.#join(events.map(({ body }) => body)),
      changes: [],
      summary: first.map(({ source, event }) => `${nameOf(source)}: ${event.summary}`).join('; '),
      degraded: events.find(({ degraded }) => degraded !== null)?.degraded ?? null,
      stalledSince: stalls.length === 0 ? null : new Date(Math.min(...stalls)),
      outcome: null,
      ...this.#place(),
    };
    rememberEvent(
      joined,
      first.map(({ source, event }) => [source.part.entry, event.body] as const),
    );
    return joined;
  }

  /** Undefined for the end of one scope, while others go on. */
  #shown(source: Source, event: Event): Event | undefined {
    this.#passed(source, event);
    if (event.type === 'ENDED' && this.#sources.some((other) => other !== source && !other.hasEnded)) return undefined;
    const place = this.#place();
    return copyOf(event, place.cursor, () => {
      // To a client, a snapshot is the whole: this one is of one scope.
      const type = event.type === 'SNAPSHOT' || event.type === 'RESYNC' ? 'CHANGED' : event.type;
      const copy = { ...event, ...place, type, summary: `${nameOf(source)}: ${event.summary}` } as Event;
      rememberEvent(copy, [[source.part.entry, copy]]);
      return copy;
    });
  }

  #passed(source: Source, { cursor, sequence }: Event): void {
    source.position = { cursor, sequence };
    this.#pull(source);
  }

  #place(): Pick<Event, 'cursor' | 'sequence'> {
    const passed = this.#sources.flatMap(({ part, position }) =>
      position === undefined ? [] : [[part.entry, position] as const],
    );
    return {
      cursor: encodeFeedCursor(passed),
      sequence: passed.reduce((sum, [, { sequence }]) => sum + sequence, 0),
    };
  }
}

function nameOf({ part: { entry } }: Source): string {
  return `${entry.alias} ${entry.scope.region}`;
}

/** Subscribers that were sent the same events share one object, so that it is executed once for all of them. */
const copies = new WeakMap<Event, Map<string, Event>>();

function copyOf(event: Event, cursor: string, create: () => Event): Event {
  const known = copies.get(event) ?? new Map<string, Event>();
  copies.set(event, known);
  const copy = known.get(cursor) ?? create();
  known.set(cursor, copy);
  return copy;
}
