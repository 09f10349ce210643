import { fileURLToPath } from 'node:url';
import { FOLLOW_SERVICE, startService } from '../gateway/one-service.ts';
import { type Gateway, startGateway, withBuilds } from '../harness/builds.ts';
import { median, round, table } from '../harness/measure.ts';
import { LiveAudience, type Transport } from '../live/live-audience.ts';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
/** Subscribers at the first reading: by then all code is loaded. */
const FIRST = 20;
/** Subscribers at each later reading; the slope is that of the line through all of them. */
const READINGS = [220, 620, 1_020, 1_520, 2_020] as const;
const TRANSPORTS: readonly Transport[] = ['WebSocket', 'SSE'];
const OPTIONS = ['--expose-gc', '--import', new URL('./collect.mjs', import.meta.url).href];
/** The options that the image gives Node. */
const IMAGE_OPTIONS = ['--max-semi-space-size=16'];
const SETTINGS = {
  RATE_SHARE: '0',
  WS_MAX_SOCKETS: '5000',
  WS_MAX_CALLER_SOCKETS: '5000',
  WS_MAX_PENDING: '5000',
  SSE_MAX_STREAMS: '5000',
  SSE_MAX_CALLER_STREAMS: '5000',
  MAX_CONNECTIONS: '10000',
  MAX_ADDRESS_CONNECTIONS: '10000',
};

interface Memory {
  readonly rss: number;
  readonly heapUsed: number;
  readonly external: number;
}

/** Bytes that a subscriber takes. */
interface Figures {
  /** RSS of the first thousand, with all that grows with them: compiled code, and V8's young generation. */
  readonly first: number;
  /** Slopes: what each further subscriber takes. Room that the start has left in the heap is filled without any RSS. */
  readonly rss: number;
  readonly heap: number;
  readonly external: number;
}

/** A fresh process for each measurement: what an earlier audience has freed would be used again. */
async function measureOnce(file: string, ecs: string, transport: Transport): Promise<Figures> {
  const gateway = await startGateway(file, { AWS_ENDPOINT_URL: ecs, ...SETTINGS }, [...IMAGE_OPTIONS, ...OPTIONS]);
  const audience = new LiveAudience(gateway.url, transport, [FOLLOW_SERVICE]);
  await audience.join(FIRST);
  const first = await memoryOf(gateway);
  const readings: Memory[] = [];
  let joined = FIRST;
  for (const subscribers of READINGS) {
    await audience.join(subscribers - joined);
    joined = subscribers;
    readings.push(await memoryOf(gateway));
  }
  audience.leave();
  await gateway.stop();
  const slope = (of: (memory: Memory) => number) => slopeOf(READINGS, readings.map(of));
  const after = readings[READINGS.indexOf(1_020)]?.rss ?? Number.NaN;
  return {
    first: (after - first.rss) / 1_000,
    rss: slope(({ rss }) => rss),
    heap: slope(({ heapUsed }) => heapUsed),
    external: slope(({ external }) => external),
  };
}

async function memoryOf(gateway: Gateway): Promise<Memory> {
  return (await gateway.send('collect')) as Memory;
}

/** By the method of least squares. */
function slopeOf(xs: readonly number[], ys: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanX, meanY] = [mean(xs), mean(ys)];
  const products = xs.map((x, at) => (x - meanX) * ((ys[at] ?? 0) - meanY));
  return mean(products) / mean(xs.map((x) => (x - meanX) ** 2));
}

/** Memory of a subscriber over each transport: of a bare socket, of version 0.1.0 and of this one, in turns. */
export async function subscribersTable(): Promise<string> {
  const floor = fileURLToPath(new URL('./floor-process.mjs', import.meta.url));
  const result = await withBuilds(async ({ before, now }) => {
    const ecs = await startService(now);
    const rows: (string | number)[][] = [];
    try {
      for (const transport of TRANSPORTS) {
        const bare = transport === 'SSE' ? 'node:http' : 'ws';
        const files = { [`${bare}, an open connection`]: floor, '0.1.0': before, now };
        const found = new Map<string, Figures[]>();
        for (let turn = 0; turn < ROUNDS; turn += 1) {
          for (const [name, file] of Object.entries(files)) {
            found.set(name, [...(found.get(name) ?? []), await measureOnce(file, ecs.url, transport)]);
          }
        }
        for (const [name, slopes] of found) rows.push([transport, name, ...cellsOf(slopes)]);
      }
    } finally {
      ecs.stop();
    }
    const head = [
      '',
      '',
      'RSS of each of the first 1,000, kB',
      'least and most',
      'RSS of each further, kB',
      'least and most',
    ];
    return table([...head, 'heap, kB', 'external, kB'], rows);
  });
  return result ?? 'No history of version 0.1.0.';
}

function cellsOf(slopes: readonly Figures[]): (string | number)[] {
  const kilobytes = (of: (one: Figures) => number) => slopes.map((one) => of(one) / 1_000);
  const spread = (values: readonly number[]) => `${round(Math.min(...values), 1)} to ${round(Math.max(...values), 1)}`;
  const first = kilobytes((one) => one.first);
  const rss = kilobytes((one) => one.rss);
  return [
    round(median(first), 1),
    spread(first),
    round(median(rss), 1),
    spread(rss),
    round(median(kilobytes((one) => one.heap)), 1),
    round(median(kilobytes((one) => one.external)), 1),
  ];
}
