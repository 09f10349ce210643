export type PromiseOrValue<T> = T | Promise<T>;

/** Whether a value is a promise: anything with a `then` method. */
export function isPromise(value: unknown): value is Promise<unknown> {
  return (
    ((typeof value === 'object' && value !== null) || typeof value === 'function') &&
    typeof (value as { then?: unknown }).then === 'function'
  );
}

/**
 * Marks rejections of values that are promises as handled. Nothing awaits the items of a list while the list waits for a
 * turn, and a rejection that nothing handles counts as a fault of the gateway.
 */
export function guardPromises(values: readonly unknown[]): void {
  for (const value of values) if (isPromise(value)) value.then(undefined, () => undefined);
}

/**
 * A promise that never settles, for work whose result is no longer needed. Each place gets its own, because a shared
 * one would collect every waiter.
 */
export function never(): Promise<never> {
  return new Promise(() => undefined);
}

/**
 * The pending parts of a result. The result is ready one tick after the last part, or fails one tick after the first
 * failure, as with `Promise.all`. Ticks matter: the first of two errors in one place is the one that is reported.
 */
export class Parts<Key extends string | number> {
  readonly #pending: { readonly key: Key; readonly value: Promise<unknown> }[] = [];

  add(key: Key, value: Promise<unknown>): void {
    this.#pending.push({ key, value });
  }

  /** Marks rejections as handled that nothing awaits yet. */
  guard(): void {
    guardPromises(this.#pending.map(({ value }) => value));
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
