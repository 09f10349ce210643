import type { Change } from './changes.ts';
import type { LookMoment } from './confirmation.ts';

/** What a topic has to say at one moment: the whole progress, what is new in it, and one line about it. */
export interface News<Body> {
  readonly body: Body;
  readonly changes: readonly Change[];
  readonly summary: string;
  /** Set in the last news of a topic. */
  readonly outcome: string | null;
  /** Since when something in it has stood still, where that is not for each follower to decide; null while nothing does. */
  readonly stalledSince?: Date | null;
  /** From where the topic could go on in another process; see `TopicSpec.since`. */
  readonly mark?: string | undefined;
}

/** Why an event was sent. */
export type LiveEventType =
  /** The first of a stream: how things stand. */
  | 'SNAPSHOT'
  /** Something changed. */
  | 'CHANGED'
  /** A stall has begun: nothing has moved towards the goal for `stallAfter`. Sent once for each stall. */
  | 'STALLED'
  /** ECS cannot be read at the moment; the progress is what was last known. */
  | 'DEGRADED'
  /** ECS can be read again. */
  | 'RECOVERED'
  /** The cursor given is too old or of another run of this process: how things stand, whole, and in feeds what happened since. */
  | 'RESYNC'
  /** The last event of the stream. */
  | 'ENDED';

/** Since when, and why, ECS cannot be read. */
export interface Degraded {
  readonly since: Date;
  readonly code: string;
  readonly message: string;
}

/** One event of a stream. */
export interface LiveEvent<Body> extends Omit<News<Body>, 'stalledSince'> {
  readonly type: LiveEventType;
  /** Rises with every event of a topic; gaps are events that were sent to others only, or joined into one. */
  readonly sequence: number;
  /** Give it back as `after` to go on from here. */
  readonly cursor: string;
  /** ECS's time at which this was so. */
  readonly observedAt: Date;
  readonly degraded: Degraded | null;
  /** Since when nothing has moved towards the goal, once that is longer than `stallAfter`; null while there is no stall. */
  readonly stalledSince: Date | null;
}

/** How often a topic wants to be looked at: `active` while something is under way that may end at any moment. */
export type Pulse = 'active' | 'quiet';

/**
 * One thing that can be followed. `read` asks ECS; everything else is pure. `Session` is what reads go through, one for
 * all topics that are polled at the same moment, so that their calls share batches.
 */
export interface TopicSpec<Session, State, Look, Body> {
  /** Equal for equal topics: those who follow the same thing share one poller. */
  readonly key: string;
  /** What it shares lists with, a cluster: the topics of a group are looked at together while something is under way in them. */
  readonly group?: string;
  /** `marks`: of those who joined behind a cursor of another process, for a look that goes far enough back for `since`. */
  read(session: Session, state: State | undefined, marks: readonly string[]): Promise<Look>;
  /** Takes a look in. `news` is empty when nothing worth telling has changed; on the first look it is ignored. */
  step(state: State | undefined, look: Look, now: number, moment: LookMoment): Step<State, Body>;
  /** How things stand, for whoever joins now. */
  whole(state: State, now: number): News<Body>;
  /**
   * What goes with an event that tells nothing of the thing itself (STALLED, DEGRADED, RECOVERED), where that is not the
   * whole: a feed has told it all before.
   */
  aside?(state: State, now: number): News<Body>;
  /** The last event when an error means that what is followed is no more; undefined for any other error. */
  gone?(error: unknown): News<Body> | undefined;
  /** Outcomes that are told only when a later look finds the same: ECS may have shown what is over by now. */
  readonly confirms?: ReadonlySet<string>;
  /** When the first look began that found an end which a later one has to find, too, where the state itself holds such ends. */
  claimedAt?(state: State): number | undefined;
  /**
   * Since when nothing has moved towards the goal, by ECS's clock. What changes and leads nowhere, such as tasks that are started again
   * and again, does not count, and neither does time that is meant to pass. Without it: since the last news.
   */
  quietSince?(state: State, now: number): number;
  pulse(state: State): Pulse;
  /**
   * What happened after a `mark` that some process gave out once, as one piece of news; undefined when the source no longer
   * knows. Only for topics whose source keeps a history. A look is taken in between, which is told of the mark.
   */
  since?(state: State, mark: string, now: number): News<Body> | undefined;
  /** Whether the next look will know more of what came after the marks that it is told of: so long `since` can wait. */
  isSearching?(state: State): boolean;
  /** Set where `since` tells besides how things stand, so that it is a RESYNC with nothing left out. */
  readonly sinceIsWhole?: boolean;
  /** How many tasks and other things of ECS a body holds on to; without it: none. */
  weigh?(body: Body): number;
  /** Two pieces of news told as one; without it the later body stands for both. */
  joinBodies?(earlier: Body, later: Body): Body;
  /** Set where the later summary stands for both, although bodies are joined. */
  readonly summaryIsWhole?: true;
  /** The last event for a follower whose `timeout` has passed. */
  timedOut(state: State, now: number): News<Body>;
}

export interface Step<State, Body> {
  readonly state: State;
  readonly news: readonly News<Body>[];
}
