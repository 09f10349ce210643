/** One changed fact. Values are text to be shown; null means that the fact was or is absent. */
export interface Change {
  /** The fact: the field's name, or `task/<id>`, `blockedBy/<reason>`, ... for facts that come and go. */
  readonly field: string;
  readonly before: string | null;
  readonly after: string | null;
}

/**
 * The facts of a progress whose change is an event, by name. Ages, estimates and other values that change with time
 * alone are not included, or every poll would be an event.
 */
export type Facts = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** The differences between two sets of facts: first the earlier facts in their order, then the new ones. */
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

/** Past happenings: leaving the view is not a change. */
const LOGGED = /^(event|failedTask)\//;

/** Two steps joined into one. Facts that appeared and disappeared in between are not reported. */
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
