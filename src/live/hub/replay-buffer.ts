/** What a ring keeps of one event: enough to send it again. */
export interface Numbered {
  readonly sequence: number;
}

/** The latest events of a topic, for those who were away for a moment. */
export class Ring<Item extends Numbered> {
  readonly #capacity: number;
  #items: Item[] = [];
  /** The newest sequence that is no longer held. */
  #forgotten: number;

  constructor(capacity: number, startsAfter: number) {
    this.#capacity = capacity;
    this.#forgotten = startsAfter;
  }

  push(item: Item): void {
    this.#items.push(item);
    if (this.#items.length <= this.#capacity) return;
    // In blocks, so that a full ring does not move its items with every event.
    const surplus = this.#items.splice(0, Math.max(1, this.#capacity >> 2));
    this.#forgotten = surplus.at(-1)?.sequence ?? this.#forgotten;
  }

  /** All that came after `sequence`; undefined when some of it is no longer held. */
  after(sequence: number): Item[] | undefined {
    if (sequence < this.#forgotten) return undefined;
    return this.#items.filter((item) => item.sequence > sequence);
  }

  get size(): number {
    return this.#items.length;
  }
}
