import { ClientClosedError, ClientOfflineError, ErrorReply } from '@redis/client';
import type { Timers } from '../../ecs/core/timers.ts';
import { SharedError } from '../store.ts';

/** Counts commands and gives each a time limit. The client's own limit ends when a command is written to its socket. */
export class LimitedCommands {
  readonly #timers: Timers;
  readonly commands = new Map<string, number>();
  readonly failures = new Map<string, number>();
  lateAnswers = 0;

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  failed(kind: string): void {
    count(this.failures, kind);
  }

  /**
   * Sends a command once.
   * @param kind name of the command or script in metrics
   * @throws {SharedError}
   */
  send(kind: string, limitMs: number, send: () => Promise<unknown>): Promise<unknown> {
    count(this.commands, kind);
    return new Promise((resolve, reject) => {
      let isOver = false;
      const fail = (error: SharedError) => {
        isOver = true;
        this.failed(error.kind);
        reject(error);
      };
      const cancel = this.#timers.schedule(limitMs, () => {
        // If this process was busy for that long, the answer has come and was not read yet.
        setImmediate(() => {
          if (!isOver) fail(new SharedError('TIMEOUT', `Redis did not answer ${kind} within ${limitMs} ms`));
        });
      });
      send().then(
        (answer) => {
          if (isOver) this.lateAnswers += 1;
          isOver = true;
          resolve(answer);
          cancel();
        },
        (error: unknown) => {
          cancel();
          if (!isOver) fail(toSharedError(error));
          else if (error instanceof ErrorReply) this.lateAnswers += 1;
        },
      );
    });
  }
}

function count(counts: Map<string, number>, kind: string): void {
  counts.set(kind, (counts.get(kind) ?? 0) + 1);
}

/** Errors of the server have no code: their kind is the first word of the message. */
export function toSharedError(error: unknown): SharedError {
  const { message } = error as Error;
  if (error instanceof ErrorReply) return new SharedError(/^[A-Z]+/.exec(message)?.[0] ?? 'ERR', message);
  const isUnsent =
    error instanceof ClientOfflineError || error instanceof ClientClosedError || message === 'The queue is full';
  return new SharedError(isUnsent ? 'AWAY' : 'LOST', message);
}

/** This many commands without an answer within WINDOW_MS open the breaker, long before the connection is cut. */
const MOST_TIMEOUTS = 3;
const WINDOW_MS = 2_000;

/** The first word of our own script's refusal. */
export const OTHER_KEY = 'OTHERKEY';

/** Errors of a server that can be reached and cannot be used, by their first word. */
const UNUSABLE = new Set([
  'OOM',
  'READONLY',
  'NOREPLICAS',
  'BUSY',
  'LOADING',
  'MASTERDOWN',
  'CLUSTERDOWN',
  'MISCONF',
  'NOAUTH',
  'WRONGPASS',
  'MOVED',
  'ASK',
  OTHER_KEY,
]);

/** Decides from what happens to commands whether Redis can be used. */
export class Breaker {
  readonly #timers: Timers;
  #timeouts: number[] = [];

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  /** Notes a command without an answer. Returns true if Redis counts as away from now on. */
  timedOut(): boolean {
    const now = this.#timers.monotonic();
    this.#timeouts = [...this.#timeouts.filter((at) => now - at < WINDOW_MS), now];
    return this.#timeouts.length >= MOST_TIMEOUTS;
  }

  reset(): void {
    this.#timeouts = [];
  }
}

/** Whether an error means that Redis cannot be used at all, rather than that a command was wrong. */
export function isUnusable(kind: string): boolean {
  return UNUSABLE.has(kind);
}
