import type { Pulse } from './topic-spec.ts';

/** A topic as the hub polls it. */
export interface Pollable<Session> {
  readonly key: string;
  /** Names this life of the key. */
  readonly epoch: string;
  readonly group: string | undefined;
  readonly pulse: Pulse;
  /** Whether it was polled before. */
  readonly hasState: boolean;
  /** Monotonic time of the next poll. */
  dueAt: number;
  isPolling: boolean;
  readonly followerCount: number;
  readonly hasEnded: boolean;
  /** Set if the next poll is immediate and waits for no other topic. */
  readonly isUrgent: boolean;
  readonly idleSince: number | undefined;
  /** @param signal aborts the poll when nothing waits for it any more */
  poll(session: Session, signal: AbortSignal): Promise<void>;
  /** Drops the events kept for replay. */
  forget(): void;
  cut(): void;
}
