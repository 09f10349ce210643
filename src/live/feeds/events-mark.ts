import type { TimedEvent } from '../core/service-events.ts';

/** Services are looked at moments apart: an event may be seen, and told, after one that came later. */
const OVERLAP_MS = 15_000;
/** Marks travel in every cursor: of a cluster where more happens, the overlap is shorter. */
const MOST_IDS = 60;
const ID_LENGTH = 5;
const MARK = /^(\d+) ((?:[\w-]{5})*)$/;

/** How far a stream of many services' events has come: what is older was told, and of what is not the events named. */
export interface EventsMark {
  readonly from: number;
  isTold(event: TimedEvent): boolean;
}

/** @param told events, in any order; those of the last while suffice */
export function writeEventsMark(told: readonly TimedEvent[]): string {
  const latest = told.toSorted((a, b) => b.createdAt.getTime() - a.createdAt.getTime()).slice(0, MOST_IDS + 1);
  const newest = latest[0]?.createdAt.getTime() ?? 0;
  const cut = latest[MOST_IDS]?.createdAt.getTime() ?? 0;
  const from = Math.floor(Math.max(0, newest - OVERLAP_MS, cut));
  const ids = latest.filter(({ createdAt }) => createdAt.getTime() > from).map(briefly);
  return `${from} ${ids.join('')}`;
}

/** Undefined where the text is no such mark. It comes from a client. */
export function readEventsMark(mark: string): EventsMark | undefined {
  const [, from, ids] = MARK.exec(mark) ?? [];
  if (from === undefined) return undefined;
  const told = new Set(ids?.match(/.{5}/g));
  return {
    from: Number(from),
    isTold: (event) => event.createdAt.getTime() <= Number(from) || told.has(briefly(event)),
  };
}

/** The end of an id, which is random. */
function briefly({ eventId }: TimedEvent): string {
  return eventId.slice(-ID_LENGTH).padStart(ID_LENGTH, '-');
}
