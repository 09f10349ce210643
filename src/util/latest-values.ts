/** Values by key, up to a number of them. The value that was set longest ago is forgotten first. */
export class LatestValues<T, Key = string> {
  readonly #most: number;
  // A Map is in the order in which its keys were added.
  readonly #values = new Map<Key, T>();

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#values.size;
  }

  get(key: Key): T | undefined {
    return this.#values.get(key);
  }

  set(key: Key, value: T): void {
    this.#values.delete(key);
    this.#values.set(key, value);
    if (this.#values.size <= this.#most) return;
    const [oldest] = this.#values.keys();
    if (oldest !== undefined) this.#values.delete(oldest);
  }

  delete(key: Key): void {
    this.#values.delete(key);
  }

  /** All entries; the one that was set longest ago is first. */
  entries(): IterableIterator<[Key, T]> {
    return this.#values.entries();
  }
}
