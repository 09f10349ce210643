/** Clock and timers of pacing, caching and the hub, which tests replace by virtual time. */
export interface Timers {
  /** Monotonic milliseconds with an arbitrary zero. */
  monotonic(): number;
  /** Calls back once after at least `delayMs`. The returned function cancels it. */
  schedule(delayMs: number, callback: () => void): () => void;
}

/** The machine's own time. Its timers do not keep the process alive. */
export function realTimers(): Timers {
  return {
    monotonic: () => performance.now(),
    schedule(delayMs, callback) {
      const timer = setTimeout(callback, delayMs);
      timer.unref();
      return () => clearTimeout(timer);
    },
  };
}
