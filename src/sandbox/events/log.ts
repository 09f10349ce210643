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

/** The latest events of a Region, in order. What is read stays, so that it can be read again. */
export class EventLog {
  #entries: EventEntry[] = [];
  /** How many have been dropped: the sequence number of the first that is kept, less one. */
  #dropped = 0;

  add(entry: EventEntry): void {
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
