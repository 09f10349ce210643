/** So long may work on long executions last in one turn of the event loop. */
const TURN_MS = 1;

/** Shares the event loop: long work asks between its pieces whether to go on in this turn or in a later one. */
export interface Turns {
  readonly isOver: () => boolean;
  /** Resolves in a later turn. Owners take turns, so that one that waits for much does not hold up the others. */
  readonly next: (owner: object) => Promise<void>;
  /** Leaves what an owner waits for pending for ever. */
  readonly forget: (owner: object) => void;
}

/** The pieces of one owner that wait, first come first served. */
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
    // Behind what the one just served does at once.
    if (queues.size > 0) queueMicrotask(serve);
  }

  function takeNext(): (() => void) | undefined {
    const [first] = queues;
    if (first === undefined) return undefined;
    const [owner, queue] = first;
    const next = queue.waiting[queue.served];
    queue.served += 1;
    // The order of the Map is the order in which owners are served.
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
