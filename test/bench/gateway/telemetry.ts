import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundle } from '../../../esbuild.config.mjs';
import { median, round, table } from '../harness/measure.ts';
import { cpuMs, freePort } from './start.ts';

const ROUNDS = 3;
const QUERIES = 40;
const QUERY =
  '{ clusters { nodes { clusterName services { nodes { serviceName tasks { nodes { lastStatus } } } } } } }';

interface Taken {
  readonly startMs: number;
  readonly queriesCpuMs: number;
  readonly rssMb: number;
}

/** Starts `sandbox`, runs the queries one after the other, and measures the process. */
async function take(file: string, env: Readonly<Record<string, string>>): Promise<Taken> {
  const port = await freePort();
  const args = [file, 'sandbox', '--port', String(port), '--ecs-port', '0', '--speed', '0', '--no-dashboard'];
  const started = performance.now();
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env.PATH, NODE_NO_WARNINGS: '1', LOG_LEVEL: 'error', ...env },
    stdio: 'ignore',
  });
  const exit = once(child, 'exit');
  const ask = async (query: string) => {
    const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json', 'cache-control': 'no-cache' },
      body: JSON.stringify({ query }),
    });
    return ((await response.json()) as { errors?: unknown }).errors === undefined;
  };
  try {
    while (!(await ask('{ __typename }').catch(() => false))) {
      if (child.exitCode !== null || performance.now() - started > 30_000) throw new Error(`${file} does not serve`);
    }
    const startMs = performance.now() - started;
    const pid = child.pid ?? 0;
    for (let warm = 0; warm < QUERIES / 2; warm += 1) await ask(QUERY);
    const before = await cpuMs(pid);
    for (let query = 0; query < QUERIES; query += 1) {
      if (!(await ask(QUERY))) throw new Error('a query failed');
    }
    const queriesCpuMs = (await cpuMs(pid)) - before;
    const [, rss] = /VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, 'utf8')) ?? [];
    return { startMs, queriesCpuMs, rssMb: Number(rss) / 1e3 };
  } finally {
    child.kill();
    await exit;
  }
}

/**
 * The gateway with and without traces. `BENCH_BEFORE` names the main.js of another build to compare with. The second
 * run without traces shows the noise.
 */
export async function telemetryTable(): Promise<string> {
  const folder = await mkdtemp(join(process.cwd(), 'node_modules', '.bench-'));
  const collector = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'));
  });
  collector.listen(0, '127.0.0.1');
  await once(collector, 'listening');
  const { port } = collector.address() as { port: number };
  try {
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
    await bundle(pathToFileURL(`${folder}/`));
    const ours = join(folder, 'main.js');
    const before = process.env.BENCH_BEFORE;
    const variants: Record<string, readonly [string, Record<string, string>]> = {
      'without traces': [ours, {}],
      ...(before !== undefined && { 'another build': [before, {}] as const }),
      'without traces, again': [ours, {}],
      'every trace to a collector': [ours, { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` }],
    };
    const found = new Map<string, Taken[]>();
    for (let index = 0; index < ROUNDS; index += 1) {
      for (const [name, [file, env]] of Object.entries(variants)) {
        found.set(name, [...(found.get(name) ?? []), await take(file, env)]);
      }
    }
    const medians = [...found].map(([name, all]) => {
      const of = (key: keyof Taken) => median(all.map((taken) => taken[key]));
      return { name, startMs: of('startMs'), queriesCpuMs: of('queriesCpuMs'), rssMb: of('rssMb') };
    });
    const [base] = medians;
    const rows = medians.map(({ name, startMs, queriesCpuMs, rssMb }) => [
      name,
      round(startMs),
      `${round(startMs / (base?.startMs ?? 1), 2)}x`,
      round(queriesCpuMs / QUERIES, 2),
      `${round(queriesCpuMs / (base?.queriesCpuMs ?? 1), 2)}x`,
      round(rssMb),
      `${round(rssMb / (base?.rssMb ?? 1), 2)}x`,
    ]);
    return table(['Traces', 'start ms', '', 'CPU ms a query', '', 'RSS MB', ''], rows);
  } finally {
    collector.close();
    await rm(folder, { recursive: true, force: true });
  }
}
