import type { Random } from '../util/random.ts';
import type { EventPage, SandboxEvent } from './event-page.ts';

export interface EventEntry {
  readonly at: number;
  readonly source?: string;
  readonly detailType: string;
  readonly resources: readonly string[];
  /** Computed on demand: most events are never read. */
  readonly detail: () => object;
}

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

/**
 * The latest events of a Region, in order. Reading does not remove them. EventBridge delivers at least once: if
 * duplicates are configured, some events come again a little later, in an envelope of their own.
 */
export class EventLog {
  readonly #random: Random;
  readonly #duplicateRate: () => number;
  #duplicates: { readonly entry: EventEntry; wait: number }[] = [];
  /** A ring buffer indexed by event number. */
  readonly #ring: EventEntry[] = [];
  #added = 0;

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

  #append(entry: EventEntry): void {
    this.#ring[this.#added % MOST_ENTRIES] = entry;
    this.#added += 1;
  }

  /** The events in a range of numbers that are still kept. */
  *#between(from: number, to: number): Generator<readonly [sequence: number, entry: EventEntry]> {
    for (let at = from; at < to; at += 1) {
      const entry = this.#ring[at % MOST_ENTRIES];
      if (entry !== undefined) yield [at + 1, entry];
    }
  }

  read(place: { readonly region: string; readonly account: string }, after: number, limit = MOST_IN_PAGE): EventPage {
    const dropped = Math.max(0, this.#added - MOST_ENTRIES);
    const from = Math.min(Math.max(after, dropped), this.#added);
    const next = Math.min(from + Math.min(limit, MOST_IN_PAGE), this.#added);
    const events: SandboxEvent[] = [];
    for (const [sequence, entry] of this.#between(from, next)) {
      events.push({
        version: '0',
        id: `00000000-0000-4000-8000-${sequence.toString(16).padStart(12, '0')}`,
        'detail-type': entry.detailType,
        source: entry.source ?? 'aws.ecs',
        account: place.account,
        // Whole seconds, unlike the detail.
        time: new Date(entry.at).toISOString().replace(/\.\d+Z$/, 'Z'),
        region: place.region,
        resources: entry.resources,
        detail: entry.detail(),
      });
    }
    return { events, next, isTruncated: after < dropped };
  }
}
