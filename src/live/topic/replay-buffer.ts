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
