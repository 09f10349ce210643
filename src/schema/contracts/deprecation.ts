/** The promise of a deprecation to clients. */
export interface Deprecation {
  /** The replacement. Undefined if nothing replaces it. */
  readonly successor: string | undefined;
  /** The first version that may lack it: `[1, 2]` is 1.2. */
  readonly version: readonly [number, number];
  /** The first day on which it may be removed, as YYYY-MM-DD. */
  readonly date: string;
}

const REASON =
  /(?:Use (?<successor>.+?)\.|[Nn]othing takes its place\.) Removed in (?<major>\d+)\.(?<minor>\d+) at the earliest, and not before (?<date>\d{4}-\d\d-\d\d)\.$/s;

/** Reads the reason of a `@deprecated`; undefined for one that does not keep the policy of docs/versioning.md. */
export function readDeprecation(reason: string): Deprecation | undefined {
  const groups = REASON.exec(reason)?.groups;
  if (groups === undefined) return undefined;
  const { successor, major, minor, date = '' } = groups;
  if (Number.isNaN(Date.parse(date))) return undefined;
  return { successor, version: [Number(major), Number(minor)], date };
}

/** Whether the deprecated part may be missing in a release of this version on this day. */
export function isDue({ version: [major, minor], date }: Deprecation, version: string, today: string): boolean {
  const [nextMajor = 0, nextMinor = 0] = version.split('.').map(Number);
  return (nextMajor > major || (nextMajor === major && nextMinor >= minor)) && today >= date;
}
