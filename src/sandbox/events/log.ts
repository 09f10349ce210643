import type { Random } from '../random.ts';

/** What EventBridge delivers, as far as ECS sends it. */
export interface SandboxEvent {
  /** The envelope's own, always 0; a task's or instance's stands in `detail`. */
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: object;
}

export interface EventEntry {
  readonly at: number;
  readonly source?: string;
  readonly detailType: string;
  readonly resources: readonly string[];
  /** Called when somebody reads it: most events are never read. */
  readonly detail: () => object;
}

export interface EventPage {
  readonly events: readonly SandboxEvent[];
  /** Give this as `after` to read on. */
  readonly next: number;
  /** Some of those asked for had to make room for newer ones. */
  readonly isTruncated: boolean;
}

const MOST_ENTRIES = 10_000;
const MOST_IN_PAGE = 1000;

/** How many events come between one and its duplicate, at most. */
const LATEST_DUPLICATE = 5;

/**
 * The latest events of a Region, in order. What is read stays, so that it can be read again. EventBridge delivers at
 * least once: where duplicates are asked for, some events come again a little later, in an envelope of their own.
 */
export class EventLog {
  readonly #random: Random;
  readonly #duplicateRate: () => number;
  #duplicates: { readonly entry: EventEntry; wait: number }[] = [];
  #entries: EventEntry[] = [];
  /** How many have been dropped: the sequence number of the first that is kept, less one. */
  #dropped = 0;

  constructor(random: Random, duplicateRate: () => number = () => 0) {
    this.#random = random;
    this.#duplicateRate = duplicateRate;
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
    this.#entries.push(entry);
    if (this.#entries.length < 2 * MOST_ENTRIES) return;
    this.#entries = this.#entries.slice(MOST_ENTRIES);
    this.#dropped += MOST_ENTRIES;
  }

  read(place: { readonly region: string; readonly account: string }, after: number, limit = MOST_IN_PAGE): EventPage {
    const from = Math.max(0, after - this.#dropped);
    const entries = this.#entries.slice(from, from + Math.min(limit, MOST_IN_PAGE));
    const events = entries.map((entry, index): SandboxEvent => {
      const sequence = this.#dropped + from + index + 1;
      return {
        version: '0',
        id: `00000000-0000-4000-8000-${sequence.toString(16).padStart(12, '0')}`,
        'detail-type': entry.detailType,
        source: entry.source ?? 'aws.ecs',
        account: place.account,
        time: new Date(entry.at).toISOString(),
        region: place.region,
        resources: entry.resources,
        detail: entry.detail(),
      };
    });
    return { events, next: this.#dropped + from + entries.length, isTruncated: after < this.#dropped };
  }
}
