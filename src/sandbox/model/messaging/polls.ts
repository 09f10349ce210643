/** A call that waits for messages. */
interface Poll {
  /** Virtual milliseconds. */
  readonly until: number;
  /** Answers the call if there is something to answer with. */
  tryToAnswer(): boolean;
  end(): void;
}

/**
 * The long polls of all queues of a sandbox, by the ARN of the queue. They are open connections, so that they are part
 * of no world file.
 */
export class Polls {
  readonly #waiting = new Map<string, Set<Poll>>();
  readonly #woken = new Set<string>();

  /**
   * Resolves with the first result of `take` that is not undefined, or with undefined when the poll ends: at `until`,
   * by `expire`, or when `signal` is aborted.
   */
  wait<T>(queue: string, until: number, take: () => T | undefined, signal: AbortSignal): Promise<T | undefined> {
    return new Promise((resolve) => {
      const polls = this.#waiting.get(queue) ?? new Set();
      this.#waiting.set(queue, polls);
      const finish = (result: T | undefined): void => {
        signal.removeEventListener('abort', poll.end);
        polls.delete(poll);
        if (polls.size === 0) this.#waiting.delete(queue);
        resolve(result);
      };
      const poll: Poll = {
        until,
        tryToAnswer: () => {
          const result = take();
          if (result !== undefined) finish(result);
          return result !== undefined;
        },
        end: () => finish(undefined),
      };
      polls.add(poll);
      if (signal.aborted) poll.end();
      else signal.addEventListener('abort', poll.end, { once: true });
    });
  }

  /**
   * Wakes the polls of a queue that may have messages. They look when the current work of the clock is over, so that
   * messages of the same moment are received together.
   */
  wake(queue: string): void {
    if (!this.#waiting.has(queue) || this.#woken.has(queue)) return;
    this.#woken.add(queue);
    queueMicrotask(() => {
      this.#woken.delete(queue);
      this.#answer(queue);
    });
  }

  #answer(queue: string): void {
    for (const poll of [...(this.#waiting.get(queue) ?? [])]) if (!poll.tryToAnswer()) return;
  }

  /** Ends the polls of a queue that have waited long enough. */
  expire(queue: string, now: number): void {
    this.#answer(queue);
    for (const poll of [...(this.#waiting.get(queue) ?? [])]) if (poll.until <= now) poll.end();
  }

  /** Ends every poll of a queue, or of all queues. */
  clear(queue?: string): void {
    for (const [name, polls] of [...this.#waiting]) {
      if (queue === undefined || name === queue) for (const poll of [...polls]) poll.end();
    }
  }
}
