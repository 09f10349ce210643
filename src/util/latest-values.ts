/** Values by key, up to a number of them. The value that was set longest ago is forgotten first. */
export class LatestValues<T> {
  readonly #most: number;
  // A Map is in the order in which its keys were added.
  readonly #values = new Map<string, T>();

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#values.size;
  }

  get(key: string): T | undefined {
    return this.#values.get(key);
  }

  set(key: string, value: T): void {
    this.#values.delete(key);
    this.#values.set(key, value);
    const [oldest] = this.#values.size > this.#most ? this.#values.keys() : [];
    if (oldest !== undefined) this.#values.delete(oldest);
  }

  delete(key: string): void {
    this.#values.delete(key);
  }

  /** All entries; the one that was set longest ago is first. */
  entries(): IterableIterator<[string, T]> {
    return this.#values.entries();
  }
}
