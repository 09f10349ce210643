import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { forkBundled, forkStub, median, type RemoteStub, round, table } from '../harness/measure.ts';
import type { FleetShape, StubSettings, StubStats } from '../stub/stub-ecs.ts';
import type { TreeRequest, TreeResult } from './tree-process.ts';

const FLEET: FleetShape = { clusters: 20, services: 50, tasks: 10 };
const LATENCY_MS = 20;
/** The time that the documented buckets need for the tree: 200 calls in a bucket of 100 that gains 20 a second. */
const FLOOR_MS = 5_000;

/** Long enough for what was read to be forgotten (MEMORY_TTL), and for garbage to be collected. */
const REST_MS = 1_500;

export type Run = TreeResult & Omit<StubStats, 'byOperation'>;

/** The stub of the full tree. */
export function startStub(): Promise<RemoteStub> {
  return forkStub(FLEET);
}

/** One peer, in a process of its own. */
export async function startPeer(
  stub: RemoteStub,
  peer: string,
  settings: TreeRequest['settings'] = {},
  options: readonly string[] = [],
) {
  const request: TreeRequest = { peer, endpoint: stub.url, settings };
  const child = await forkBundled(new URL('./tree-process.ts', import.meta.url), request, options);
  return {
    /** Asks for the whole tree. */
    async run({ restMs = REST_MS, ...stubSettings }: StubSettings & { readonly restMs?: number } = {}): Promise<Run> {
      await stub.begin(stubSettings);
      await delay(restMs);
      child.send('run');
      const [result] = (await once(child, 'message')) as [TreeResult];
      const { calls, throttled } = await stub.stats();
      return { ...result, calls, throttled };
    },
    stop: () => child.disconnect(),
    /** Stops it and waits for its end. */
    async end(): Promise<void> {
      child.disconnect();
      await once(child, 'exit');
    },
  };
}

/** The middle of several runs, but for memory, of which it is the most. */
function middle(results: readonly Run[]): Run {
  const [first] = results;
  if (first === undefined) throw new RangeError('no runs');
  const of = (name: keyof Run) => median(results.map((run) => run[name]));
  const names = Object.keys(first) as (keyof Run)[];
  const run = Object.fromEntries(names.map((name) => [name, of(name)])) as unknown as Run;
  return { ...run, rssMb: Math.max(...results.map(({ rssMb }) => rssMb)) };
}

const HEAD = ['calls', 'wall ms', 'wall', 'CPU ms', 'CPU', 'peak RSS MB', 'longest stall ms', 'CPU in it ms'];
const cells = (runs: readonly Run[], base: readonly Run[]) => {
  const run = middle(runs);
  // Each with the run of the other right after it: the machine is busy now and idle then.
  const ratio = (name: 'wallMs' | 'cpuMs') =>
    median(runs.map((one, at) => one[name] / (base[at] ?? middle(base))[name]));
  return [
    run.calls,
    round(run.wallMs),
    `${round(ratio('wallMs'), 2)}x`,
    round(run.cpuMs),
    `${round(ratio('cpuMs'), 2)}x`,
    round(run.rssMb),
    round(run.stallMs),
    round(run.stallCpuMs),
  ];
};

const ROUNDS = 5;
const WARM_UPS = 2;
export const UNPACED = { RATE_SHARE: '0' };

