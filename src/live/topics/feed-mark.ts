/** ECS may read late: what began or ended a little before a look may not have been in it. */
export const OVERLAP_MS = 60_000;

/** Something that a feed has told, and when it happened by ECS's clock. */
export interface Told {
  readonly id: string;
  readonly at: number;
}

/** Where in a cluster's history a feed was: all up to a moment was told, and of what lies around it that which is named. */
export interface FeedMark {
  readonly since: number;
  readonly told: ReadonlySet<string>;
}

/** Names a beginning or an end, briefly: marks travel in every cursor. */
export function toldId(kind: 'STARTED' | 'ENDED', name: string): string {
  return `${kind === 'STARTED' ? 's' : 'e'}${name.slice(-10)}`;
}

export function encodeMark(since: number, told: readonly Told[]): string {
  return [since, ...told.filter(({ at }) => at > since - OVERLAP_MS).map(({ id }) => id)].join(' ');
}

export function decodeMark(mark: string): FeedMark | undefined {
  const [since = '', ...told] = mark.split(' ');
  return /^\d+$/.test(since) ? { since: Number(since), told: new Set(told) } : undefined;
}

/** Whether something happened after the mark, and was not told before it. */
export function isAfter({ since, told }: FeedMark, { id, at }: Told): boolean {
  return at > since - OVERLAP_MS && !told.has(id);
}
