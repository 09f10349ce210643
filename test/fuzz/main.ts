import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createSchema } from '../../src/schema/index.ts';
import { createWorld } from '../support/gateway/world.ts';
import { DocumentMaker } from './documents.ts';
import { MessageMaker } from './messages.ts';
import { Random } from './random.ts';
import { tryOne } from './run.ts';

/** `npm run fuzz -- [inputs] [seed]`: random documents and messages against a gateway over a sandbox; exit code 1 at the first problem. */
const [inputs = 100_000, seed = Date.now() % 1_000_000] = process.argv.slice(2).map(Number);
/** The world is made anew from time to time, as the mutations among the documents fill it. */
const INPUTS_A_WORLD = 5_000;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const random = new Random(seed);
const maker = new MessageMaker(random, new DocumentMaker(createSchema(), random));
const loop = monitorEventLoopDelay({ resolution: 5 });
loop.enable();
process.stdout.write(`${inputs} inputs, seed ${seed}\n`);

let index = 0;
let slowest = { micros: 0, index: 0 };
while (index < inputs) {
  const world = await createWorld({ seed: 'demo' }, { RATE_SHARE: '0' });
  const { url } = await world.app.listen();
  const end = Math.min(inputs, index + INPUTS_A_WORLD);
  // The time to make a world does not count.
  loop.reset();
  for (; index < end; index += 1) {
    const before = process.cpuUsage();
    const found = await tryOne(world.app, url, maker, index);
    const { user, system } = process.cpuUsage(before);
    if (user + system > slowest.micros) slowest = { micros: user + system, index };
    if (found === undefined) continue;
    process.stderr.write(`input ${index} of seed ${seed}: ${found.problem}\n${found.input}\n`);
    process.exit(1);
  }
  const stall = Math.round(loop.max / 1e6);
  await world.dispose();
  // Memory that is kept, without garbage that waits to be collected. The clients' sockets and the sandbox live in this process too.
  collect();
  const { heapUsed, rss } = process.memoryUsage();
  process.stdout.write(
    `${index}: heap in use ${Math.round(heapUsed / 1e6)} MB, RSS ${Math.round(rss / 1e6)} MB, longest stall ${stall} ms\n`,
  );
}
loop.disable();
