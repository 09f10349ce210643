import { addToCount } from '../../util/add-to-count.ts';

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
  /** Number of one principal's subscriptions over every transport. */
  streamsOf(principal: string): number;
  /**
   * Marks the start of something; the returned function marks its end. An answer ends when all of it is sent.
   * @param follower the caller of a stream, and its principal
   */
  start(kind: Kind, transport: Transport, follower?: Follower): () => void;
  /**
   * Refuses new work. Resolves when the last operation has ended and the last answer is sent, or when the grace period
   * is over.
   */
  drain(grace: number): Promise<void>;
}

type Kind = 'operation' | 'answer' | 'stream';
type Transport = 'http' | 'ws';

/** The follower of a stream, by the keys that limits count by. */
interface Follower {
  readonly caller: string;
  readonly principal: string;
}

/** Creates the counters of one process. */
export function createInFlight(): InFlight {
  const streams = { http: 0, ws: 0 };
  const ofCaller = new Map<string, number>();
  const ofPrincipal = new Map<string, number>();
  let operations = 0;
  let answers = 0;
  let accepting = true;
  let onIdle: (() => void) | undefined;
  const isIdle = () => operations === 0 && answers === 0;
  function count(kind: Kind, transport: Transport, follower: Follower | undefined, change: 1 | -1): void {
    if (kind === 'stream') streams[transport] += change;
    if (kind === 'stream' && follower !== undefined) {
      addToCount(ofPrincipal, follower.principal, change);
      if (transport === 'http') addToCount(ofCaller, follower.caller, change);
    }
    if (kind === 'answer') answers += change;
    if (kind === 'operation') operations += change;
  }

  return {
    get accepting() {
      return accepting;
    },
    get operations() {
      return operations;
    },
    streams,
    httpStreamsOf: (caller) => ofCaller.get(caller) ?? 0,
    streamsOf: (principal) => ofPrincipal.get(principal) ?? 0,
    start(kind, transport, follower) {
      count(kind, transport, follower, 1);
      let ended = false;
      return () => {
        if (ended) return;
        ended = true;
        count(kind, transport, follower, -1);
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
