/** How often a topic wants to be polled: `active` while something is in progress that may end at any moment. */
export type Pulse = 'active' | 'quiet';

/**
 * The limits of poll intervals. All intervals are a tick times a power of two, so that slow topics share their rounds
 * with fast ones.
 */
export interface PaceLimits {
  /** The shortest interval, in milliseconds. */
  readonly tickMs: number;
  /** The longest intervals, in ticks: of a topic that may end at any moment, and of one with nothing in progress. */
  readonly activeMostTicks: number;
  readonly quietMostTicks: number;
}

export const DEFAULT_PACE: PaceLimits = { tickMs: 1_000, activeMostTicks: 4, quietMostTicks: 16 };

/** Polling more often is not worth the calls: ECS's own answers lag. */
const LEAST_TICK_MS = 100;
/** A topic that may end at any moment is polled at least once in this many ticks. */
const ACTIVE_MOST_TICKS = 4;

/** Limits between two intervals in milliseconds. The longest is rounded down to a power of two of the shortest. */
export function paceBetween(shortestMs: number, longestMs: number): PaceLimits {
  const tickMs = Math.max(LEAST_TICK_MS, shortestMs);
  const quietMostTicks = 2 ** Math.max(0, Math.floor(Math.log2(longestMs / tickMs)));
  return { tickMs, quietMostTicks, activeMostTicks: Math.min(ACTIVE_MOST_TICKS, quietMostTicks) };
}

/** The next interval: short after a change, doubled after each poll without one. */
export function nextInterval(ticks: number, changed: boolean, pulse: Pulse, limits: PaceLimits): number {
  if (changed) return 1;
  return Math.min(ticks * 2, pulse === 'active' ? limits.activeMostTicks : limits.quietMostTicks);
}

/**
 * The interval after a failed poll, as if nothing had changed. A topic that may end at any moment is polled again soon.
 */
export function intervalAfterFailure(ticks: number, pulse: Pulse, limits: PaceLimits): number {
  return nextInterval(Math.max(1, ticks), false, pulse, limits);
}

/** The next multiple of the interval on the common grid. */
export function nextOnGrid(now: number, ticks: number, limits: PaceLimits): number {
  const interval = ticks * limits.tickMs;
  return (Math.floor(now / interval) + 1) * interval;
}

/** A tenth of a tick either way, so that replicas do not poll in step. */
export function jitter(limits: PaceLimits, random: () => number): number {
  return (random() * 0.2 - 0.1) * limits.tickMs;
}
