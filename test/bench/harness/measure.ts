import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { basename } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import type { FleetShape, StubSettings, StubStats } from '../stub/stub-ecs.ts';
import type { StubRequest } from '../stub/stub-process.ts';

/** A stub ECS in a process of its own. */
export interface RemoteStub {
  readonly url: string;
  /** A queue with the events of its changes. */
  readonly queueUrl: string;
  begin(settings?: StubSettings): Promise<void>;
  stats(): Promise<StubStats>;
  /** Changes tasks and announces it. */
  change(tasks: number): Promise<void>;
  /** Messages that no reader of the queue has received. */
  waitingMessages(): Promise<number>;
  close(): void;
}

export async function forkStub(shape: FleetShape, options: readonly string[] = []): Promise<RemoteStub> {
  const execArgv = [...process.execArgv, ...options];
  const child = fork(new URL('../stub/stub-process.ts', import.meta.url), [JSON.stringify(shape)], { execArgv });
  const { url, queueUrl } = (await message(child)) as Pick<RemoteStub, 'url' | 'queueUrl'>;
  const ask = async (request: StubRequest) => {
    child.send(request);
    return (await message(child)) as { stats: StubStats; waitingMessages: number };
  };
  return {
    url,
    queueUrl,
    begin: async (settings = {}) => void (await ask({ begin: settings })),
    stats: async () => (await ask({})).stats,
    change: async (tasks) => void (await ask({ change: tasks })),
    waitingMessages: async () => (await ask({})).waitingMessages,
    close: () => child.disconnect(),
  };
}

async function message(child: ChildProcess): Promise<unknown> {
  const [value] = await once(child, 'message');
  return value;
}

/** The options that the Dockerfile gives Node. */
const IMAGE_OPTIONS = ['--max-semi-space-size=16'];

/** Where the bundle of a process of the bench lies. */
export function bundleOf(entry: URL): string {
  return fileURLToPath(new URL(`../../../dist/bench/${basename(entry.pathname, '.ts')}.mjs`, import.meta.url));
}

/**
 * Bundles a process of the bench, as the program is bundled, and starts it as the image starts it.
 * @param entry the process's source
 */
export async function forkBundled(entry: URL, request: object, options: readonly string[] = []): Promise<ChildProcess> {
  const outfile = bundleOf(entry);
  const js =
    "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);";
  const form = { bundle: true, platform: 'node', format: 'esm', target: 'node20', banner: { js } } as const;
  buildSync({ entryPoints: [fileURLToPath(entry)], outfile, logLevel: 'warning', ...form });
  const env = { ...process.env, NODE_ENV: 'production' };
  const child = fork(outfile, [JSON.stringify(request)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: [...IMAGE_OPTIONS, ...options],
    env,
  });
  const [first] = await Promise.race([once(child, 'message'), once(child, 'exit')]);
  if (typeof first === 'number') throw new Error(`${entry.pathname} ended with ${first}`);
  return child;
}

/** The resources that some work took of this process. */
export interface Cost {
  readonly wallMs: number;
  readonly cpuMs: number;
  /** The longest time that the event loop stood still. */
  readonly stallMs: number;
  /** The most CPU that the process took while it stood still: what a machine with nothing else to do would have made of it. */
  readonly stallCpuMs: number;
}

export async function measure(work: () => Promise<unknown>): Promise<Cost> {
  const loop = monitorEventLoopDelay({ resolution: 5 });
  loop.enable();
  let stallCpuMs = 0;
  let last = process.cpuUsage();
  const tick = () => {
    const { user, system } = process.cpuUsage(last);
    last = process.cpuUsage();
    stallCpuMs = Math.max(stallCpuMs, (user + system) / 1_000);
  };
  const ticks = setInterval(tick, 2);
  const cpu = process.cpuUsage();
  const started = performance.now();
  await work();
  const wallMs = performance.now() - started;
  const { user, system } = process.cpuUsage(cpu);
  loop.disable();
  clearInterval(ticks);
  tick();
  return { wallMs, cpuMs: (user + system) / 1_000, stallMs: loop.max / 1e6, stallCpuMs };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN;
}

/** A table in Markdown. */
export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

export const round = (value: number, digits = 0): number => Number(value.toFixed(digits));

/** A quantile of several series over all rounds, as one cell. */
export function quantilesOf<Name extends string>(
  rounds: readonly Readonly<Record<Name, readonly number[]>>[],
  names: readonly Name[],
  part: number,
): string {
  return names
    .map((name) =>
      round(
        quantile(
          rounds.flatMap((one) => one[name]),
          part,
        ),
        1,
      ),
    )
    .join(', ');
}
