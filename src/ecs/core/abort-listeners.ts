import { setMaxListeners } from 'node:events';

/**
 * Those who wait for signals to end. Many calls wait with one request's signal, and a signal's own list of listeners is searched
 * through for each that is added: here each signal has one.
 */
export class AbortListeners {
  readonly #callbacks = new WeakMap<AbortSignal, Set<() => void>>();

  /** Calls back once when the signal ends; the function returned takes that back. */
  when(signal: AbortSignal, callback: () => void): () => void {
    const waiting = this.#callbacks.get(signal) ?? this.#listen(signal);
    waiting.add(callback);
    return () => waiting.delete(callback);
  }

  /** The promise's outcome, or the signal's reason if that comes first. */
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
    // Each of those who own such a set listens once; together they may be more than Node warns of.
    setMaxListeners(0, signal);
    signal.addEventListener('abort', run, { once: true });
    return waiting;
  }
}
