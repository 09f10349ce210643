import type { Pulse } from '../pace/poll-interval.ts';
import type { Change, Facts } from './changes.ts';
import type { LookMoment } from './confirmation.ts';

/** The report of a topic at one time: the whole progress, its changes, and one summary line. */
export interface Update<Body> {
  readonly body: Body;
  readonly changes: readonly Change[];
  readonly summary: string;
  /** Set in the last update of a topic. */
  readonly outcome: string | null;
  /** Since when an item in it has made no progress, if that is not each follower's choice; null without a stall. */
  readonly stalledSince?: Date | null;
  /** From where the topic can resume in another process; see `TopicSpec.since`. */
  readonly mark?: string | undefined;
}

/** Why an event was sent. */
export type LiveEventType =
  /** The first event of a stream: the current state. */
  | 'SNAPSHOT'
  /** Something changed. */
  | 'CHANGED'
  /** A stall started: no progress for `stallAfter`. Sent once for each stall. */
  | 'STALLED'
  /** ECS cannot be read at the moment. The progress is the last known one. */
  | 'DEGRADED'
  /** ECS can be read again. */
  | 'RECOVERED'
  /** The cursor is too old or of another process run: the complete current state, and in feeds what happened since. */
  | 'RESYNC'
  /** The last event of the stream. */
  | 'ENDED';

/** Since when and why ECS cannot be read. */
export interface Degraded {
  readonly since: Date;
  readonly code: string;
  readonly message: string;
}

/** One event of a stream. */
export interface LiveEvent<Body> extends Omit<Update<Body>, 'stalledSince'> {
  readonly type: LiveEventType;
  /** Rises with every event of a topic. Gaps are events that were sent to others only, or joined. */
  readonly sequence: number;
  /** Pass it as `after` to resume from here. */
  readonly cursor: string;
  /** ECS's time of this state. */
  readonly observedAt: Date;
  readonly degraded: Degraded | null;
  /** Since when there is no progress, once that is longer than `stallAfter`; null without a stall. */
  readonly stalledSince: Date | null;
}

/**
 * One thing that can be followed. `read` calls ECS; everything else is pure. `Session` is what reads go through. All
 * topics polled at the same time share one, so that their calls share batches.
 */
export interface TopicSpec<Session, State, Look, Body> {
  /** Equal topics have equal keys and share one poller. */
  readonly key: string;
  /**
   * The cluster whose lists it reads. The topics of a group are polled together while something is in progress in them.
   */
  readonly group?: string;
  /** Changes that may be announced, so that polls need not find them. Absent: only polls do. */
  readonly wakes?: Wakes;
  /**
   * `marks`: the marks of followers that resume with a cursor of another process, for a poll that goes back far enough
   * for `since`.
   */
  read(session: Session, state: State | undefined, marks: readonly string[]): Promise<Look>;
  /** Processes a poll. `news` is empty if nothing worth reporting has changed; it is ignored for the first poll. */
  step(state: State | undefined, look: Look, now: number, moment: LookMoment): Step<State, Body>;
  /** The current state, for new followers. */
  whole(state: State, now: number): Update<Body>;
  /**
   * The update for events that report no change (STALLED, DEGRADED, RECOVERED), if it is not the whole state: a feed
   * has reported everything before.
   */
  aside?(state: State, now: number): Update<Body>;
  /** The last update if an error means that the followed resource is gone; undefined for any other error. */
  gone?(error: unknown): Update<Body> | undefined;
  /** Outcomes that are reported only when a later poll finds the same: ECS may have shown an outdated state. */
  readonly confirms?: ReadonlySet<string>;
  /**
   * Whether an outcome among these needs no later poll: ECS's own record has been final since before this time, and
   * nothing can undo it.
   */
  isFinalSince?(state: State, before: number): boolean;
  /**
   * When the first poll started that found an end which a later one must confirm, if the state itself holds such ends.
   */
  claimedAt?(state: State): number | undefined;
  /**
   * Since when there is no progress, by ECS's clock. Changes that lead nowhere, such as tasks that restart again and
   * again, do not count, and neither does intended waiting. Without it: since the last update.
   */
  quietSince?(state: State, now: number): number;
  pulse(state: State): Pulse;
  /**
   * The changes after a `mark` of any process, as one update; undefined if the source no longer knows. Only for
   * topics whose source keeps a history. A poll with the mark happens in between.
   */
  since?(state: State, mark: string, now: number): Update<Body> | undefined;
  /** Whether the next poll will know more about what came after its marks, so that `since` can wait. */
  isSearching?(state: State): boolean;
  /** Set if `since` also contains the current state, so that it is a RESYNC with nothing omitted. */
  readonly sinceIsWhole?: boolean;
  /** How many tasks and other ECS resources a body holds; 0 without it. */
  weigh?(body: Body): number;
  /** Joins two updates into one. Without it, the later body stands for both. */
  joinBodies?(earlier: Body, later: Body): Body;
  /** Set if the later summary stands for both, although bodies are joined. */
  readonly summaryIsWhole?: true;
  /**
   * The facts whose changes are events. With them, a stream that was served by other processes meanwhile continues with
   * the differences. Without, and without `since`, it gets a RESYNC.
   */
  facts?(body: Body): Facts;
  /** A state that another process has read, without times of that process's monotonic clock. */
  adopt?(state: State): State;
  /** The last update for a follower whose `timeout` has passed. */
  timedOut(state: State, now: number): Update<Body>;
}

/** Changes that make a topic due at once. */
export interface Wakes {
  /** Names of the changes. */
  readonly keys: readonly string[];
  /** Least time between two polls that changes cause, in milliseconds, if one poll makes many calls. */
  readonly everyMs?: number;
  /** While the changes of all of these are announced, polls are rare. */
  readonly sources: readonly string[];
}

/** How the states of a topic are shown, without how they are read. */
export type ShownSpec<State, Body> = Omit<TopicSpec<never, State, never, Body>, 'read' | 'step'>;

export interface Step<State, Body> {
  readonly state: State;
  readonly news: readonly Update<Body>[];
}
