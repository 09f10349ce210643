import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Frees what nothing refers to. It takes several turns: what is on the stack, or is freed with something else, stays once. */
export async function collectGarbage(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) {
    await nextTurn();
    collect();
  }
}
