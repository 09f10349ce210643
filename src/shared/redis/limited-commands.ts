import { ClientClosedError, ClientOfflineError, ErrorReply } from '@redis/client';
import type { Timers } from '../../ecs/core/timers.ts';
import { SharedError } from '../store.ts';

/** A timer that runs this much too late, in milliseconds, shows that this process was busy. */
const LATE_MS = 25;
/** A busy process prolongs a time limit so often at most. */
const MOST_PROLONGED = 4;

/** Fails a command that waits for its answer. */
type Fail = (error: SharedError) => void;

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
   * @param waiting holds the command while it waits for its answer, so that it can be given up early
   * @throws {SharedError}
   */
  send(kind: string, limitMs: number, send: () => Promise<unknown>, waiting?: Set<Fail>): Promise<unknown> {
    count(this.commands, kind);
    return new Promise((resolve, reject) => {
      let isOver = false;
      const end = () => {
        isOver = true;
        cancel();
        waiting?.delete(fail);
      };
      const fail = (error: SharedError) => {
        end();
        this.failed(error.kind);
        reject(error);
      };
      const cancel = scheduleHearing(this.#timers, limitMs, () =>
        fail(new SharedError('TIMEOUT', `Redis did not answer ${kind} within ${limitMs} ms`)),
      );
      waiting?.add(fail);
      send().then(
        (answer) => {
          if (isOver) this.lateAnswers += 1;
          end();
          resolve(answer);
        },
        (error: unknown) => {
          if (!isOver) fail(toSharedError(error));
          else if (error instanceof ErrorReply) this.lateAnswers += 1;
        },
      );
    });
  }
}

/**
 * Calls back when a time has passed in which this process could hear an answer. While it is busy it hears nothing, and an answer
 * that has come is read after the timers: it gets the time again by which the timer was late, up to the limit itself.
 * @returns a function that cancels the call
 */
function scheduleHearing(timers: Timers, limitMs: number, callback: () => void): () => void {
  let isCancelled = false;
  let cancelTimer = (): void => undefined;
  const wait = (ms: number, prolonged: number) => {
    const dueAt = timers.monotonic() + ms;
    cancelTimer = timers.schedule(ms, () => {
      const lateMs = timers.monotonic() - dueAt;
      if (lateMs > LATE_MS && prolonged < MOST_PROLONGED) wait(Math.min(lateMs, limitMs), prolonged + 1);
      else setImmediate(() => isCancelled || callback());
    });
  };
  wait(limitMs, 0);
  return () => {
    isCancelled = true;
    cancelTimer();
  };
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

/**
 * Notices that a connection answers nothing any more. Redis answers in order, so a server that is only slow, or shares its processor
 * with others, answers earlier commands meanwhile.
 */
export class Silence {
  readonly #timers: Timers;
  readonly #mostMs: number;
  readonly #onSilent: () => void;
  /** Commands that wait for their answer. */
  readonly #waiting = new Set<symbol>();
  #since = 0;
  #cancel: (() => void) | undefined;

  constructor(mostMs: number, timers: Timers, onSilent: () => void) {
    this.#mostMs = mostMs;
    this.#timers = timers;
    this.#onSilent = onSilent;
  }

  /** Notes a command. The returned function notes its answer, however late that is. */
  sent(): () => void {
    const command = Symbol();
    if (this.#waiting.size === 0) this.#since = this.#timers.monotonic();
    this.#waiting.add(command);
    this.#watch(this.#mostMs);
    return () => {
      if (this.#waiting.delete(command)) this.#since = this.#timers.monotonic();
    };
  }

  #watch(ms: number): void {
    this.#cancel ??= scheduleHearing(this.#timers, ms, () => {
      this.#cancel = undefined;
      const leftMs = this.#since + this.#mostMs - this.#timers.monotonic();
      if (this.#waiting.size === 0) return;
      if (leftMs > 0) this.#watch(leftMs);
      else this.#onSilent();
    });
  }
}

/** Whether an error means that Redis cannot be used at all, rather than that a command was wrong. */
export function isUnusable(kind: string): boolean {
  return UNUSABLE.has(kind);
}
