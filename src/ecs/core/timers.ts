/** Time as pacing, memory and the hub need it, so that tests can let it pass at will. */
export interface Timers {
  /** Milliseconds that never go back; their zero means nothing. */
  monotonic(): number;
  /** Calls back once, after at least `delayMs`; the function returned takes it back. */
  schedule(delayMs: number, callback: () => void): () => void;
}

/** The machine's own time. What is scheduled keeps no process alive: whoever waits for it does. */
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
