/** Somebody who waits for a result. */
export interface Waiter<Result> {
  settle(result: Result): void;
  fail(error: unknown): void;
}

/** One waiter's part in an execution. */
export interface Share {
  /** The waiter has gone. The last one to go ends an execution that is still under way. */
  leave(): void;
}

/** Executes what several subscribers selected of the same event once. */
export interface SharedExecutions<Result> {
  /**
   * Joins the execution of this event for this group, or starts it. What has ended already is told before this returns. Events
   * are told apart by identity: an event that was made for one follower (joined from several by `minInterval`) and one that is
   * no object are executed by themselves.
   */
  join(event: unknown, group: string, execute: Execute<Result>, waiter: Waiter<Result>): Share;
}

type Execute<Result> = (signal: AbortSignal) => Promise<Result>;

/** For so long after it ended, a result is kept for those who were still busy with the event before. */
const KEEP_MS = 1_000;
/** So many are told in one go; then others have a turn. */
const TOLD_AT_ONCE = 500;

/** The executions of one process. Nothing of them outlives the delivery of their event. */
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

/** One execution, and those who wait for it. */
class Execution<Result> implements Share {
  readonly #controller = new AbortController();
  readonly #forget: () => void;
  #waiting: Waiter<Result>[] = [];
  #staying = 0;
  #tell: ((waiter: Waiter<Result>) => void) | undefined;

  constructor(execute: Execute<Result>, forget: () => void) {
    this.#forget = forget;
    // Later, so that no resolver runs inside whatever announced the event.
    Promise.resolve(this.#controller.signal)
      .then(execute)
      .then(
        (result) => this.#end((waiter) => waiter.settle(result)),
        (error: unknown) => this.#end((waiter) => waiter.fail(error)),
      );
  }

  join(waiter: Waiter<Result>): void {
    if (this.#tell !== undefined) {
      this.#tell(waiter);
      return;
    }
    this.#staying += 1;
    this.#waiting.push(waiter);
  }

  leave(): void {
    if (this.#tell !== undefined) return;
    this.#staying -= 1;
    if (this.#staying > 0) return;
    this.#forget();
    this.#controller.abort();
  }

  #end(tell: (waiter: Waiter<Result>) => void): void {
    this.#tell = tell;
    setTimeout(this.#forget, KEEP_MS).unref();
    this.#tellFrom(0, tell);
  }

  #tellFrom(first: number, tell: (waiter: Waiter<Result>) => void): void {
    const end = Math.min(first + TOLD_AT_ONCE, this.#waiting.length);
    for (const waiter of this.#waiting.slice(first, end)) tell(waiter);
    if (end < this.#waiting.length) setImmediate(() => this.#tellFrom(end, tell));
    else this.#waiting = [];
  }
}
