import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { round, table } from './measure.ts';
import type { SandboxFigures, Shape, Span } from './sandbox-process.ts';

const SHAPES: readonly Shape[] = [
  { services: 1000, tasks: 1, instances: 500 },
  { services: 1000, tasks: 10, instances: 0 },
  { services: 1000, tasks: 10, instances: 500 },
  { services: 1000, tasks: 100, instances: 5000 },
];

function show({ virtual, cpu, worst }: Span): string {
  return `${round(cpu)} ms for ${virtual} s: ${round((virtual * 1000) / cpu)}x (busiest second ${round(worst)} ms)`;
}

/** The sandbox without its network, bundled as it is shipped, in a fresh process for each size. */
export async function sandboxTable(): Promise<string> {
  const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
  const outfile = at('../../dist/bench/sandbox-process.mjs');
  const form = { bundle: true, platform: 'node', format: 'esm', packages: 'external' } as const;
  buildSync({ entryPoints: [at('sandbox-process.ts')], outfile, ...form });
  const run = (shape?: Shape): unknown => {
    const more = shape === undefined ? [] : [JSON.stringify(shape)];
    return JSON.parse(execFileSync(process.execPath, ['--expose-gc', outfile, ...more], { encoding: 'utf8' }));
  };
  const rows = SHAPES.map((shape) => {
    const figures = run(shape) as SandboxFigures;
    return [
      `${shape.services} x ${shape.tasks} on ${shape.instances === 0 ? 'Fargate' : `${shape.instances} instances`}`,
      show(figures.start),
      show(figures.rollout),
      show(figures.warm),
      `${round(figures.rss)} MiB (heap ${round(figures.heap)})`,
      `${round(figures.describeTasks, 2)} ms`,
      `${round(figures.listTasks, 2)} ms`,
      `${round(figures.listByService, 2)} ms`,
    ];
  });
  const head = [
    'services x tasks',
    'start',
    'first rollout',
    'third rollout',
    'RSS',
    'DescribeTasks(100)',
    'ListTasks',
    'ListTasks by service',
  ];
  return `${table(head, rows)}\n\nThe fleet seed takes ${round(run() as number)} ms of CPU.`;
}
