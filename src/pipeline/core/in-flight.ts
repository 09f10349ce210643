/**
 * Running operations and answers in progress, so that a shutdown can wait for them, and streams, so that they can be
 * counted.
 */
export interface InFlight {
  /** False once a shutdown has started. */
  readonly accepting: boolean;
  readonly operations: number;
  /** Number of subscriptions by transport. */
  readonly streams: Readonly<Record<Transport, number>>;
  /** Number of one caller's subscriptions over HTTP. */
  httpStreamsOf(caller: string): number;
  /**
   * Marks the start of something; the returned function marks its end. An answer ends when all of it is sent.
   * @param caller the caller of a stream
   */
  start(kind: 'operation' | 'answer' | 'stream', transport: Transport, caller?: string): () => void;
  /**
   * Refuses new work. Resolves when the last operation has ended and the last answer is sent, or when the grace period
   * is over.
   */
  drain(grace: number): Promise<void>;
}

type Transport = 'http' | 'ws';

/** Creates the counters of one process. */
export function createInFlight(): InFlight {
  const streams = { http: 0, ws: 0 };
  const ofCaller = new Map<string, number>();
  let operations = 0;
  let answers = 0;
  let accepting = true;
  let onIdle: (() => void) | undefined;
  const isIdle = () => operations === 0 && answers === 0;
  return {
    get accepting() {
      return accepting;
    },
    get operations() {
      return operations;
    },
    streams,
    httpStreamsOf: (caller) => ofCaller.get(caller) ?? 0,
    start(kind, transport, caller) {
      const count = (change: 1 | -1) => {
        if (kind === 'stream') streams[transport] += change;
        if (kind === 'stream' && transport === 'http' && caller !== undefined) {
          const streamsNow = (ofCaller.get(caller) ?? 0) + change;
          if (streamsNow > 0) ofCaller.set(caller, streamsNow);
          else ofCaller.delete(caller);
        }
        if (kind === 'answer') answers += change;
        if (kind === 'operation') operations += change;
      };
      count(1);
      let ended = false;
      return () => {
        if (ended) return;
        ended = true;
        count(-1);
        if (isIdle()) onIdle?.();
      };
    },
    drain(grace) {
      accepting = false;
      if (isIdle()) return Promise.resolve();
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
