/** What to do when a signal ends, by signal. */
const callbacks = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls back once when the signal ends; the function returned takes that back. Thousands of loads wait on one request's
 * signal, and a signal's own list of listeners is searched through for each that is added.
 */
export function whenAborted(signal: AbortSignal, callback: () => void): () => void {
  let waiting = callbacks.get(signal);
  if (waiting === undefined) {
    const created = new Set<() => void>();
    waiting = created;
    callbacks.set(signal, created);
    const run = () => {
      for (const each of created) each();
      created.clear();
    };
    signal.addEventListener('abort', run, { once: true });
  }
  const all = waiting;
  all.add(callback);
  return () => all.delete(callback);
}

/** The promise's outcome, or the signal's reason if that comes first. */
export function untilAborted<T>(promise: Promise<T>, signal: AbortSignal, onAbort?: () => void): Promise<T> {
  if (signal.aborted) {
    promise.catch(() => undefined);
    onAbort?.();
    return Promise.reject(signal.reason);
  }
  return new Promise<T>((resolve, reject) => {
    const forget = whenAborted(signal, () => {
      onAbort?.();
      reject(signal.reason);
    });
    promise.then(
      (value) => {
        forget();
        resolve(value);
      },
      (error: unknown) => {
        forget();
        reject(error);
      },
    );
  });
}
