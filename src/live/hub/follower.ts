import { joinChanges } from './changes.ts';
import type { LiveEvent, LiveEventType, TopicSpec } from './topic-spec.ts';

/** What one subscriber asks for, in milliseconds of ECS's time. */
export interface FollowOptions {
  /** The stream ends with TIMED_OUT after so long. */
  readonly timeoutMs?: number | undefined;
  /** A STALLED event when nothing has moved towards the goal for so long. */
  readonly stallAfterMs?: number | undefined;
  /** The least time between two events; what happens meanwhile is joined. The last event never waits. */
  readonly minIntervalMs?: number | undefined;
  /** Go on after this cursor. */
  readonly after?: string | undefined;
}

/** A consumer that is so many events behind gets what follows joined into one. */
const MOST_QUEUED = 16;

/** Who takes a follower's events, told when there is something to take. */
export interface FollowerListener {
  onReady(): void;
}

/** How a topic joins two pieces of news. */
type Joining<Body> = Pick<TopicSpec<never, never, never, Body>, 'joinBodies' | 'summaryIsWhole'>;

interface Asker<Item> {
  readonly resolve: (result: IteratorResult<Item>) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * One subscriber of a topic: its queue, and the pace at which it wants to be told. An async iterator, whose `return`
 * ends everything at once, even while a `next` waits.
 */
export class Follower<Body> implements AsyncIterableIterator<LiveEvent<Body>> {
  readonly options: FollowOptions;
  /** Called when it leaves what it follows. */
  onLeave: () => void = () => undefined;
  /** Called when it is done, whether it follows anything or not. */
  onDone: () => void = () => undefined;
  /** The first look of its topic that may tell it of an end. */
  firstLook = 0;
  /** When it joined its topic, by the monotonic clock; always, behind a cursor of that very life. */
  joinedAt = Number.NEGATIVE_INFINITY;
  /** What was read before this moment is no first event for it. */
  usableFrom = Number.NEGATIVE_INFINITY;
  /** False while it may turn out that it asked for another topic: it is told of no end then. */
  isAtItsTopic = true;
  /** Set once ECS has shown it something: from then on no outage is an error. */
  isPatient = false;
  /** Follows what is there now instead of what has ended, from its beginning, even if it has had an event. */
  readonly rejoin: () => void;
  readonly #joinBodies: ((earlier: Body, later: Body) => Body) | undefined;
  readonly #joinsSummaries: boolean;
  #queue: LiveEvent<Body>[] = [];
  #held: LiveEvent<Body> | undefined;
  #waiting: Asker<LiveEvent<Body>>[] | undefined;
  #listener: FollowerListener | undefined;
  #error: unknown;
  #done = false;
  #isCut = false;
  #lastSentAt: number | undefined;
  /** ECS's time of the first event. */
  startedAt: number | undefined;
  /** Whether it knows of a stall that is under way. */
  isStalled = false;

  constructor(options: FollowOptions, spec: Joining<Body>, rejoin: () => void) {
    this.options = options;
    this.#joinBodies = spec.joinBodies?.bind(spec);
    this.#joinsSummaries = spec.joinBodies !== undefined && spec.summaryIsWhole !== true;
    this.rejoin = () => {
      this.startedAt = undefined;
      rejoin();
    };
  }

  get isDone(): boolean {
    return this.#done;
  }

  /** Whether it has had its first event. */
  get hasBegun(): boolean {
    return this.startedAt !== undefined;
  }

  /** Whether what was read by a look of that moment is no older than what a query would have told when this one came. */
  mayBeginWith(readAt: number): boolean {
    return readAt > this.usableFrom || readAt >= this.joinedAt;
  }

  /** Hands an event over, at once or when `minInterval` allows. An ENDED event is the last. */
  tell(event: LiveEvent<Body>, now: number): void {
    if (this.#done) return;
    this.startedAt ??= now;
    this.#held = this.#held === undefined ? event : this.#join(this.#held, event);
    this.flush(now, event.type === 'ENDED');
    if (event.type === 'ENDED') this.#finish();
  }

  /** Sends what was held back, if its time has come. */
  flush(now: number, force = false): void {
    const { minIntervalMs = 0 } = this.options;
    if (this.#held === undefined) return;
    if (!force && this.#lastSentAt !== undefined && now - this.#lastSentAt < minIntervalMs) return;
    const event = this.#held;
    this.#held = undefined;
    this.#lastSentAt = now;
    this.#send(event);
  }

  /** Ends the stream; there is nothing more to tell. */
  complete(): void {
    this.#finish();
  }

  /** Ends the stream before its end: who follows will have to ask somebody else for the rest. */
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

  /** As `next`, without a promise: undefined where that one would wait. Throws what it would reject with. */
  take(): IteratorResult<LiveEvent<Body>> | undefined {
    const event = this.#queue.shift();
    if (event !== undefined) return { value: event, done: false };
    if (this.#error !== undefined) {
      const error = this.#error;
      this.#error = undefined;
      throw error;
    }
    return this.#done ? { value: undefined, done: true } : undefined;
  }

  /** Tells somebody, from now on, when `take` has something to give: one event may be for thousands. */
  listen(listener: FollowerListener): void {
    this.#listener = listener;
  }

  return(): Promise<IteratorResult<LiveEvent<Body>>> {
    this.#queue = [];
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
    const last = this.#queue.at(-1);
    if (last !== undefined && this.#queue.length >= MOST_QUEUED)
      this.#queue[this.#queue.length - 1] = this.#join(last, event);
    else this.#queue.push(event);
    this.#listener?.onReady();
  }

  /** The later event, with what the earlier one would have told. */
  #join(earlier: LiveEvent<Body>, later: LiveEvent<Body>): LiveEvent<Body> {
    const isFirst = earlier.type === 'SNAPSHOT' || earlier.type === 'RESYNC';
    return {
      ...later,
      // What later news does not repeat has to be in the line too: many a bot posts nothing else.
      summary: this.#joinsSummaries ? joinLines(earlier.summary, later.summary) : later.summary,
      type: joinTypes(earlier, later),
      body: this.#joinBodies === undefined ? later.body : this.#joinBodies(earlier.body, later.body),
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
    this.onLeave();
    this.onDone();
    this.#listener?.onReady();
  }
}

/** A snapshot that was not sent yet stays one, and so does the beginning of a stall that goes on. */
function joinTypes<Body>(earlier: LiveEvent<Body>, later: LiveEvent<Body>): LiveEventType {
  const isFirst = earlier.type === 'SNAPSHOT' || earlier.type === 'RESYNC';
  const beginsStall = earlier.type === 'STALLED' && later.type === 'CHANGED' && later.stalledSince !== null;
  return (isFirst && later.type !== 'ENDED') || beginsStall ? earlier.type : later.type;
}

/** A chat room takes no longer line; all there is stands in the body. */
const LONGEST_LINE = 1_000;

/** Both in one line, or the end of it where that is too long. */
function joinLines(earlier: string, later: string): string {
  const line = `${earlier}; ${later}`;
  if (line.length <= LONGEST_LINE) return line;
  const start = line.indexOf('; ', line.length - LONGEST_LINE);
  return `...${start < 0 ? `; ${later}` : line.slice(start)}`;
}
