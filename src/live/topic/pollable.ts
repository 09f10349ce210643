import type { Pulse } from '../pace/poll-interval.ts';
import type { LinkParts } from './topic-link.ts';

/** A topic as the hub polls it. */
export interface Pollable<Session> {
  readonly key: string;
  /** The epochs of this life's cursors. */
  readonly epochs: Iterable<string>;
  readonly group: string | undefined;
  readonly pulse: Pulse;
  /** Whether it was polled before. */
  readonly hasState: boolean;
  /** Monotonic time of the next poll. */
  dueAt: number;
  isPolling: boolean;
  readonly followerCount: number;
  readonly hasEnded: boolean;
  readonly takesNewFollowers: boolean;
  /** Set if the next poll is immediate and waits for no other topic. */
  readonly isUrgent: boolean;
  readonly idleSince: number | undefined;
  /** Whether another process polls it. */
  readonly isMirror: boolean;
  readonly isShared: boolean;
  /** @param signal aborts the poll when nothing waits for it any more */
  poll(session: Session, signal: AbortSignal): Promise<void>;
  /** Does what time alone makes due, for a topic that another process polls. */
  watch(): void;
  /** Goes on together with other processes that follow the same life. */
  share(parts: LinkParts, freshMs: number): Promise<void>;
  /** Goes on by itself. */
  unlink(): void;
  /** Drops the events kept for replay. */
  forget(): void;
  cut(): void;
}
