import { formatDuration, LONGEST_DURATION_MS, parseDuration } from '../live/core/duration.ts';

const SHORT = /^(?=\d)(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s?)?$/;

/** The durations that a flag takes. */
export interface DurationRange {
  readonly shortestMs: number;
  readonly longestMs: number;
  /** The range in words. */
  readonly inWords: string;
}

const ANY: DurationRange = { shortestMs: 0, longestMs: LONGEST_DURATION_MS, inWords: 'at most 31 days' };

/**
 * Converts a duration as people type it to ISO 8601: `10m`, `1h30m`, `90s`, a bare number of seconds as in
 * `timeout(1)`, or `PT10M`.
 * @throws {RangeError} saying which values are allowed
 */
export function toIsoDuration(text: string, { shortestMs, longestMs, inWords }: DurationRange = ANY): string {
  const ms = millisecondsOf(text);
  if (ms >= shortestMs && ms <= longestMs) return formatDuration(ms);
  throw new RangeError(`must be a duration of ${inWords}, such as 10m, 1h30m, 600 (seconds) or PT10M`);
}

/** NaN for anything that is no duration, and for one that is too long for every flag. */
function millisecondsOf(text: string): number {
  const [match, days = '0', hours = '0', minutes = '0', seconds = '0'] = SHORT.exec(text) ?? [];
  if (match !== undefined)
    return (((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1_000;
  try {
    return parseDuration(text);
  } catch {
    return Number.NaN;
  }
}
