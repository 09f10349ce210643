import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { bundle, OPTIONS } from '../../../esbuild.config.mjs';
import { median, round, table } from '../harness/measure.ts';

const ROUNDS = 9;

const HELLO = `
  import { createServer } from 'node:http';
  import { createSchema, createYoga } from 'graphql-yoga';
  import { ECSClient } from '@aws-sdk/client-ecs';
  const ecs = new ECSClient({ region: 'eu-west-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } });
  const schema = createSchema({
    typeDefs: 'type Query { hello: String }',
    resolvers: { Query: { hello: async () => ecs.config.region() } },
  });
  createServer(createYoga({ schema })).listen(Number(process.env.PORT), '127.0.0.1');`;

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

export interface Start {
  readonly ms: number;
  readonly cpuMs: number;
  readonly rssMb: number;
}

function ask(port: number): Promise<boolean> {
  const headers = { 'content-type': 'application/json', accept: 'application/json' };
  return new Promise((resolve) => {
    const asked = request({ port, host: '127.0.0.1', path: '/graphql', method: 'POST', agent: false, headers });
    asked.on('error', () => resolve(false));
    asked.on('response', (response) => {
      response.resume().on('end', () => resolve(response.statusCode === 200));
    });
    asked.end('{"query":"{ __typename }"}');
  });
}

/** CPU time of all threads of a process in milliseconds, as Linux counts it: garbage collection and compilation included. */
export async function cpuMs(pid: number): Promise<number> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
  const times = threads.map(async (thread) => {
    const text = await readFile(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').catch(() => '');
    return Number(text.split(' ')[0]) / 1e6;
  });
  return (await Promise.all(times)).reduce((sum, time) => sum + time, 0);
}

/** From the start of the process to its first answer: time, and CPU time and memory then. */
export async function startOnce(file: string, args: readonly string[]): Promise<Start> {
  const port = await freePort();
  const env = { PATH: process.env.PATH, PORT: String(port), AWS_REGION: 'eu-west-1', NODE_NO_WARNINGS: '1' };
  const started = performance.now();
  const child = spawn(process.execPath, [file, ...args], { env, stdio: 'ignore' });
  const exit = once(child, 'exit');
  while (!(await ask(port))) {
    if (child.exitCode !== null || performance.now() - started > 30_000) throw new Error(`${file} does not serve`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  const ms = performance.now() - started;
  const cpu = await cpuMs(child.pid ?? 0);
  const rss = /VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => ''));
  child.kill();
  await exit;
  return { ms, cpuMs: cpu, rssMb: Number(rss?.[1] ?? Number.NaN) / 1e3 };
}

/** From start to the first answer: the gateway next to a hello-world of Yoga and the SDK, bundled with the same options. */
export async function startTable(): Promise<string> {
  // Inside the project, so that the hello-world finds its packages.
  const folder = await mkdtemp(join(process.cwd(), 'node_modules', '.bench-'));
  try {
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
    await bundle(pathToFileURL(`${folder}/ours/`));
    await writeFile(join(folder, 'hello.js'), HELLO);
    await build({ ...OPTIONS, entryPoints: [join(folder, 'hello.js')], outdir: join(folder, 'hello') });
    const peers = {
      'hello-world of Yoga and the SDK': [join(folder, 'hello', 'hello.js')],
      'ours, the whole schema': [join(folder, 'ours', 'main.js'), 'serve'],
    };
    const found = new Map<string, Start[]>();
    for (let index = 0; index < ROUNDS; index += 1) {
      for (const [name, [file = '', ...args]] of Object.entries(peers)) {
        found.set(name, [...(found.get(name) ?? []), await startOnce(file, args)]);
      }
    }
    const medians = [...found].map(([name, all]) => {
      const of = (key: keyof Start) => median(all.map((start) => start[key]));
      return { name, ms: of('ms'), cpuMs: of('cpuMs'), rssMb: of('rssMb') };
    });
    const base = medians[0];
    const toGoal = (key: 'ms' | 'cpuMs', value: number) => `${round(value / (1.1 * (base?.[key] ?? 0) + 100), 2)}x`;
    const rows = medians.map(({ name, ms, cpuMs, rssMb }) => {
      return [name, round(ms), toGoal('ms', ms), round(cpuMs), toGoal('cpuMs', cpuMs), round(rssMb)];
    });
    return table(['Start to the first answer', 'ms', 'to the goal', 'CPU ms', 'to the goal', 'RSS MB'], rows);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
