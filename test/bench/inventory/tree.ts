import { type Builds, type Gateway, rest } from '../harness/builds.ts';
import { forkStub, median, type RemoteStub, round, table } from '../harness/measure.ts';
import { OUR_TREE } from '../harness/peers.ts';
import { startOver, taskCalls, untilWarm } from './gateways.ts';
import { ROUNDS, SIZES, type Size } from './sizes.ts';

/** Events do not say how healthy a task is, so a tree with that field reads it from ECS. */
const ANNOUNCED_TREE = OUR_TREE.replace('healthStatus ', '');
/** A share of one leaves the documented buckets to the gateway alone. */
const SHARE = { RATE_SHARE: '0.97' };
/** Time for full buckets, on both sides. */
const REFILL_MS = 6_000;

interface TreeRun {
  readonly calls: number;
  readonly ofTasks: number;
  readonly wallMs: number;
  readonly tasks: number;
  readonly hasErrors: boolean;
  readonly peakMb: number;
  readonly cpuMs: number;
}

async function run(gateway: Gateway, stub: RemoteStub, tree: string): Promise<TreeRun> {
  await rest(REFILL_MS);
  await stub.begin({ throttle: true });
  await gateway.forgetPeak();
  const [cpu, startedAt] = [await gateway.cpuMs(), performance.now()];
  const text = await gateway.post(tree);
  const wallMs = performance.now() - startedAt;
  return {
    calls: (await stub.stats()).calls,
    ofTasks: await taskCalls(stub),
    wallMs,
    tasks: text.split('"taskArn":"').length - 1,
    hasErrors: text.includes('"errors":[') || !text.startsWith('{"data"'),
    peakMb: (await gateway.memory()).peakMb,
    cpuMs: (await gateway.cpuMs()) - cpu,
  };
}

function middle(runs: readonly TreeRun[]): TreeRun {
  const of = (name: 'calls' | 'ofTasks' | 'wallMs' | 'cpuMs' | 'tasks') => median(runs.map((each) => each[name]));
  return {
    calls: of('calls'),
    ofTasks: of('ofTasks'),
    wallMs: of('wallMs'),
    cpuMs: of('cpuMs'),
    tasks: of('tasks'),
    hasErrors: runs.some(({ hasErrors }) => hasErrors),
    peakMb: Math.max(...runs.map(({ peakMb }) => peakMb)),
  };
}

async function sizeRows({ before, now }: Builds, { tasks, shape }: Size): Promise<(string | number)[][]> {
  const stub = await forkStub(shape);
  const rows: (string | number)[][] = [];
  let base: TreeRun | undefined;
  const note = (name: string, found: TreeRun) => {
    base ??= found;
    rows.push([
      tasks.toLocaleString('en'),
      name,
      found.calls,
      found.ofTasks,
      `${found.tasks}${found.hasErrors ? ', with errors' : ''}`,
      round(found.wallMs),
      `${round(found.wallMs / base.wallMs, 3)}x`,
      round(found.cpuMs),
      round(found.peakMb),
    ]);
    process.stderr.write(`${rows.at(-1)?.join(' | ')}\n`);
  };
  // Polling takes as long as the buckets do, so one run shows it.
  for (const [name, file] of [
    ['0.1.0', before],
    ['no inventory', now],
  ] as const) {
    const gateway = await startOver(file, stub, { env: SHARE });
    note(name, await run(gateway, stub, ANNOUNCED_TREE));
    await gateway.stop();
  }
  await stub.begin({});
  const gateway = await startOver(now, stub, { hasInventory: true, env: SHARE });
  await untilWarm(gateway, stub, ANNOUNCED_TREE);
  const trees = [
    ['inventory, warm', ANNOUNCED_TREE],
    ['the same, with healthStatus', OUR_TREE],
  ] as const;
  for (const [name, tree] of trees) {
    const runs: TreeRun[] = [];
    for (let at = 0; at < ROUNDS; at += 1) runs.push(await run(gateway, stub, tree));
    note(name, middle(runs));
  }
  await gateway.stop();
  stub.close();
  return rows;
}

/** The full tree of an ECS that throttles by its documented buckets: 0.1.0, and this version without and with an inventory. */
export async function treeRows(builds: Builds): Promise<string> {
  const rows: (string | number)[][] = [];
  for (const size of SIZES) rows.push(...(await sizeRows(builds, size)));
  const head = [
    'Tasks',
    'Full tree',
    'calls',
    'of tasks and instances',
    'tasks in the answer',
    'wall ms',
    'wall',
    'CPU ms',
  ];
  return table([...head, 'peak RSS MB'], rows);
}
