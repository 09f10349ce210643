import type { Pulse } from '../pace/poll-interval.ts';
import type { LinkParts } from './topic-link.ts';
import type { Wakes } from './topic-spec.ts';

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
  /** Changes that make it due. */
  readonly wakes: Wakes | undefined;
  /** Set if a change has made it due: it waits for no other topic, and no other one is polled because of it. */
  readonly isWoken: boolean;
  /** Whether its next poll may wait, because changes would be announced. */
  readonly isResting: boolean;
  /** Whether another process polls it. */
  readonly isMirror: boolean;
  readonly isShared: boolean;
  /** @param signal aborts the poll when nothing waits for it any more */
  poll(session: Session, signal: AbortSignal): Promise<void>;
  /** A change was announced: the next poll is due at once. */
  wake(): void;
  /** Does what time alone makes due, for a topic that rests or that another process polls. */
  watch(): void;
  /** Goes on together with other processes that follow the same life. */
  share(parts: LinkParts, freshMs: number): Promise<void>;
  /** Goes on by itself. */
  unlink(): void;
  /** Drops the events kept for replay. */
  forget(): void;
  cut(): void;
}
