// Loaded into a measured process (`--import`, with `--expose-gc`): answers each message with the memory that is left after garbage
// collection. What weak references and finalizers hold goes a turn later, hence several collections.
import { setTimeout as delay } from 'node:timers/promises';

const ROUNDS = 4;

process.on('message', async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    globalThis.gc();
    await delay(30);
  }
  process.send(process.memoryUsage());
});
