import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString, writeHeapSnapshot } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { pino } from 'pino';
import { createApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config/index.ts';
import { startSandbox } from '../../src/sandbox/index.ts';

/** The role of a process of the soak: the sandbox, or the gateway in front of it. */
export type SoakRole =
  | { readonly role: 'sandbox'; readonly seed: number; readonly speed: number }
  | { readonly role: 'gateway'; readonly ecs: string };

export interface SoakUsage {
  readonly url: string;
  /** Bytes, after a forced collection. */
  readonly heap: number;
  readonly rss: number;
  readonly external: number;
  readonly sockets: number;
  readonly timers: number;
  /** Of the event loop, in milliseconds, since the last time. */
  readonly p99: number;
  readonly max: number;
}

async function start(given: SoakRole): Promise<string> {
  if (given.role === 'sandbox') {
    const { url } = await startSandbox({ seed: 'demo', randomSeed: given.seed, speed: given.speed });
    return url;
  }
  const env = { AWS_REGION: 'eu-west-1', AWS_ENDPOINT_URL: given.ecs, PORT: '0', METRICS: 'true' };
  const credentials = { accessKeyId: 'soak', secretAccessKey: 'soak' };
  const app = await createApp({ ...loadConfig('serve', [], env), credentials }, { log: pino({ level: 'silent' }) });
  return (await app.listen()).url;
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const loop = monitorEventLoopDelay({ resolution: 10 });
const url = await start(JSON.parse(process.argv[2] ?? '{}') as SoakRole);
loop.enable();

process.on('message', async ({ snapshot }: { snapshot?: string }) => {
  const [p99, max] = [loop.percentile(99) / 1e6, loop.max / 1e6];
  for (let round = 0; round < 3; round += 1) {
    collect();
    await delay(20);
  }
  if (snapshot !== undefined) writeHeapSnapshot(snapshot);
  const { heapUsed: heap, rss, external } = process.memoryUsage();
  const resources = process.getActiveResourcesInfo();
  const sockets = resources.filter((name) => name === 'TCPSocketWrap').length;
  const timers = resources.filter((name) => name === 'Timeout').length;
  process.send?.({ url, heap, rss, external, sockets, timers, p99, max } satisfies SoakUsage);
  // The time of the collection itself is not counted.
  loop.reset();
});
process.on('disconnect', () => process.exit(0));
process.send?.('ready');
