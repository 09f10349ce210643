/** Queries and mutations that are running, so that a shutdown can wait for them, and streams, so that they can be counted. */
export interface InFlight {
  /** False once a shutdown asked for no more work. */
  readonly accepting: boolean;
  readonly streams: number;
  /** Marks the start of an operation; call what it returns at its end. */
  start(kind: 'operation' | 'stream'): () => void;
  /** Refuses new work, and resolves when the last running operation ended or the time is up. */
  drain(grace: number): Promise<void>;
}

/** The bookkeeping of one process. */
export function createInFlight(): InFlight {
  const counts = { operation: 0, stream: 0 };
  let accepting = true;
  let onIdle: (() => void) | undefined;
  return {
    get accepting() {
      return accepting;
    },
    get streams() {
      return counts.stream;
    },
    start(kind) {
      counts[kind] += 1;
      let ended = false;
      return () => {
        if (ended) return;
        ended = true;
        counts[kind] -= 1;
        if (counts.operation === 0) onIdle?.();
      };
    },
    drain(grace) {
      accepting = false;
      if (counts.operation === 0) return Promise.resolve();
      return new Promise((resolve) => {
        const timer = setTimeout(resolve, grace);
        onIdle = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    },
  };
}
