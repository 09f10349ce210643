/** What a ring keeps of one event: enough to send it again. */
export interface Numbered {
  readonly sequence: number;
}

/** What all rings of a process keep together, by weight. */
export interface ReplayBudget {
  used: number;
  readonly most: number;
}

interface Kept<Item> {
  readonly item: Item;
  readonly weight: number;
}

/** The latest events of a topic, for those who were away for a moment: not more of them, nor heavier ones, than it may keep. */
export class Ring<Item extends Numbered> {
  readonly #capacity: number;
  readonly #budget: ReplayBudget;
  #kept: Kept<Item>[] = [];
  /** The newest sequence that is no longer held. */
  #forgotten: number;

  constructor(capacity: number, startsAfter: number, budget: ReplayBudget) {
    this.#capacity = capacity;
    this.#forgotten = startsAfter;
    this.#budget = budget;
  }

  /** @param weight how many things of ECS the event holds on to */
  push(item: Item, weight: number): void {
    this.#kept.push({ item, weight });
    this.#budget.used += weight;
    // In blocks, so that a full ring does not move its items with every event.
    if (this.#kept.length > this.#capacity || this.#budget.used > this.#budget.most)
      this.#forget(Math.max(1, Math.min(this.#capacity, this.#kept.length) >> 2));
  }

  /** All that came after `sequence`; undefined when some of it is no longer held. */
  after(sequence: number): Item[] | undefined {
    if (sequence < this.#forgotten) return undefined;
    return this.#kept.flatMap(({ item }) => (item.sequence > sequence ? [item] : []));
  }

  /** Forgets everything. */
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
