import type { TimedEvent } from '../core/service-events.ts';

/** Services are polled at slightly different times: an event may be seen and reported after a later one. */
const OVERLAP_MS = 15_000;
/** Marks are part of every cursor. In busy clusters the overlap is shorter. */
const MOST_IDS = 60;
const ID_LENGTH = 5;
const MARK = /^(\d+) ((?:[\w-]{5})*)$/;

/**
 * The position of a stream of many services' events: everything older was reported, and so were the listed newer
 * events.
 */
export interface EventsMark {
  readonly from: number;
  isReported(event: TimedEvent): boolean;
}

/** @param reported events in any order; recent ones suffice */
export function writeEventsMark(reported: readonly TimedEvent[]): string {
  const latest = reported.toSorted((a, b) => b.createdAt.getTime() - a.createdAt.getTime()).slice(0, MOST_IDS + 1);
  const newest = latest[0]?.createdAt.getTime() ?? 0;
  const cut = latest[MOST_IDS]?.createdAt.getTime() ?? 0;
  const from = Math.floor(Math.max(0, newest - OVERLAP_MS, cut));
  const ids = latest.filter(({ createdAt }) => createdAt.getTime() > from).map(briefly);
  return `${from} ${ids.join('')}`;
}

/** Undefined if the text is not such a mark. It comes from a client. */
export function readEventsMark(mark: string): EventsMark | undefined {
  const [, from, ids] = MARK.exec(mark) ?? [];
  if (from === undefined) return undefined;
  const reported = new Set(ids?.match(/.{5}/g));
  return {
    from: Number(from),
    isReported: (event) => event.createdAt.getTime() <= Number(from) || reported.has(briefly(event)),
  };
}

/** The end of a random id. */
function briefly({ eventId }: TimedEvent): string {
  return eventId.slice(-ID_LENGTH).padStart(ID_LENGTH, '-');
}
