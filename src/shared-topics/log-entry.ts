import type { LifeEntry } from '../live/sharing/topic-sharing.ts';
import type { SharedStore } from '../shared/store.ts';

/** An entry as it stands in the log. The lease is `held` by a connection, given to a replica (`lead`), or `free`. */
export interface LogEntry {
  readonly id: string;
  /** Entries of a life are counted without gaps. */
  readonly number: number;
  readonly kind: LifeEntry['kind'] | 'held' | 'lead' | 'free';
  readonly by: string;
  readonly sequence: number;
  readonly text: string;
}

/** The raw entries of XRANGE, XREVRANGE and XREAD. */
export function toLogEntries(raw: unknown): LogEntry[] {
  return (raw as readonly (readonly [string, readonly string[]])[]).map(
    ([id, [, kind, , by = '', , q, , text = '']]) => ({
      id,
      number: Number(id.slice(id.indexOf('-') + 1)),
      kind: kind as LogEntry['kind'],
      by,
      sequence: Number(q),
      text,
    }),
  );
}

/** Undefined for an entry about the lease. One that cannot be read is missing in the sequence. */
export function toLifeEntry(
  { kind, sequence, text }: LogEntry,
  store: Pick<SharedStore, 'unpack'>,
): LifeEntry | undefined {
  switch (kind) {
    case 'event':
    case 'failed': {
      const unpacked = store.unpack(text);
      if (unpacked === undefined) return { kind: 'broken' };
      return kind === 'event' ? { kind, sequence, text: unpacked } : { kind, text: unpacked };
    }
    case 'ask':
      return { kind, marks: JSON.parse(text) as string[] };
    case 'claim':
      return { kind, until: Number(text) };
    case 'read':
    case 'broken':
      return { kind };
    default:
      return undefined;
  }
}

/** Kind and text as arguments of a script. */
export function toArguments(entry: LifeEntry, store: Pick<SharedStore, 'pack'>): [string, string] {
  if (entry.kind === 'ask') return [entry.kind, JSON.stringify(entry.marks)];
  if (entry.kind === 'claim') return [entry.kind, String(entry.until)];
  return [entry.kind, 'text' in entry ? store.pack(entry.text) : ''];
}
