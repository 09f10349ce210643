/** The milliseconds between two times; null if one is missing. */
export function spanOf(from: Date | undefined, to: Date | undefined): number | null {
  return from === undefined || to === undefined ? null : Math.max(0, to.getTime() - from.getTime());
}
