import { formatDuration, parseDuration } from '../live/core/duration.ts';

const SHORT = /^(?=\d)(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s?)?$/;

/**
 * Converts a duration as people type it to ISO 8601: `10m`, `1h30m`, `90s`, a bare number of seconds as in
 * `timeout(1)`, or `PT10M`.
 * @throws {RangeError} saying which values are allowed
 */
export function toIsoDuration(text: string): string {
  const [match, days = '0', hours = '0', minutes = '0', seconds = '0'] = SHORT.exec(text) ?? [];
  try {
    if (match === undefined) return formatDuration(parseDuration(text));
    const whole = ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds);
    return formatDuration(parseDuration(`PT${whole}S`));
  } catch {
    throw new RangeError('must be a duration of at most 31 days, such as 10m, 1h30m, 600 (seconds) or PT10M');
  }
}
