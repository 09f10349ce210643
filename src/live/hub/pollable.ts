import type { Pulse } from './topic-spec.ts';

/** A topic, as its hub polls it. */
export interface Pollable<Session> {
  readonly key: string;
  /** Names this life of what is followed under the key. */
  readonly epoch: string;
  readonly group: string | undefined;
  readonly pulse: Pulse;
  /** Whether it was looked at before. */
  readonly hasState: boolean;
  /** Monotonic time of the next look. */
  dueAt: number;
  isPolling: boolean;
  readonly followerCount: number;
  readonly hasEnded: boolean;
  /** Set while the next look is to come at once, and waits for no other topic. */
  readonly isUrgent: boolean;
  readonly idleSince: number | undefined;
  /** @param signal ends the look where nobody waits for it any more */
  poll(session: Session, signal: AbortSignal): Promise<void>;
  /** Gives up the events that it holds for replay. */
  forget(): void;
  cut(): void;
}
