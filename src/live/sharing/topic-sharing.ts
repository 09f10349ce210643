/** How the topics of one hub are shared with the hubs of other processes. Without it, a hub polls all of its topics. */
export interface TopicSharing {
  /** Number of processes that share, this one included; the last known one while sharing is away. */
  readonly replicas: number;
  /** While it is away, every process polls for itself. */
  readonly isAway: boolean;
  /** A time of this process's monotonic clock as a time of the common clock. */
  toShared(monotonic: number): number;
  /** A time of the common clock as a time of this process's monotonic clock. */
  toMonotonic(shared: number): number;
  /** Finds the current life of a topic, or begins one. Undefined if sharing is away. */
  open(wish: LifeWish, listener: LifeListener): Promise<SharedLife | undefined>;
  /** Calls back when sharing goes away, and when it is back. Returns a function that removes the listener. */
  onChange(listener: () => void): () => void;
}

export interface LifeWish {
  /** The topic's key. */
  readonly key: string;
  /** The life to continue, if it is still known. */
  readonly life?: string | undefined;
  /** The latest sequence that followers here have received: the life continues above it. */
  readonly sequence: number;
  /** A life without followers that was read longer ago than this, in milliseconds, is not joined. */
  readonly freshMs: number;
}

/** One line in the log of a life. All processes read them in the same order. */
export type LifeEntry =
  /** An event, as text. */
  | { readonly kind: 'event'; readonly sequence: number; readonly text: string }
  /** The poll that was asked for has taken place. */
  | { readonly kind: 'read' }
  /** A process asks for a poll. `marks` are those that it must go back to. */
  | { readonly kind: 'ask'; readonly marks: readonly string[] }
  /** No poll has succeeded yet, and the last one has failed with this error. */
  | { readonly kind: 'failed'; readonly text: string }
  /** An end was found that a later poll has to find, too, until this time of the common clock; 0: none waits any more. */
  | { readonly kind: 'claim'; readonly until: number }
  /** Events before this line are missing in the log. */
  | { readonly kind: 'broken' };

/** The facts of a life beside its log. */
export interface LifeState {
  /** The sequence of the latest event. */
  readonly sequence: number;
  /** Undefined before the first poll. */
  readonly texts: { readonly about: string; readonly state: string } | undefined;
}

/** The contribution of one poll to a life. */
export interface LifeReport {
  readonly entries: readonly LifeEntry[];
  /** The sequence before the first of them. */
  readonly sequence: number;
  /** By the common clock. */
  readonly readAt: number;
  readonly hasEnded: boolean;
  /** Undefined leaves the state as it is: the poll has failed. */
  readonly texts: LifeState['texts'];
}

/** Where a report has its place. */
export interface Published {
  /** The sequence before its first event. Others may have used the numbers that the report assumed. */
  readonly before: number;
}

/** One life of a topic that several processes follow. */
export interface SharedLife {
  /** Part of every cursor. */
  readonly id: string;
  /** Whether this process polls the topic. */
  readonly leads: boolean;
  /** Whether it had ended when it was opened: it has a past only. */
  readonly hasEnded: boolean;
  /** The latest sequence and state when it was opened. */
  readonly opened: LifeState;
  /** The values of `stallAfter` for which followers anywhere want to know of a stall. */
  readonly spans: readonly number[];
  /** Sets what followers here want to know. */
  setSpans(spans: readonly number[]): void;
  /**
   * Adds a poll's results.
   * @returns `refused` if another process
   * polls the topic by now, `away` if it cannot be known whether they were added
   */
  publish(report: LifeReport): Promise<Published | 'refused' | 'away'>;
  /** Asks the process that polls for a poll. Resolves to the position in the log from which the state answers it. */
  ask(marks: readonly string[]): Promise<number>;
  /** The position in the log up to which entries were passed on. */
  readonly position: number;
  /** The current state, after all entries before it were passed on. Undefined if it cannot be had. */
  sync(): Promise<LifeState | undefined>;
  /** All events after a sequence, oldest first; undefined if some of them are not known any more. */
  history(after: number): Promise<readonly LifeEntry[] | undefined>;
  /** The life has no followers here any more. */
  leave(): void;
}

export interface LifeListener {
  onEntries(entries: readonly LifeEntry[]): void;
  /** This process polls the topic from now on, beginning with this state. */
  onLead(state: LifeState): void;
  /** Another process polls the topic from now on. */
  onFollow(): void;
  /** The life is not known any more. */
  onGone(): void;
}
