/** A subscriber that waits for a result. */
export interface Waiter<Result> {
  settle(result: Result): void;
  fail(error: unknown): void;
}

/** One waiter's share of an execution. */
export interface Share {
  /** The waiter has left. When the last one leaves, a running execution ends. */
  leave(): void;
}

/** Executes the same selection of the same event once for several subscribers. */
export interface SharedExecutions<Result> {
  /**
   * Joins the execution of this event for this group, or starts it. A finished execution notifies before this returns.
   * Events are compared by identity: an event made for one follower (joined by `minInterval`) and a value that is not
   * an object are executed separately.
   */
  join(event: unknown, group: string, execute: Execute<Result>, waiter: Waiter<Result>): Share;
}

type Execute<Result> = (signal: AbortSignal) => Promise<Result>;

/** Milliseconds for which a result is kept for subscribers that were still busy with the previous event. */
const KEEP_MS = 1_000;
/** Waiters that are notified in one turn of the event loop. */
const NOTIFIED_AT_ONCE = 500;

/** The executions of one process. No state outlives the delivery of its event. */
export function createSharedExecutions<Result>(): SharedExecutions<Result> {
  const byEvent = new WeakMap<object, Map<string, Execution<Result>>>();

  function groupsOf(event: unknown): Map<string, Execution<Result>> {
    if (typeof event !== 'object' || event === null) return new Map();
    const groups = byEvent.get(event) ?? new Map<string, Execution<Result>>();
    byEvent.set(event, groups);
    return groups;
  }

  return {
    join(event, group, execute, waiter) {
      const groups = groupsOf(event);
      let execution = groups.get(group);
      if (execution === undefined) {
        const started = new Execution<Result>(execute, () => {
          if (groups.get(group) === started) groups.delete(group);
        });
        execution = started;
        groups.set(group, execution);
      }
      execution.join(waiter);
      return execution;
    },
  };
}

/** One execution and its waiters. */
class Execution<Result> implements Share {
  readonly #controller = new AbortController();
  readonly #forget: () => void;
  #waiting: Waiter<Result>[] = [];
  #staying = 0;
  #notify: ((waiter: Waiter<Result>) => void) | undefined;

  constructor(execute: Execute<Result>, forget: () => void) {
    this.#forget = forget;
    // Deferred, so that no resolver runs inside the code that announced the event.
    Promise.resolve(this.#controller.signal)
      .then(execute)
      .then(
        (result) => this.#end((waiter) => waiter.settle(result)),
        (error: unknown) => this.#end((waiter) => waiter.fail(error)),
      );
  }

  join(waiter: Waiter<Result>): void {
    if (this.#notify !== undefined) {
      this.#notify(waiter);
      return;
    }
    this.#staying += 1;
    this.#waiting.push(waiter);
  }

  leave(): void {
    if (this.#notify !== undefined) return;
    this.#staying -= 1;
    if (this.#staying > 0) return;
    this.#forget();
    this.#controller.abort();
  }

  #end(notify: (waiter: Waiter<Result>) => void): void {
    this.#notify = notify;
    setTimeout(this.#forget, KEEP_MS).unref();
    this.#notifyFrom(0, notify);
  }

  #notifyFrom(first: number, notify: (waiter: Waiter<Result>) => void): void {
    const end = Math.min(first + NOTIFIED_AT_ONCE, this.#waiting.length);
    for (const waiter of this.#waiting.slice(first, end)) notify(waiter);
    if (end < this.#waiting.length) setImmediate(() => this.#notifyFrom(end, notify));
    else this.#waiting = [];
  }
}
