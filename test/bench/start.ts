import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { bundle } from '../../esbuild.config.mjs';
import { median, round, table } from './measure.ts';

const ROUNDS = 5;

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

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** From the start of the process to its first answer, and its memory then. */
async function startOnce(
  file: string,
  args: readonly string[],
): Promise<{ readonly ms: number; readonly rssMb: number }> {
  const port = await freePort();
  const env = { PATH: process.env.PATH, PORT: String(port), AWS_REGION: 'eu-west-1', NODE_NO_WARNINGS: '1' };
  const started = performance.now();
  const child = spawn(process.execPath, [file, ...args], { env, stdio: 'ignore' });
  const exit = once(child, 'exit');
  const ask = () =>
    fetch(`http://127.0.0.1:${port}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: '{"query":"{ __typename }"}',
    }).then(
      (response) => response.ok,
      () => false,
    );
  while (!(await ask())) {
    if (child.exitCode !== null || performance.now() - started > 30_000) throw new Error(`${file} does not serve`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  const ms = performance.now() - started;
  const rss = /VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => ''));
  child.kill();
  await exit;
  return { ms, rssMb: Number(rss?.[1] ?? Number.NaN) / 1e3 };
}

/** From start to the first answer: the bundled gateway next to a bundled hello-world of Yoga and the SDK. */
export async function startTable(): Promise<string> {
  // Inside the project, so that the hello-world finds its packages.
  const folder = await mkdtemp(join(process.cwd(), 'node_modules', '.bench-'));
  try {
    await bundle(pathToFileURL(`${folder}/ours/`));
    const hello = join(folder, 'hello.mjs');
    await writeFile(join(folder, 'hello-source.mjs'), HELLO);
    await build({
      entryPoints: [join(folder, 'hello-source.mjs')],
      outfile: hello,
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      banner: { js: "import { createRequire as __cr } from 'node:module'; const require = __cr(import.meta.url);" },
    });
    const peers = {
      'hello-world of Yoga and the SDK': [hello],
      'ours, the whole schema': [join(folder, 'ours', 'main.js'), 'serve'],
    };
    const found = new Map<string, { ms: number; rssMb: number }[]>();
    for (let index = 0; index < ROUNDS; index += 1) {
      for (const [name, [file = '', ...args]] of Object.entries(peers)) {
        found.set(name, [...(found.get(name) ?? []), await startOnce(file, args)]);
      }
    }
    const sizes = { hello: (await stat(hello)).size, ours: (await stat(join(folder, 'ours', 'main.js'))).size };
    const rows = [...found].map(([name, all]) => [
      name,
      round(median(all.map(({ ms }) => ms))),
      round(median(all.map(({ rssMb }) => rssMb))),
      round((name.startsWith('ours') ? sizes.ours : sizes.hello) / 1e6, 2),
    ]);
    return table(['Start to the first answer', 'ms', 'RSS MB', 'bundle MB'], rows);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
