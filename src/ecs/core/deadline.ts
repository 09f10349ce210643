import { setMaxListeners } from 'node:events';

/**
 * A signal that ends when its parent does or when time is up, and holds on to neither once it is released. It is not made with
 * `AbortSignal.any([parent, AbortSignal.timeout(ms)])`: Node 20 collects that timeout as garbage while somebody listens to the combined
 * signal, which then never ends and is never freed.
 */
export interface Deadline {
  readonly signal: AbortSignal;
  /** Ends it before its time. */
  readonly abort: () => void;
  readonly release: () => void;
}

/** Starts a deadline of so many milliseconds (0: none) below a signal. */
export function startDeadline(parent: AbortSignal, milliseconds: number): Deadline {
  const controller = new AbortController();
  // A connection has one for each operation that runs on it.
  setMaxListeners(0, parent);
  const onParent = () => controller.abort(parent.reason);
  const timer =
    milliseconds > 0
      ? setTimeout(
          () => controller.abort(new DOMException('The request ran into its deadline.', 'TimeoutError')),
          milliseconds,
        )
      : undefined;
  timer?.unref();
  if (parent.aborted) onParent();
  else parent.addEventListener('abort', onParent, { once: true });
  return {
    signal: controller.signal,
    abort: () => controller.abort(),
    release() {
      clearTimeout(timer);
      parent.removeEventListener('abort', onParent);
    },
  };
}

/** The promise's result, or `onAbort`'s where the signal ends first. */
export function settleBy<T>(promise: Promise<T>, signal: AbortSignal, onAbort: () => T): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => resolve(onAbort());
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
