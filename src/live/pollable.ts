import type { Pulse } from './news.ts';

/** A topic, as its hub polls it. */
export interface Pollable<Session> {
  readonly key: string;
  readonly group: string | undefined;
  readonly pulse: Pulse;
  /** Whether it was looked at before. */
  readonly hasState: boolean;
  /** Monotonic time of the next look. */
  dueAt: number;
  isPolling: boolean;
  readonly followerCount: number;
  readonly hasEnded: boolean;
  readonly idleSince: number | undefined;
  /** @param signal ends the look where nobody waits for it any more */
  poll(session: Session, signal: AbortSignal): Promise<void>;
  fail(error: unknown): void;
  cut(): void;
}
