/**
 * A time as ECS writes it in events: without trailing zeros of the milliseconds (`46.71Z` in a recording of 2024-11).
 */
export function eventTime(at: number): string {
  return new Date(at).toISOString().replace(/\.?0+Z$/, 'Z');
}
