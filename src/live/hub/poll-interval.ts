import type { Pulse } from './topic-spec.ts';

/** How often topics are looked at. All intervals are powers of two of one tick, so that slow topics share their rounds with fast ones. */
export interface PaceLimits {
  /** The shortest interval, in milliseconds. */
  readonly tickMs: number;
  /** The longest interval, in ticks, of a topic that may end at any moment, and of one where nothing is under way. */
  readonly activeMostTicks: number;
  readonly quietMostTicks: number;
}

export const DEFAULT_PACE: PaceLimits = { tickMs: 1_000, activeMostTicks: 4, quietMostTicks: 16 };

/** Looks no closer than this are worth their calls: ECS itself reads late. */
const LEAST_TICK_MS = 100;
/** What may end at any moment is looked at at least each so many ticks. */
const ACTIVE_MOST_TICKS = 4;

/** Intervals between these two, in milliseconds; the longest is the largest power of two of the shortest that it holds. */
export function paceBetween(shortestMs: number, longestMs: number): PaceLimits {
  const tickMs = Math.max(LEAST_TICK_MS, shortestMs);
  const quietMostTicks = 2 ** Math.max(0, Math.floor(Math.log2(longestMs / tickMs)));
  return { tickMs, quietMostTicks, activeMostTicks: Math.min(ACTIVE_MOST_TICKS, quietMostTicks) };
}

/** The next interval: short after a change, twice as long after each look that found none. */
export function nextInterval(ticks: number, changed: boolean, pulse: Pulse, limits: PaceLimits): number {
  if (changed) return 1;
  return Math.min(ticks * 2, pulse === 'active' ? limits.activeMostTicks : limits.quietMostTicks);
}

/** The interval after a look that failed: as if nothing had changed. What may end at any moment is caught up with soon. */
export function intervalAfterFailure(ticks: number, pulse: Pulse, limits: PaceLimits): number {
  return nextInterval(Math.max(1, ticks), false, pulse, limits);
}

/** The next moment of the common grid that is a multiple of the interval. */
export function nextOnGrid(now: number, ticks: number, limits: PaceLimits): number {
  const interval = ticks * limits.tickMs;
  return (Math.floor(now / interval) + 1) * interval;
}

/** A tenth of a tick either way, so that replicas do not poll in step. */
export function jitter(limits: PaceLimits, random: () => number): number {
  return (random() * 0.2 - 0.1) * limits.tickMs;
}
