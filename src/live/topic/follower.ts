import { joinChanges } from './changes.ts';
import type { LiveEvent, LiveEventType, TopicSpec } from './topic-spec.ts';

/** Options of a subscriber, in milliseconds of ECS's time. */
export interface FollowOptions {
  /** The stream ends with TIMED_OUT after this time. */
  readonly timeoutMs?: number | undefined;
  /** Emit STALLED after this time without progress. */
  readonly stallAfterMs?: number | undefined;
  /** Minimum time between two events; changes in between are joined. The last event never waits. */
  readonly minIntervalMs?: number | undefined;
  /** Resume after this cursor. */
  readonly after?: string | undefined;
}

/** Above this number of undelivered events, further events are joined into one. */
const MOST_QUEUED = 16;

/** The consumer of a follower's events, notified when an event is available. */
export interface FollowerListener {
  onReady(): void;
}

/** The parts of a topic that its followers need. */
type Followed<Body> = Pick<TopicSpec<never, never, never, Body>, 'joinBodies' | 'summaryIsWhole'>;

/** Where followers go, for all of them. */
interface FollowerPlaces {
  /** Lets a follower follow what has the name of its topic now. */
  placeAgain<Body>(follower: Follower<Body>): void;
}

interface Asker<Item> {
  readonly resolve: (result: IteratorResult<Item>) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * One subscriber of a topic: its queue, and the rate at which it wants events. An async iterator whose `return` takes
 * effect at once, even while a `next` is pending.
 */
export class Follower<Body> implements AsyncIterableIterator<LiveEvent<Body>> {
  readonly options: FollowOptions;
  /** The specification of its topic, which all followers share; the given one before it has a topic. */
  spec: Followed<Body>;
  /** Its topic. */
  topic: { leave(follower: Follower<Body>): void } | undefined;
  /** Set while it may turn out that it follows another topic. */
  late: { leave(): void; onDone(): void } | undefined;
  /** The first poll of its topic whose end it may receive. */
  firstLook = 0;
  /** When it joined its topic, by the monotonic clock; always, behind a cursor of that very life. */
  joinedAt = Number.NEGATIVE_INFINITY;
  /** A reading from before this time is no first event for it. */
  usableFrom = Number.NEGATIVE_INFINITY;
  /** False while it may turn out that it follows another topic: it receives no end then. */
  isAtItsTopic = true;
  /** Set once ECS has shown it something: from then on no outage is an error. */
  isPatient = false;
  readonly #places: FollowerPlaces;
  /** Absent while it is empty: most followers have taken all their events. */
  #queue: LiveEvent<Body>[] | undefined;
  #held: LiveEvent<Body> | undefined;
  #waiting: Asker<LiveEvent<Body>>[] | undefined;
  #listener: FollowerListener | undefined;
  #error: unknown;
  #done = false;
  #isCut = false;
  #lastSentAt: number | undefined;
  /** ECS's time of the first event. */
  startedAt: number | undefined;
  /** Whether it was notified of the current stall. */
  isStalled = false;

  constructor(options: FollowOptions, spec: Followed<Body>, places: FollowerPlaces) {
    this.options = options;
    this.spec = spec;
    this.#places = places;
  }

  /** Follows the current resource instead of the one that has ended, from its start, even after it has had an event. */
  rejoin(): void {
    this.startedAt = undefined;
    if (this.late === undefined) this.#places.placeAgain(this);
    else this.late.leave();
  }

  leaveTopic(): void {
    this.topic?.leave(this);
  }

  get isDone(): boolean {
    return this.#done;
  }

  /** Whether it has had its first event. */
  get hasBegun(): boolean {
    return this.startedAt !== undefined;
  }

  /** Whether the reading of a poll at that time is no older than a query's answer when this follower came. */
  mayBeginWith(readAt: number): boolean {
    return readAt > this.usableFrom || readAt >= this.joinedAt;
  }

