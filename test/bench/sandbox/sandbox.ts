import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { median, round, table } from '../harness/measure.ts';
import { bundleBefore, runInTurns } from './sandbox-before.ts';
import type { SandboxFigures, Shape, Span } from './sandbox-process.ts';

const SHAPES: readonly Shape[] = [
  { services: 1000, tasks: 1, instances: 500 },
  { services: 1000, tasks: 10, instances: 0 },
  { services: 1000, tasks: 10, instances: 500 },
  // Hardly more room than the tasks need: a rollout goes in small steps.
  { services: 1000, tasks: 10, instances: 200 },
  { services: 1000, tasks: 100, instances: 5000 },
];

/** On Linux on one core, with all of its threads. */
const ONE_CORE = process.platform === 'linux' ? ['taskset', '-c', '0'] : [];

function show({ virtual, cpu, worst }: Span): string {
  return `${round(cpu)} ms for ${virtual} s: ${round((virtual * 1000) / cpu)}x (busiest second ${round(worst)} ms)`;
}

/** The sandbox without its network, bundled as it is shipped, in a fresh process for each size, on one core. */
export async function sandboxTable(): Promise<string> {
  const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
  const outfile = at('../../../dist/bench/sandbox-process.mjs');
  const form = { bundle: true, platform: 'node', format: 'esm', packages: 'external' } as const;
  buildSync({ entryPoints: [at('sandbox-process.ts')], outfile, ...form });
  const run = (shape?: Shape): unknown => {
    const more = shape === undefined ? [] : [JSON.stringify(shape)];
    const command = [...ONE_CORE, process.execPath, '--expose-gc', outfile, ...more];
    return JSON.parse(execFileSync(command[0] ?? '', command.slice(1), { encoding: 'utf8' }));
  };
  const rows = SHAPES.map((shape) => {
    const figures = run(shape) as SandboxFigures;
    return [
      `${shape.services} x ${shape.tasks} on ${shape.instances === 0 ? 'Fargate' : `${shape.instances} instances`}`,
      show(figures.start),
      show(figures.rollout),
      show(figures.warm),
      show(figures.paced),
      `${round(figures.live.speed, 1)}x, requests wait at most ${round(figures.live.stall)} ms`,
      `${round(figures.rss)} MiB (heap ${round(figures.heap)})`,
      `${round(figures.describeTasks, 2)} ms`,
      `${round(figures.listTasks, 2)} ms`,
      `${round(figures.listByService, 2)} ms`,
    ];
  });
  const head = [
    'services x tasks',
    'start',
    'first rollout, all at once',
    'third',
    "at the pace of AWS's UpdateService",
    'the same at speed 100',
    'RSS',
    'DescribeTasks(100)',
    'ListTasks',
    'ListTasks by service',
  ];
  const largest = SHAPES.at(-1) as Shape;
  const before = bundleBefore(at('../../..').replace(/\/$/, ''));
  const beside =
    before === undefined
      ? 'Version 0.1.0 is not in this repository: nothing to compare with.'
      : compare(...runInTurns([...ONE_CORE, process.execPath, '--expose-gc'], [outfile, before], largest));
  return `${table(head, rows)}\n\n${beside}\n\nThe fleet seed takes ${round(run() as number)} ms of CPU.`;
}

/** The largest size as it is and as it was, in turns: medians of the rounds. */
function compare(now: readonly SandboxFigures[], before: readonly SandboxFigures[]): string {
  const row = (name: string, of: (figures: SandboxFigures) => number, unit: string): string[] => {
    const [is, was] = [median(now.map(of)), median(before.map(of))];
    return [name, `${round(was)} ${unit}`, `${round(is)} ${unit}`, `${round(is / was, 2)}x`];
  };
  return table(
    ['1,000 services x 100 tasks on 5,000 instances', '0.1.0', 'now', 'ratio'],
    [
      row('CPU of the start', ({ start }) => start.cpu, 'ms'),
      row("CPU of a rollout at the pace of AWS's UpdateService", ({ paced }) => paced.cpu, 'ms'),
      row('CPU of a rollout all at once, the third', ({ warm }) => warm.cpu, 'ms'),
      row('RSS with 100,000 tasks', ({ rss }) => rss, 'MiB'),
    ],
  );
}
