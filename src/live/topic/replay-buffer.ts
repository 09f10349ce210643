import type { LiveCursor } from './cursor.ts';

/** The parts of an event that replay needs. */
export interface Numbered {
  readonly sequence: number;
}

/** The total weight of all replay buffers of a process. */
export interface ReplayBudget {
  used: number;
  readonly most: number;
}

interface Kept<Item> {
  readonly item: Item;
  readonly weight: number;
}

/** The latest events of a topic, for subscribers that reconnect. Both their number and their weight are limited. */
export class Ring<Item extends Numbered> {
  readonly #capacity: number;
  readonly #budget: ReplayBudget;
  #kept: Kept<Item>[] = [];
  /** The newest sequence that was dropped. */
  #forgotten: number;

  constructor(capacity: number, startsAfter: number, budget: ReplayBudget) {
    this.#capacity = capacity;
    this.#forgotten = startsAfter;
    this.#budget = budget;
  }

  /** @param weight how many ECS resources the event holds */
  push(item: Item, weight: number): void {
    this.#kept.push({ item, weight });
    this.#budget.used += weight;
    // Drops in blocks, so that a full buffer does not move its items with every event.
    if (this.#kept.length > this.#capacity || this.#budget.used > this.#budget.most)
      this.#forget(Math.max(1, Math.min(this.#capacity, this.#kept.length) >> 2));
  }

  /** Every event after `sequence`; undefined if some of them were dropped. */
  after(sequence: number): Item[] | undefined {
    if (sequence < this.#forgotten) return undefined;
    return this.#kept.flatMap(({ item }) => (item.sequence > sequence ? [item] : []));
  }

  /** Replaces everything by the events that came after `sequence`, those that are kept and are newer included. */
  restart(sequence: number, items: readonly (readonly [item: Item, weight: number])[]): void {
    const newest = items.at(-1)?.[0].sequence ?? sequence;
    const newer = this.#kept.filter(({ item }) => item.sequence > newest);
    this.#forget(this.#kept.length);
    this.#forgotten = sequence;
    for (const [item, weight] of items) this.push(item, weight);
    for (const { item, weight } of newer) this.push(item, weight);
  }

  /** Drops everything. */
  clear(): void {
    this.#forget(this.#kept.length);
  }

  get size(): number {
    return this.#kept.length;
  }

  #forget(count: number): void {
    const surplus = this.#kept.splice(0, count);
    for (const { weight } of surplus) this.#budget.used -= weight;
    this.#forgotten = surplus.at(-1)?.item.sequence ?? this.#forgotten;
  }
}

/**
 * The latest events of a topic, and the epochs of their cursors: a topic gets a new epoch when it begins or ends to be shared. Where it
 * had begun by itself, other processes have given its numbers to other events.
 */
export class KeptEvents<Item extends Numbered> {
  readonly #ring: Ring<Item>;
  /** By epoch: events after this sequence are those that its cursors mean. */
  readonly #starts = new Map<string, number>();

  constructor(ring: Ring<Item>) {
    this.#ring = ring;
  }

  get epochs(): Iterable<string> {
    return this.#starts.keys();
  }

  has(epoch: string): boolean {
    return this.#starts.has(epoch);
  }

  /** @param sequence that of the last event before */
  begin(epoch: string, sequence: number): void {
    if (!this.#starts.has(epoch)) this.#starts.set(epoch, sequence);
  }

  push(item: Item, weight: number): void {
    this.#ring.push(item, weight);
  }

  /** Every event after a cursor; undefined if some are not kept. */
  after({ epoch, sequence }: Pick<LiveCursor, 'epoch' | 'sequence'>): Item[] | undefined {
    const start = this.#starts.get(epoch);
    return start === undefined || sequence < start ? undefined : this.#ring.after(sequence);
  }

  /** Takes the events after `sequence` as the cursors of an epoch mean them, in place of those that were kept. */
  replace(epoch: string, sequence: number, items: readonly (readonly [item: Item, weight: number])[]): void {
    this.#ring.restart(sequence, items);
    const start = this.#starts.get(epoch) ?? sequence;
    for (const [other, from] of this.#starts) if (from < start) this.#starts.set(other, start);
    this.#starts.set(epoch, Math.min(start, sequence));
  }

  /** Nothing before the event after `sequence` is kept. */
  restart(sequence: number): void {
    this.#ring.restart(sequence, []);
  }

  clear(): void {
    this.#ring.clear();
  }
}
