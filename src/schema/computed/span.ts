/** The milliseconds between two moments; null where one is missing. */
export function spanOf(from: Date | undefined, to: Date | undefined): number | null {
  return from === undefined || to === undefined ? null : Math.max(0, to.getTime() - from.getTime());
}
