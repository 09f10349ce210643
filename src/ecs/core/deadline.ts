import { setMaxListeners } from 'node:events';

/**
 * A signal that aborts with its parent or after a time, and holds no reference to either once released.
 * `AbortSignal.any([parent, AbortSignal.timeout(ms)])` is not used: Node 20 collects that timeout as garbage while the
 * combined signal has listeners, so that it never aborts and is never freed.
 */
export interface Deadline {
  readonly signal: AbortSignal;
  /** Aborts the signal early. */
  readonly abort: () => void;
  readonly release: () => void;
}

/** Starts a deadline of this many milliseconds (0 means none) below a signal. */
export function startDeadline(parent: AbortSignal, milliseconds: number): Deadline {
  const controller = new AbortController();
  // A connection's signal has one child for each running operation.
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

/** Settles as the promise does, or with the result of `onAbort` if the signal aborts first. */
export function settleBy<T>(promise: Promise<T>, signal: AbortSignal, onAbort: () => T): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => resolve(onAbort());
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
