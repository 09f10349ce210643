/**
 * Reads that fields of one request share. An operation can reach the same list a thousand times (cluster, tasks, cluster, tasks, ...).
 * The list is read once, and the request sees the same content everywhere.
 */
export class SharedReads {
  #byReader = new WeakMap<object, Map<string, Promise<unknown>>>();

  /**
   * @param reader an object that is the same for fields that need the same members, such as the set of selected members
   * @param key identifies the read
   */
  share<T>(reader: object, key: string, read: () => Promise<T>): Promise<T> {
    const known = this.#byReader.get(reader) ?? new Map<string, Promise<unknown>>();
    this.#byReader.set(reader, known);
    const shared = (known.get(key) as Promise<T> | undefined) ?? read();
    known.set(key, shared);
    return shared;
  }

  /** Forgets everything. Called after a write, because earlier reads may be stale. */
  clear(): void {
    this.#byReader = new WeakMap();
  }
}
