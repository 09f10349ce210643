import { fork } from 'node:child_process';
import { once } from 'node:events';
import { forkStub, median, type RemoteStub, round, table } from './measure.ts';
import type { FleetShape, StubSettings, StubStats } from './stub-ecs.ts';
import type { TreeRequest, TreeResult } from './tree-process.ts';

const FLEET: FleetShape = { clusters: 20, services: 50, tasks: 10 };
const LATENCY_MS = 20;
/** What the documented buckets need for the tree: 200 calls in a bucket of 100 that gains 20 a second. */
const FLOOR_MS = 5_000;

type Run = TreeResult & StubStats;

/** Asks one peer for the whole tree, in a process of its own; the first runs are not counted. */
async function runs(
  stub: RemoteStub,
  peer: string,
  {
    count = 1,
    warmUps = 1,
    restMs = 0,
    settings = {},
    ...stubSettings
  }: StubSettings & {
    readonly count?: number;
    readonly warmUps?: number;
    readonly restMs?: number;
    readonly settings?: TreeRequest['settings'];
  },
): Promise<Run> {
  const request: TreeRequest = { peer, endpoint: stub.url, settings };
  const child = fork(new URL('./tree-process.ts', import.meta.url), [JSON.stringify(request)], { stdio: 'ignore' });
  await once(child, 'message');
  const results: Run[] = [];
  for (let index = -warmUps; index < count; index += 1) {
    await stub.begin(index < 0 ? {} : stubSettings);
    // A pacer that has just been used up would have to wait for buckets that are full upstream.
    if (index === 0 && restMs > 0) await new Promise((resolve) => setTimeout(resolve, restMs));
    child.send('run');
    const [result] = (await once(child, 'message')) as [TreeResult];
    if (index >= 0) results.push({ ...result, ...(await stub.stats()) });
  }
  child.disconnect();
  const middle = (pick: (run: Run) => number) => median(results.map(pick));
  return {
    calls: middle(({ calls }) => calls),
    throttled: middle(({ throttled }) => throttled),
    tasks: middle(({ tasks }) => tasks),
    errors: middle(({ errors }) => errors),
    wallMs: middle(({ wallMs }) => wallMs),
    cpuMs: middle(({ cpuMs }) => cpuMs),
    rssMb: Math.max(...results.map(({ rssMb }) => rssMb)),
    stallMs: middle(({ stallMs }) => stallMs),
    stallCpuMs: middle(({ stallCpuMs }) => stallCpuMs),
  };
}

const HEAD = ['calls', 'wall ms', 'wall', 'CPU ms', 'CPU', 'peak RSS MB', 'longest stall ms'];
const cells = (run: Run, base: Run) => [
  run.calls,
  round(run.wallMs),
  `${round(run.wallMs / base.wallMs, 2)}x`,
  round(run.cpuMs),
  `${round(run.cpuMs / base.cpuMs, 2)}x`,
  round(run.rssMb),
  round(run.stallMs),
];

/** The full tree without throttling, 20 ms away: ours next to a DataLoader gateway and to a naive one. */
export async function treeTable(): Promise<string> {
  const stub = await forkStub(FLEET);
  const unpaced = { RATE_SHARE: '0' };
  const ours = await runs(stub, 'ours', { count: 3, settings: unpaced, latencyMs: LATENCY_MS });
  const plain = await runs(stub, 'dataloader', { count: 3, latencyMs: LATENCY_MS });
  const naive = await runs(stub, 'naive', { warmUps: 0, latencyMs: LATENCY_MS });
  const remembered = await runs(stub, 'ours', {
    count: 3,
    settings: { ...unpaced, MEMORY_TTL: '5m' },
    latencyMs: LATENCY_MS,
  });
  stub.close();
  return table(
    ['Full tree, 10,000 tasks x 15 fields', ...HEAD],
    [
      ['formula', 322, '', '', '', '', '', ''],
      ['ours', ...cells(ours, plain)],
      ['ours, read a moment ago', ...cells(remembered, plain)],
      ['DataLoader for each kind', ...cells(plain, plain)],
      ['naive', ...cells(naive, plain)],
    ],
  );
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
  const ours = await runs(stub, 'ours', { throttle: true, settings: { RATE_SHARE: '0.95' }, restMs: 6_000 });
  const unpaced = await runs(stub, 'ours', { throttle: true, settings: { RATE_SHARE: '0' } });
  const plain = await runs(stub, 'dataloader', { throttle: true });
  stub.close();
  return table(head, [row('ours', ours), row('ours, not paced', unpaced), row('DataLoader for each kind', plain)]);
}

/** Whether ten times the fleet costs ten times as much. */
export async function scaleTable(): Promise<string> {
  const rows: (string | number)[][] = [];
  let base: Run | undefined;
  for (const clusters of [2, 20]) {
    const stub = await forkStub({ ...FLEET, clusters });
    const run = await runs(stub, 'ours', { count: 3, settings: { RATE_SHARE: '0' }, warmUps: 2 });
    stub.close();
    base ??= run;
    rows.push([
      `${clusters * 500} tasks`,
      run.calls,
      `${round(run.calls / base.calls, 1)}x`,
      round(run.cpuMs),
      `${round(run.cpuMs / base.cpuMs, 1)}x`,
    ]);
  }
  return table(['Full tree, no latency', 'calls', 'calls', 'CPU ms', 'CPU'], rows);
}
