import { setImmediate as turn } from 'node:timers/promises';

/** Lets the event loop turn until something holds; the test's own timeout is the limit. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await turn();
}
