/** So long may one turn of the event loop be taken before those who come next wait for another. */
const TURN_MS = 25;

/** Shares the event loop: long work asks between its pieces whether to go on in this turn or in a later one. */
export interface Turns {
  readonly isOver: () => boolean;
  /** Resolves in a later turn, to those who ask first first, one after the other. */
  readonly next: () => Promise<void>;
}

export function createTurns(turnMs = TURN_MS): Turns {
  const waiting: (() => void)[] = [];
  let endsAt: number | undefined;

  function begin(): void {
    endsAt = performance.now() + turnMs;
    setImmediate(end);
  }

  function end(): void {
    endsAt = undefined;
    if (waiting.length === 0) return;
    begin();
    serve();
  }

  function serve(): void {
    if (isOver()) return;
    waiting.shift()?.();
    // Behind what the one just served does at once.
    if (waiting.length > 0) queueMicrotask(serve);
  }

  function isOver(): boolean {
    if (endsAt === undefined) begin();
    return endsAt !== undefined && performance.now() >= endsAt;
  }

  return { isOver, next: () => new Promise((resolve) => waiting.push(resolve)) };
}
