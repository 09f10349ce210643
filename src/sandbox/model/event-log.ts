import { hashOf, type Random } from '../util/random.ts';
import type { EventPage, SandboxEvent } from './event-page.ts';

export interface EventEntry {
  readonly at: number;
  readonly source?: string;
  readonly detailType: string;
  readonly resources: readonly string[];
  /** Computed on demand: most events are never read. */
  readonly detail: () => object;
}

/**
 * The room of one event in the log's arrays: references from `refsFrom` on, numbers from `numbersFrom` on. Millions of
 * events come and go, and an object for each would stay alive just long enough to be expensive.
 */
export interface EventRow {
  readonly refs: unknown[];
  refsFrom: number;
  numbers: Float64Array;
  numbersFrom: number;
}

/** Events of one kind, and how they are written to a row and read. */
export interface RowFormat<R> {
  readonly write: (row: EventRow, record: R) => void;
  readonly read: (row: EventRow, at: number) => EventEntry;
}

const REFS_IN_ROW = 11;
const NUMBERS_IN_ROW = 8;
const FIRST_ROWS = 64;

const MOST_ENTRIES = 10_000;
const MOST_IN_PAGE = 1000;

/** Most events between an event and its duplicate. */
const LATEST_DUPLICATE = 5;

/** An event as a file keeps it, with its detail computed as JSON. */
interface KeptEntry extends Omit<EventEntry, 'detail'> {
  readonly detail: string;
}

/** The state of a log, including pending duplicates. */
export interface EventLogState {
  readonly added: number;
  readonly random: number;
  readonly entries: readonly KeptEntry[];
  readonly duplicates: readonly { readonly entry: KeptEntry; readonly wait: number }[];
}

function toKept(entry: EventEntry): KeptEntry {
  const { at, source, detailType, resources } = entry;
  return {
    at,
    detailType,
    resources,
    detail: JSON.stringify(entry.detail()),
    ...(source === undefined ? {} : { source }),
  };
}

function fromKept(entry: KeptEntry): EventEntry {
  return { ...entry, detail: () => JSON.parse(entry.detail) as object };
}

export interface EventPlace {
  readonly region: string;
  readonly account: string;
}

/** Looks at events as they happen. */
export interface EventListener {
  /** Whether to pass the events on at all: most worlds have no rules, and rendering an event costs time. */
  isInterested(): boolean;
  take(sequence: number, entry: EventEntry): void;
}

/** An event as EventBridge delivers it. Its id is unique in all Regions of all accounts. */
export function envelopeOf(place: EventPlace, sequence: number, entry: EventEntry): SandboxEvent {
  const where = hashOf(`${place.account}/${place.region}`).toString(16).padStart(8, '0');
  return {
    version: '0',
    id: `${where}-0000-4000-8000-${sequence.toString(16).padStart(12, '0')}`,
    'detail-type': entry.detailType,
    source: entry.source ?? 'aws.ecs',
    account: place.account,
    // Whole seconds, unlike the detail.
    time: new Date(entry.at).toISOString().replace(/\.\d+Z$/, 'Z'),
    region: place.region,
    resources: entry.resources,
    detail: entry.detail(),
  };
}

/**
 * The latest events of a Region, in order. Reading does not remove them. EventBridge delivers at least once: if
 * duplicates are configured, some events come again a little later, in an envelope of their own.
 */