  /** Delivers an event, at once or when `minInterval` allows. ENDED is the last event. */
  push(event: LiveEvent<Body>, now: number): void {
    if (this.#done) return;
    this.startedAt ??= now;
    this.#held = this.#held === undefined ? event : this.#join(this.#held, event);
    this.flush(now, event.type === 'ENDED');
    if (event.type === 'ENDED') this.#finish();
  }

  /** Delivers a delayed event if it is due. */
  flush(now: number, force = false): void {
    const { minIntervalMs = 0 } = this.options;
    if (this.#held === undefined) return;
    if (!force && this.#lastSentAt !== undefined && now - this.#lastSentAt < minIntervalMs) return;
    const event = this.#held;
    this.#held = undefined;
    this.#lastSentAt = now;
    this.#send(event);
  }

  /** Ends the stream: it is complete. */
  complete(): void {
    this.#finish();
  }

  /** Ends the stream early: the client must reconnect for the rest. */
  cut(): void {
    this.#isCut = true;
    this.#finish();
  }

  get isCut(): boolean {
    return this.#isCut;
  }

  /** Ends the stream with an error. */
  fail(error: unknown): void {
    if (this.#done) return;
    this.#error = error;
    this.#finish();
  }

  next(): Promise<IteratorResult<LiveEvent<Body>>> {
    try {
      const taken = this.take();
      if (taken !== undefined) return Promise.resolve(taken);
    } catch (error) {
      return Promise.reject(error);
    }
    return new Promise((resolve, reject) => {
      this.#waiting ??= [];
      this.#waiting.push({ resolve, reject });
    });
  }

  /** Like `next`, without a promise: undefined if it would wait. Throws what it would reject with. */
  take(): IteratorResult<LiveEvent<Body>> | undefined {
    const event = this.#queue?.shift();
    if (this.#queue?.length === 0) this.#queue = undefined;
    if (event !== undefined) return { value: event, done: false };
    if (this.#error !== undefined) {
      const error = this.#error;
      this.#error = undefined;
      throw error;
    }
    return this.#done ? { value: undefined, done: true } : undefined;
  }

  /** Notifies a listener when `take` has something to return: one event may go to thousands of followers. */
  listen(listener: FollowerListener): void {
    this.#listener = listener;
  }

  return(): Promise<IteratorResult<LiveEvent<Body>>> {
    this.#queue = undefined;
    this.#error = undefined;
    this.#finish();
    return Promise.resolve({ value: undefined, done: true });
  }

  throw(error: unknown): Promise<IteratorResult<LiveEvent<Body>>> {
    void this.return();
    return Promise.reject(error);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  #send(event: LiveEvent<Body>): void {
    const waiting = this.#waiting?.shift();
    if (waiting !== undefined) {
      waiting.resolve({ value: event, done: false });
      return;
    }
    const last = this.#queue?.at(-1);
    if (this.#queue === undefined) this.#queue = [event];
    else if (last !== undefined && this.#queue.length >= MOST_QUEUED)
      this.#queue[this.#queue.length - 1] = this.#join(last, event);
    else this.#queue.push(event);
    this.#listener?.onReady();
  }

  /** The later event, including the changes of the earlier one. */
  #join(earlier: LiveEvent<Body>, later: LiveEvent<Body>): LiveEvent<Body> {
    const { spec } = this;
    const isFirst = earlier.type === 'SNAPSHOT' || earlier.type === 'RESYNC';
    const joinsSummaries = spec.joinBodies !== undefined && spec.summaryIsWhole !== true;
    return {
      ...later,
      // The line includes news that the later event does not repeat: many bots post nothing else.
      summary: joinsSummaries ? joinLines(earlier.summary, later.summary) : later.summary,
      type: joinTypes(earlier, later),
      body: spec.joinBodies === undefined ? later.body : spec.joinBodies(earlier.body, later.body),
      changes: isFirst ? [] : joinChanges(earlier.changes, later.changes),
    };
  }

  #finish(): void {
    if (this.#done) return;
    this.#done = true;
    this.#held = undefined;
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    if (this.#error !== undefined && waiting.length > 0) {
      for (const { reject } of waiting) reject(this.#error);
      this.#error = undefined;
    } else for (const { resolve } of waiting) resolve({ value: undefined, done: true });
    this.leaveTopic();
    this.late?.onDone();
    this.#listener?.onReady();
  }
}

/** An unsent snapshot stays a snapshot, and the start of a stall that continues stays a STALLED. */
function joinTypes<Body>(earlier: LiveEvent<Body>, later: LiveEvent<Body>): LiveEventType {
  const isFirst = earlier.type === 'SNAPSHOT' || earlier.type === 'RESYNC';
  const beginsStall = earlier.type === 'STALLED' && later.type === 'CHANGED' && later.stalledSince !== null;
  return (isFirst && later.type !== 'ENDED') || beginsStall ? earlier.type : later.type;
}

/** Chat rooms accept no longer line. The body has everything. */
const LONGEST_LINE = 1_000;

/** Both in one line, or its end if that is too long. */
function joinLines(earlier: string, later: string): string {
  const line = `${earlier}; ${later}`;
  if (line.length <= LONGEST_LINE) return line;
  const start = line.indexOf('; ', line.length - LONGEST_LINE);
  return `...${start < 0 ? `; ${later}` : line.slice(start)}`;
}
