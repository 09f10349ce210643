/** ECS may read late: what began or ended a little before a look may not have been in it. */
export const OVERLAP_MS = 60_000;

/** Something that a feed has told, and when it happened by ECS's clock. */
export interface Told {
  readonly id: string;
  readonly at: number;
}

/** What a feed has told so far, as far as a cursor may have to say it. */
export interface Standing {
  readonly observedAt: number;
  readonly told: readonly Told[];
  readonly open: ReadonlySet<string>;
  /** Those that are over and can still be seen. */
  readonly over: ReadonlySet<string>;
}

/** What has happened behind a cursor, whichever process gave it out. */
export interface Gap {
  /** All that ended after this moment must be known, or the gap cannot be told. */
  readonly since: number;
  hasBegun(name: string, at: number): boolean;
  hasEnded(name: string, at: number): boolean;
}

/** How a feed's cursors say where it was. They come back from clients: what is no mark of this kind is undefined. */
export interface FeedMarks {
  write(standing: Standing): string | undefined;
  read(mark: string): Gap | undefined;
}

/** Names a beginning or an end, briefly: marks travel in every cursor. */
export function toldId(kind: 'STARTED' | 'ENDED', name: string): string {
  return `${kind === 'STARTED' ? 's' : 'e'}${name.slice(-10)}`;
}

/** For what ECS keeps a history of: all up to a moment was told, and of what lies around it that which is named. */
export const HISTORY_MARKS: FeedMarks = {
  write: ({ observedAt, told }) =>
    // ECS's clock is finer than a millisecond; a moment that is told must be readable again.
    [Math.floor(observedAt), ...told.filter(({ at }) => at > observedAt - OVERLAP_MS).map(({ id }) => id)].join(' '),
  read(mark) {
    const [text = '', ...ids] = mark.split(' ');
    if (!/^\d+$/.test(text)) return undefined;
    const since = Number(text);
    const told = new Set(ids);
    const isAfter = (id: string, at: number) => at > since - OVERLAP_MS && !told.has(id);
    return {
      since,
      hasBegun: (name, at) => isAfter(toldId('STARTED', name), at),
      hasEnded: (name, at) => isAfter(toldId('ENDED', name), at),
    };
  },
};
