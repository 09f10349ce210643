const ISO_DURATION = /^P(?=.)(?:(\d+)W)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d{1,3})?)S)?)?$/;
const UNITS = [604_800_000, 86_400_000, 3_600_000, 60_000, 1_000];

/** The longest accepted duration: ECS lets no deployment live longer than 30 days. */
export const LONGEST_DURATION_MS = 31 * 86_400_000;

/**
 * Milliseconds of an ISO 8601 duration in weeks, days, hours, minutes and seconds (`PT10M`, `P1DT12H`, `PT0.5S`). Years
 * and months have no fixed length and are refused.
 * @throws {RangeError} saying which values are allowed
 */
export function parseDuration(text: string): number {
  const match = ISO_DURATION.exec(text);
  const ms = match === null ? Number.NaN : UNITS.reduce((sum, unit, i) => sum + unit * Number(match[i + 1] ?? 0), 0);
  if (!(ms <= LONGEST_DURATION_MS)) {
    throw new RangeError('must be an ISO 8601 duration of at most 31 days, such as PT10M, PT1H30M or P1D');
  }
  return Math.round(ms);
}

/** Milliseconds as an ISO 8601 duration. */
export function formatDuration(ms: number): string {
  const whole = Math.max(0, Math.round(ms));
  const hours = Math.floor(whole / 3_600_000);
  const minutes = Math.floor((whole % 3_600_000) / 60_000);
  const seconds = (whole % 60_000) / 1_000;
  const text = `${hours > 0 ? `${hours}H` : ''}${minutes > 0 ? `${minutes}M` : ''}${seconds > 0 ? `${seconds}S` : ''}`;
  return `PT${text === '' ? '0S' : text}`;
}

/** Milliseconds in words: `45 s`, `2 min 10 s`, `3 h 5 min`, `2 d 4 h`. */
export function inWords(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor((seconds % 86_400) / 3_600), 'h'],
    [Math.floor((seconds % 3_600) / 60), 'min'],
    [seconds % 60, 's'],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  if (first < 0) return '0 s';
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ');
}

/** `1 task`, `3 tasks`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
