import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { forkBundled, median, round } from '../bench/harness/measure.ts';
import { applyLoad, noCounts } from './load.ts';
import type { SoakRole, SoakUsage } from './soak-process.ts';

const HELP = `npm run soak -- [--minutes 60] [--rate 10] [--streams 20] [--speed 60] [--seed 1] [--max-growth 5] [--snapshots FOLDER]

Runs a gateway over the sandbox's demo world under a steady, random load, and prints once a minute what it keeps. Exits with 1 where the heap
in use grew by more than --max-growth MB from the first third of the run, after ten minutes of it, to the last one.
`;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    rate: { type: 'string', default: '10' },
    streams: { type: 'string', default: '20' },
    speed: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    'max-growth': { type: 'string', default: '5' },
    snapshots: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(HELP);
  process.exit(0);
}
const [minutes, rate, streams, speed, seed] = [
  values.minutes,
  values.rate,
  values.streams,
  values.speed,
  values.seed,
].map(Number) as [number, number, number, number, number];

interface Process {
  readonly url: string;
  usage(snapshot?: string): Promise<SoakUsage>;
  stop(): void;
}

async function launch(role: SoakRole): Promise<Process> {
  const child = await forkBundled(new URL('./soak-process.ts', import.meta.url), role);
  const usage = async (snapshot?: string) => {
    const answered = once(child, 'message');
    child.send({ snapshot });
    const [answer] = (await answered) as [SoakUsage];
    return answer;
  };
  return { url: (await usage()).url, usage, stop: () => child.disconnect() };
}

/** The sum of a metric over its labels. */
function metric(text: string, name: string): number {
  const lines = text.split('\n').filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}

const mb = (bytes: number) => round(bytes / 2 ** 20, 1);
const write = (cells: readonly (string | number)[]) => process.stdout.write(`| ${cells.join(' | ')} |\n`);

const sandbox = await launch({ role: 'sandbox', seed, speed });
const gateway = await launch({ role: 'gateway', ecs: sandbox.url });
const ended = new AbortController();
const counts = noCounts();
const options = { url: gateway.url, seed, queriesPerSecond: rate, streams, signal: ended.signal };
const load = applyLoad(options, counts);
const heaps: number[] = [];
const head = ['minute', 'heap MB', 'RSS MB', 'external MB', 'sockets', 'timers', 'topics', 'kept topics', 'streams'];
write([...head, 'loop p99 ms', 'loop max ms', 'operations', 'events', 'sandbox heap MB']);
write(Array.from({ length: head.length + 5 }, () => '---'));
for (let minute = 1; minute <= minutes; minute += 1) {
  await delay(60_000);
  const takesSnapshot = values.snapshots !== undefined && (minute === 4 || minute === 12 || minute === minutes);
  const usage = await gateway.usage(takesSnapshot ? `${values.snapshots}/soak-${minute}.heapsnapshot` : undefined);
  const other = await sandbox.usage();
  const text = await (await fetch(`${gateway.url}/metrics`)).text();
  const [topics = 0, kept = 0, subscribers = 0] = ['live_topics', 'live_kept_topics', 'subscribers'].map((name) =>
    metric(text, `ecs_graphql_${name}`),
  );
  heaps.push(usage.heap);
  const { sockets, timers, p99, max } = usage;
  const numbers = [
    minute,
    mb(usage.heap),
    mb(usage.rss),
    mb(usage.external),
    sockets,
    timers,
    topics,
    kept,
    subscribers,
  ];
  write([...numbers, round(p99), round(max), counts.queries + counts.mutations, counts.events, mb(other.heap)]);
}
ended.abort();
await load;
const { errors, ...done } = counts;
process.stdout.write(`\n${JSON.stringify({ ...done, errors: Object.fromEntries(errors) })}\n`);
const steady = heaps.slice(Math.min(10, heaps.length >> 1));
const third = Math.max(1, Math.floor(steady.length / 3));
const growth = mb(median(steady.slice(-third)) - median(steady.slice(0, third)));
process.stdout.write(`heap in use, median of the last third against that of the first: ${growth} MB\n`);
gateway.stop();
sandbox.stop();
process.exit(growth > Number(values['max-growth']) ? 1 : 0);
