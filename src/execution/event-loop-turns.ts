/** Time budget in ms of long executions in one turn of the event loop. */
const TURN_MS = 1;

/** Shares the event loop: between its steps, long work asks whether to continue in this turn or in a later one. */
export interface Turns {
  readonly isOver: () => boolean;
  /**
   * Resolves in a later turn. Turns alternate among owners, so that an owner with much work does not hold up the
   * others.
   */
  readonly next: (owner: object) => Promise<void>;
  /** Leaves the waiting work of an owner pending forever. */
  readonly forget: (owner: object) => void;
}

/** The waiting work of one owner, first in, first out. */
interface Queue {
  readonly waiting: (() => void)[];
  served: number;
}

export function createTurns(turnMs = TURN_MS): Turns {
  const queues = new Map<object, Queue>();
  let endsAt: number | undefined;

  function begin(): void {
    endsAt = performance.now() + turnMs;
    setImmediate(end);
  }

  function end(): void {
    endsAt = undefined;
    if (queues.size === 0) return;
    begin();
    serve();
  }

  function serve(): void {
    if (isOver()) return;
    takeNext()?.();
    // Runs after the immediate work of the owner that was just served.
    if (queues.size > 0) queueMicrotask(serve);
  }

  function takeNext(): (() => void) | undefined {
    const [first] = queues;
    if (first === undefined) return undefined;
    const [owner, queue] = first;
    const next = queue.waiting[queue.served];
    queue.served += 1;
    // Owners are served in the insertion order of the Map.
    queues.delete(owner);
    if (queue.served < queue.waiting.length) queues.set(owner, queue);
    return next;
  }

  function isOver(): boolean {
    if (endsAt === undefined) begin();
    return endsAt !== undefined && performance.now() >= endsAt;
  }

  return {
    isOver,
    next: (owner) =>
      new Promise((resolve) => {
        const queue = queues.get(owner) ?? { waiting: [], served: 0 };
        queues.set(owner, queue);
        queue.waiting.push(resolve);
      }),
    forget: (owner) => void queues.delete(owner),
  };
}
