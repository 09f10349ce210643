import type { Activity } from '../core/pending-calls.ts';
import type { Timers } from '../core/timers.ts';

interface Window {
  leftMs: number;
  /** When its time began to run; undefined while no batch of the request waits. */
  since: number | undefined;
  cancel: () => void;
  readonly waiting: Set<() => void>;
}

/**
 * The time that each request has for the waits of its batches, all of them together. It runs while at least one of them
 * waits. Without it, a batch could wait for a slow call of its own request that brings no key for it, and a request
 * could get slower because an answer came earlier. With it, a request takes as long as its longest chain of calls that
 * need each other's answers, and this time.
 */
export class BatchWindows {
  readonly #windowMs: number;
  readonly #timers: Timers;
  readonly #byRequest = new WeakMap<Activity, Window>();

  constructor(windowMs: number, timers: Timers) {
    this.#windowMs = windowMs;
    this.#timers = timers;
  }

  /**
   * A batch begins to wait for a request.
   * @param onUsedUp called when the request has no time left, never synchronously
   * @returns called when the batch waits no more
   */
  wait(activity: Activity, onUsedUp: () => void): () => void {
    if (this.#windowMs === Number.POSITIVE_INFINITY) return () => undefined;
    const window = this.#windowOf(activity);
    window.waiting.add(onUsedUp);
    if (window.since === undefined) this.#run(activity, window);
    return () => {
      if (!window.waiting.delete(onUsedUp) || window.waiting.size > 0) return;
      this.#stop(window);
    };
  }

  #windowOf(activity: Activity): Window {
    const known = this.#byRequest.get(activity);
    if (known !== undefined) return known;
    const made = { leftMs: this.#windowMs, since: undefined, cancel: () => undefined, waiting: new Set<() => void>() };
    this.#byRequest.set(activity, made);
    return made;
  }

  #run(activity: Activity, window: Window): void {
    const use = () => {
      activity.whenReleased(() => {
        this.#stop(window);
        for (const onUsedUp of [...window.waiting]) {
          window.waiting.delete(onUsedUp);
          onUsedUp();
        }
      });
    };
    window.since = this.#timers.monotonic();
    if (window.leftMs > 0) window.cancel = this.#timers.schedule(window.leftMs, use);
    else use();
  }

  #stop(window: Window): void {
    window.cancel();
    if (window.since !== undefined) window.leftMs -= this.#timers.monotonic() - window.since;
    window.since = undefined;
  }
}
