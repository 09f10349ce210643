export type PromiseOrValue<T> = T | Promise<T>;

/** Whether a value is to be waited for: anything that has a `then`. */
export function isPromise(value: unknown): value is Promise<unknown> {
  return (
    ((typeof value === 'object' && value !== null) || typeof value === 'function') &&
    typeof (value as { then?: unknown }).then === 'function'
  );
}

/** Waits for parts that fill in a whole; the first that fails fails it. */
export function whenAll<Whole>(pending: readonly Promise<unknown>[], whole: Whole): Promise<Whole> {
  const [only] = pending;
  const all: Promise<unknown> = only !== undefined && pending.length === 1 ? only : Promise.all(pending);
  return all.then(() => whole);
}