export class EventLog {
  readonly #random: Random;
  readonly #duplicateRate: () => number;
  #duplicates: { readonly entry: EventEntry; wait: number }[] = [];
  /** A ring buffer indexed by event number: entries, or the formats of events in rows. */
  readonly #ring: (EventEntry | RowFormat<never>)[] = [];
  /** The times of the events in rows. */
  #times = new Float64Array(FIRST_ROWS);
  readonly #row: EventRow = {
    refs: new Array<unknown>(FIRST_ROWS * REFS_IN_ROW).fill(undefined),
    refsFrom: 0,
    numbers: new Float64Array(FIRST_ROWS * NUMBERS_IN_ROW),
    numbersFrom: 0,
  };
  #added = 0;
  /** Receives each event as it is added; set by the world that owns the log. */
  listener: EventListener | undefined;

  constructor(random: Random, duplicateRate: () => number = () => 0) {
    this.#random = random;
    this.#duplicateRate = duplicateRate;
  }

  get state(): EventLogState {
    const from = Math.max(0, this.#added - MOST_ENTRIES);
    const entries = Array.from(this.#between(from, this.#added), ([, entry]) => toKept(entry));
    const duplicates = this.#duplicates.map(({ entry, wait }) => ({ entry: toKept(entry), wait }));
    return { added: this.#added, random: this.#random.state, entries, duplicates };
  }

  set state({ added, random, entries, duplicates }: EventLogState) {
    this.#added = added - entries.length;
    for (const entry of entries) this.#append(fromKept(entry));
    this.#random.state = random;
    this.#duplicates = duplicates.map(({ entry, wait }) => ({ entry: fromKept(entry), wait }));
  }

  add(entry: EventEntry): void {
    this.#append(entry);
    this.#maybeDouble(entry);
  }

  /** Adds an event that the format writes to a row. */
  addRow<R>(format: RowFormat<R>, record: R, at: number): void {
    const place = this.#added % MOST_ENTRIES;
    if (place >= this.#times.length) this.#grow(place);
    this.#times[place] = at;
    format.write(this.#rowAt(place), record);
    this.#append(format);
    if (this.#duplicateRate() > 0 || this.#duplicates.length > 0)
      this.#maybeDouble(format.read(this.#rowAt(place), at));
  }

  #rowAt(place: number): EventRow {
    this.#row.refsFrom = place * REFS_IN_ROW;
    this.#row.numbersFrom = place * NUMBERS_IN_ROW;
    return this.#row;
  }

  /** Makes room for a row at a place; other entries may have taken many places before it. */
  #grow(place: number): void {
    let rows = this.#times.length;
    while (rows <= place) rows = Math.min(rows * 2, MOST_ENTRIES);
    const times = new Float64Array(rows);
    times.set(this.#times);
    this.#times = times;
    const numbers = new Float64Array(rows * NUMBERS_IN_ROW);
    numbers.set(this.#row.numbers);
    this.#row.numbers = numbers;
    while (this.#row.refs.length < rows * REFS_IN_ROW) this.#row.refs.push(undefined);
  }

  #entryAt(place: number): EventEntry | undefined {
    const entry = this.#ring[place];
    return entry !== undefined && 'read' in entry ? entry.read(this.#rowAt(place), this.#times[place] ?? 0) : entry;
  }

  #maybeDouble(entry: EventEntry): void {
    const rate = this.#duplicateRate();
    if (rate > 0 && this.#random.next() < rate) {
      this.#duplicates.push({ entry, wait: 1 + this.#random.integer(LATEST_DUPLICATE) });
    }
    if (this.#duplicates.length === 0) return;
    const waiting = this.#duplicates;
    this.#duplicates = [];
    for (const duplicate of waiting) {
      duplicate.wait -= 1;
      if (duplicate.wait > 0) this.#duplicates.push(duplicate);
      else this.#append(duplicate.entry);
    }
  }

  #append(entry: EventEntry | RowFormat<never>): void {
    const place = this.#added % MOST_ENTRIES;
    this.#ring[place] = entry;
    this.#added += 1;
    if (this.listener?.isInterested() !== true) return;
    const added = this.#entryAt(place);
    if (added !== undefined) this.listener.take(this.#added, added);
  }

  /** The events in a range of numbers that are still kept. */
  *#between(from: number, to: number): Generator<readonly [sequence: number, entry: EventEntry]> {
    for (let at = from; at < to; at += 1) {
      const entry = this.#entryAt(at % MOST_ENTRIES);
      if (entry !== undefined) yield [at + 1, entry];
    }
  }

  read(place: EventPlace, after: number, limit = MOST_IN_PAGE): EventPage {
    const dropped = Math.max(0, this.#added - MOST_ENTRIES);
    const from = Math.min(Math.max(after, dropped), this.#added);
    const next = Math.min(from + Math.min(limit, MOST_IN_PAGE), this.#added);
    const events: SandboxEvent[] = [];
    for (const [sequence, entry] of this.#between(from, next)) {
      events.push(envelopeOf(place, sequence, entry));
    }
    return { events, next, isTruncated: after < dropped };
  }
}
