/** One fact that is not what it was. Values are text, ready to be shown; null means that the fact was or is absent. */
export interface Change {
  /** What changed: the field's name, or `task/<id>`, `blockedBy/<reason>`, ... for facts that come and go. */
  readonly field: string;
  readonly before: string | null;
  readonly after: string | null;
}

/**
 * What of a progress is worth an event when it changes, by name. Ages, estimates and other values that move with time
 * alone are left out, or every poll would be news.
 */
export type Facts = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** What differs between two sets of facts: first those that were there before, in their order, then the new ones. */
export function changesBetween(before: Facts, after: Facts): Change[] {
  const changes: Change[] = [];
  for (const field of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const was = textOf(before[field]);
    const is = textOf(after[field]);
    if (was === is || (is === null && LOGGED.test(field))) continue;
    changes.push({ field, before: was, after: is });
  }
  return changes;
}

/** What has happened: it may leave our view, but that is no news. */
const LOGGED = /^(event|failedTask)\//;

/** Two steps told as one; what came and went in between is not told at all. */
export function joinChanges(earlier: readonly Change[], later: readonly Change[]): Change[] {
  const joined = new Map(earlier.map((change) => [change.field, change]));
  for (const change of later) {
    const before = joined.get(change.field)?.before;
    joined.set(change.field, before === undefined ? change : { ...change, before });
  }
  return [...joined.values()].filter((change) => change.before !== change.after);
}

function textOf(value: Facts[string]): string | null {
  return value === undefined || value === null ? null : String(value);
}
