interface Item {
  readonly outcome: unknown;
}

interface Update<Each extends Item> {
  readonly type: string;
  readonly items: readonly Each[];
}

/**
 * Items of a feed to show after an event. A SNAPSHOT and a RESYNC have all items in progress; every other event has only those that changed.
 * An item that has ended stays in view until the next event.
 */
export function standingItems<Each extends Item>(
  before: readonly Each[],
  { type, items }: Update<Each>,
  keyOf: (item: Each) => string,
): readonly Each[] {
  const isWhole = type === 'SNAPSHOT' || type === 'RESYNC';
  const kept = isWhole ? [] : before.filter(({ outcome }) => outcome === null);
  return [...new Map([...kept, ...items].map((item) => [keyOf(item), item])).values()];
}
