import { epochNow } from './clock.ts';

/** How long virtual time stays behind real time by default: a working day with some hours to spare. */
const HEADSTART_MS = 10 * 3600_000;
/** The same if each write advances time: enough minutes for some ten thousand writes. */
const INSTANT_MS = 30 * 24 * 3600_000;
/** Limits the start at speeds of thousands. */
const MOST_MS = 10 * 365 * 24 * 3600_000;

/**
 * The default start of a world: far enough in the past to keep virtual time behind real time for a working day, so that
 * no tool meets a timestamp later than its own clock. At real speed, and paused, that is now.
 */
export function startBehind(speed: number, instant: boolean): number {
  const ahead = Math.max(0, speed - 1) * HEADSTART_MS + (instant ? INSTANT_MS : 0);
  return epochNow() - Math.min(MOST_MS, ahead);
}

/** A start as people write it: `now`, `past` (the default above), or a time in ISO 8601 with its zone. */
export function parseStart(text: string, speed: number, instant: boolean): number {
  if (text === 'now') return epochNow();
  if (text === 'past') return startBehind(speed, instant);
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text)
    ? Date.parse(text)
    : Number.NaN;
  if (Number.isNaN(time)) throw new RangeError('must be now, past or a time such as 2026-03-01T12:00:00Z');
  return time;
}