/** The full tree without throttling, 20 ms away: ours next to a DataLoader gateway and to a naive one. */
export async function treeTable(): Promise<string> {
  const stub = await forkStub(FLEET);
  const names = ['ours', 'ours, read a moment ago', 'DataLoader for each kind'];
  const peers = [
    await startPeer(stub, 'ours', UNPACED),
    await startPeer(stub, 'ours', { ...UNPACED, MEMORY_TTL: '10m' }),
    await startPeer(stub, 'dataloader'),
  ];
  const results = names.map((): Run[] => []);
  for (let at = -WARM_UPS; at < ROUNDS; at += 1) {
    for (const [index, peer] of peers.entries()) {
      const run = await peer.run({ latencyMs: LATENCY_MS });
      if (at >= 0) results[index]?.push(run);
    }
  }
  for (const peer of peers) peer.stop();
  const naive = await startPeer(stub, 'naive');
  const [ours = [], remembered = [], plain = []] = results;
  const rows = [
    ['formula', 322, '', '', '', '', '', '', ''],
    ['ours', ...cells(ours, plain)],
    ['ours, read a moment ago', ...cells(remembered, plain)],
    ['DataLoader for each kind', ...cells(plain, plain)],
    ['naive', ...cells([await naive.run({ latencyMs: LATENCY_MS })], [middle(plain)])],
  ];
  naive.stop();
  stub.close();
  return table(['Full tree, 10,000 tasks x 15 fields', ...HEAD], rows);
}

/** The full tree of an ECS that throttles by its documented buckets. */
export async function throttledTable(): Promise<string> {
  const stub = await forkStub(FLEET);
  const head = ['Full tree, throttled', 'calls', 'throttled', 'tasks', 'errors', 'wall ms', 'to the floor'];
  const row = (name: string, run: Run) => [
    name,
    run.calls,
    run.throttled,
    `${run.tasks} of 10000`,
    run.errors,
    round(run.wallMs),
    `${round(run.wallMs / FLOOR_MS, 2)}x`,
  ];
  const rows: (string | number)[][] = [];
  const measure = async (name: string, peer: string, settings?: TreeRequest['settings'], restMs?: number) => {
    const process = await startPeer(stub, peer, settings);
    await process.run();
    // A pacer that has just been used up would have to wait for buckets that are full upstream.
    const run = await process.run({ throttle: true, ...(restMs === undefined ? {} : { restMs }) });
    process.stop();
    rows.push(row(name, run));
  };
  await measure('ours', 'ours', { RATE_SHARE: '0.97' }, 6_000);
  await measure('ours, not paced', 'ours', UNPACED);
  await measure('DataLoader for each kind', 'dataloader');
  stub.close();
  return table(head, rows);
}

/** Whether ten times the fleet costs ten times as much. */
export async function scaleTable(): Promise<string> {
  const sizes = [2, 20];
  const fleets: { readonly stub: RemoteStub; readonly peer: Awaited<ReturnType<typeof startPeer>> }[] = [];
  for (const clusters of sizes) {
    const stub = await forkStub({ ...FLEET, clusters });
    fleets.push({ stub, peer: await startPeer(stub, 'ours', { ...UNPACED, MEMORY_TTL: '0' }) });
  }
  const results = sizes.map((): Run[] => []);
  for (let at = -SCALE_WARM_UPS; at < ROUNDS; at += 1) {
    for (const [index, { peer }] of fleets.entries()) {
      // Ten of the small one, so that both have compiled, and allocated, as much.
      const times = index === 0 ? 10 : 1;
      for (let time = 0; time < times; time += 1) {
        const run = await peer.run({ restMs: 100 });
        if (at >= 0) results[index]?.push(run);
      }
    }
  }
  for (const { stub, peer } of fleets) {
    peer.stop();
    stub.close();
  }
  const [small = [], large = []] = results;
  const base = { calls: middle(small).calls, cpuMs: mean(small.map(({ cpuMs }) => cpuMs)) };
  const rows = [small, large].map((runs, index) => {
    const { calls } = middle(runs);
    const cpuMs = mean(runs.map((run) => run.cpuMs));
    return [
      `${(sizes[index] ?? 0) * 500} tasks`,
      calls,
      `${round(calls / base.calls, 1)}x`,
      round(cpuMs),
      `${round(cpuMs / base.cpuMs, 1)}x`,
    ];
  });
  return table(['Full tree, no latency', 'calls', 'calls', 'CPU ms', 'CPU'], rows);
}

const SCALE_WARM_UPS = 1;

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
