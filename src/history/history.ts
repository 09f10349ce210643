/** The kinds of entries. */
export type EntryKind = 'TASK_STOPPED' | 'DEPLOYMENT_ENDED' | 'SERVICE_EVENT';

/** Something that ECS forgets: a stopped task after an hour, an event after a hundred others, a deployment after 90 days. */
export interface HistoryEntry {
  /** The ARN of the task or deployment, or the id of the event: an entry that is recorded again replaces the one of its key. */
  readonly key: string;
  readonly kind: EntryKind;
  /** Epoch milliseconds at which it stopped, ended or happened. */
  readonly at: number;
  /** The name of the cluster. */
  readonly cluster: string;
  /** The ARN of its service; empty for a standalone task. */
  readonly serviceArn: string;
  /** The members of ECS that are kept, as JSON. */
  readonly body: string;
}

/** Which entries to read, the newest first. */
export interface HistoryQuery {
  readonly kinds?: readonly EntryKind[] | undefined;
  readonly serviceArn?: string | undefined;
  /** Names; undefined means all clusters. */
  readonly clusters?: readonly string[] | undefined;
  /** Epoch milliseconds, inclusive. */
  readonly since?: number | undefined;
  /** Epoch milliseconds, exclusive. */
  readonly until?: number | undefined;
  /** Only entries behind this one. */
  readonly after?: Pick<HistoryEntry, 'at' | 'key'> | undefined;
}

/**
 * A place for entries. The one of this package is a SQLite file of one process (`sqlite-history.ts`); several replicas can share another
 * database through an implementation of this interface.
 */
export interface HistoryStore {
  /**
   * Keeps entries. Of two with one key, the longer body remains: a reading without all members does not replace a complete one.
   * @throws {Error} if nothing was kept; the caller tries again
   */
  record(entries: readonly HistoryEntry[]): Promise<void> | void;
  read(query: HistoryQuery, most: number): Promise<readonly HistoryEntry[]> | readonly HistoryEntry[];
  count(query: HistoryQuery): Promise<number> | number;
  /** Deletes what is older, and then the oldest entries until the limit of the size holds. */
  prune(before: number): Promise<void> | void;
  close(): Promise<void> | void;
}
