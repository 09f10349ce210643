import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { build } from 'esbuild';
import { round, table } from '../harness/measure.ts';
import { Audience, type Transport } from './push-audience.ts';
import type { Peer, PushRequest, PushUsage } from './push-process.ts';

const WARM_UP = 200;

interface Figures {
  readonly rssKb: number;
  readonly heapKb: number;
  readonly cpuUs: number;
}

/** The server's process in one file, as the program is shipped: what tsx adds to functions would be counted for each subscriber. */
async function bundleServer(folder: string): Promise<string> {
  const outfile = join(folder, 'push-process.mjs');
  await build({
    entryPoints: [new URL('./push-process.ts', import.meta.url).pathname],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    logLevel: 'error',
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  });
  return outfile;
}

async function run(server: string, peer: Peer, transport: Transport, subscribers: number, events: number) {
  const request: PushRequest = { peer, tickMs: Math.max(200, subscribers / 10) };
  const child = fork(server, [JSON.stringify(request)], { execArgv: ['--expose-gc'] });
  const [{ url }] = (await once(child, 'message')) as [{ url: string }];
  await push(child, url, transport, WARM_UP, 5);
  const figures = await push(child, url, transport, subscribers, events);
  child.disconnect();
  return figures;
}

async function push(
  child: ChildProcess,
  url: string,
  transport: Transport,
  subscribers: number,
  events: number,
): Promise<Figures> {
  const ask = async (more: object): Promise<PushUsage> => {
    child.send(more);
    return (await once(child, 'message'))[0];
  };
  const audience = new Audience(url, transport);
  const alone = await ask({});
  await audience.join(subscribers);
  const before = await ask({ push: events });
  await audience.receive(subscribers * events);
  const after = await ask({});
  audience.leave();
  await delay(200);
  return {
    rssKb: (before.rss - alone.rss) / subscribers / 1_000,
    heapKb: (before.heap - alone.heap) / subscribers / 1_000,
    cpuUs: ((after.cpuMs[0] - before.cpuMs[1]) * 1_000) / (subscribers * events),
  };
}

const TRANSPORTS = [
  ['ws', 'WebSocket', 'graphql-ws'],
  ['sse', 'SSE', 'graphql-yoga'],
] as const;

/** The cost of a subscriber, sockets included, against graphql-ws and Yoga as they come over the same hub. */
export async function pushTable(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'push-'));
  const server = await bundleServer(folder);
  const rows: (string | number)[][] = [];
  for (const [transport, title, peer] of TRANSPORTS) {
    for (const [subscribers, events] of [
      [1_000, 40],
      [10_000, 8],
    ] as const) {
      const stock = await run(server, peer, transport, subscribers, events);
      for (const name of [peer, 'ours, FAST_PATHS=off', 'ours'] as const) {
        const figures = name === peer ? stock : await run(server, name, transport, subscribers, events);
        rows.push([
          title,
          subscribers.toLocaleString('en'),
          name === peer ? `${peer} as it comes` : name,
          `${round(figures.cpuUs, 1)} us (${round(figures.cpuUs / stock.cpuUs, 2)}x)`,
          `${round(figures.rssKb, 1)} kB (${round(figures.rssKb / stock.rssKb, 2)}x)`,
          `${round(figures.heapKb, 1)} kB (${round(figures.heapKb / stock.heapKb, 2)}x)`,
        ]);
      }
    }
  }
  await rm(folder, { recursive: true });
  return table(['', 'Subscribers', '', 'CPU an event', 'RSS a subscriber', 'heap a subscriber'], rows);
}
