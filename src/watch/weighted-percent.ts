/** Units that are done by a part: a share between 0 and 1, and how many units have it. */
export type Shares = readonly (readonly [share: number, units: number])[];

/**
 * The percentage with credit for units that are under way. The gateway counts a unit when it is done, so that its own
 * percentage stands still while tasks start.
 * @param percent the gateway's
 * @param end the percentage when all the remaining units are done
 * @param remaining units that are not done
 * @param underWay what has been done of them
 */
export function weightedPercent(percent: number, end: number, remaining: number, underWay: Shares): number {
  if (remaining <= 0 || percent >= end) return percent;
  const credit = underWay.reduce((sum, [share, units]) => sum + share * Math.max(0, units), 0);
  return Math.floor(percent + (end - percent) * Math.min(1, credit / remaining));
}
