/** ECS's answers may be stale: what started or ended shortly before a poll may not be in it. */
export const OVERLAP_MS = 60_000;

/** A change that a feed has reported, and when it happened by ECS's clock. */
export interface Reported {
  readonly id: string;
  readonly at: number;
}

/** The state of a feed that a cursor must contain. */
export interface Standing {
  readonly observedAt: number;
  readonly reported: readonly Reported[];
  readonly open: ReadonlySet<string>;
  /** Ended ones that ECS still shows. */
  readonly over: ReadonlySet<string>;
}

/** The changes after a cursor of any process. */
export interface Gap {
  /** Every end after this time must be known, or the gap cannot be closed. */
  readonly since: number;
  hasBegun(name: string, at: number): boolean;
  hasEnded(name: string, at: number): boolean;
}

/** How a feed's position is stored in its cursors. Marks come back from clients; an invalid one is undefined. */
export interface FeedMarks {
  write(standing: Standing): string | undefined;
  read(mark: string): Gap | undefined;
}

/** A short name for a start or an end, because marks are part of every cursor. */
export function reportedId(kind: 'STARTED' | 'ENDED', name: string): string {
  return `${kind === 'STARTED' ? 's' : 'e'}${name.slice(-10)}`;
}

/**
 * For resources whose history ECS keeps: everything up to a time was reported, and so were the listed changes around
 * it.
 */
export const HISTORY_MARKS: FeedMarks = {
  write: ({ observedAt, reported }) =>
    // ECS's clock is finer than a millisecond, and the stored time must be readable again.
    [Math.floor(observedAt), ...reported.filter(({ at }) => at > observedAt - OVERLAP_MS).map(({ id }) => id)].join(
      ' ',
    ),
  read(mark) {
    const [text = '', ...ids] = mark.split(' ');
    if (!/^\d+$/.test(text)) return undefined;
    const since = Number(text);
    const reported = new Set(ids);
    const isAfter = (id: string, at: number) => at > since - OVERLAP_MS && !reported.has(id);
    return {
      since,
      hasBegun: (name, at) => isAfter(reportedId('STARTED', name), at),
      hasEnded: (name, at) => isAfter(reportedId('ENDED', name), at),
    };
  },
};
