import { setImmediate as nextTurn } from 'node:timers/promises';

/** Milliseconds of a simulation in one turn of the event loop. One event of the simulation may exceed it. */
const TURN_MS = 4;

/** Runs a simulation to its end, a few milliseconds in each turn of the event loop. */
export async function inTurns<Result>(steps: Generator<void, Result>, signal: AbortSignal): Promise<Result> {
  for (;;) {
    const until = performance.now() + TURN_MS;
    do {
      const step = steps.next();
      if (step.done === true) return step.value;
    } while (performance.now() < until);
    await nextTurn();
    signal.throwIfAborted();
  }
}

/** The last preview under way of each owner. */
const running = new WeakMap<object, Promise<unknown>>();

/** Runs the simulations of one owner one after another: side by side they would only take more of each turn. */
export async function oneByOne<Result>(owner: object, run: () => Promise<Result>): Promise<Result> {
  const mine = (running.get(owner) ?? Promise.resolve()).then(run, run);
  running.set(
    owner,
    mine.catch(() => undefined),
  );
  return mine;
}
