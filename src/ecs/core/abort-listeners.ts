import { setMaxListeners } from 'node:events';

/**
 * One 'abort' listener for each signal, fanned out to many waiters: many calls wait for one request's signal, and
 * AbortSignal scans its listeners on every add.
 */
export class AbortListeners {
  readonly #callbacks = new WeakMap<AbortSignal, Set<() => void>>();

  /** Calls back once when the signal aborts. The returned function removes the callback. */
  when(signal: AbortSignal, callback: () => void): () => void {
    const waiting = this.#callbacks.get(signal) ?? this.#listen(signal);
    waiting.add(callback);
    return () => waiting.delete(callback);
  }

  /** Settles as the promise does, or rejects with the signal's reason if the signal aborts first. */
  until<T>(promise: Promise<T>, signal: AbortSignal, onAbort?: () => void): Promise<T> {
    if (signal.aborted) {
      promise.catch(() => undefined);
      onAbort?.();
      return Promise.reject(signal.reason);
    }
    return new Promise<T>((resolve, reject) => {
      const forget = this.when(signal, () => {
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

  #listen(signal: AbortSignal): Set<() => void> {
    const waiting = new Set<() => void>();
    this.#callbacks.set(signal, waiting);
    const run = () => {
      for (const each of waiting) each();
      waiting.clear();
    };
    // Each owner of such a set adds one listener; together they may exceed Node's warning limit.
    setMaxListeners(0, signal);
    signal.addEventListener('abort', run, { once: true });
    return waiting;
  }
}
