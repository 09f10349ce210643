/** An event of a feed, as far as tests of feeds read it. */
export interface FeedUpdate {
  readonly type: string;
  readonly cursor: string;
  readonly outcome: string | null;
  readonly summary: string;
  readonly items: { readonly kind: string; readonly outcome: string | null; readonly summary: string }[];
}

/** Selects those. */
export const FEED_FIELDS = 'type cursor outcome summary items { kind outcome summary }';

/** Each event in words: its type, then what became of each item. */
export function reported(events: readonly FeedUpdate[]): string[] {
  return events.map(({ type, items }) => [type, ...items.map(({ kind, outcome }) => outcome ?? kind)].join(' '));
}
