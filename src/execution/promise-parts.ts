export type PromiseOrValue<T> = T | Promise<T>;

/** Whether a value is to be waited for: anything that has a `then`. */
export function isPromise(value: unknown): value is Promise<unknown> {
  return (
    ((typeof value === 'object' && value !== null) || typeof value === 'function') &&
    typeof (value as { then?: unknown }).then === 'function'
  );
}

/** What stands for the result of work that nobody waits for any more. One for each place: one for all would collect who waits. */
export function never(): Promise<never> {
  return new Promise(() => undefined);
}

/**
 * Parts of a whole that are still to come. It is there one tick after the last of them, or fails one tick after the first that
 * fails, as `Promise.all` would have it, which has to look at parts that are there already as well. Ticks count: of two errors
 * in the same place the first one is told.
 */
export class Parts<Key extends string | number> {
  readonly #pending: { readonly key: Key; readonly value: Promise<unknown> }[] = [];

  add(key: Key, value: Promise<unknown>): void {
    this.#pending.push({ key, value });
  }

  /** Lets those fail that nobody looks at yet. */
  guard(): void {
    for (const { value } of this.#pending) value.catch(() => undefined);
  }

  fillIn<Whole extends { [key in Key]: unknown }>(whole: Whole): Promise<Whole> {
    let left = this.#pending.length;
    return new Promise((resolve, reject) => {
      for (const { key, value } of this.#pending) {
        value.then((part) => {
          whole[key] = part as Whole[Key];
          left -= 1;
          if (left === 0) resolve(whole);
        }, reject);
      }
    });
  }
}
