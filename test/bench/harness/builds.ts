import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { bundle as bundleNow } from '../../../esbuild.config.mjs';
import { cpuMs, freePort } from '../gateway/start.ts';
import { unpackRelease } from './release-0-1-0.ts';

export type Environment = Readonly<Record<string, string>>;

export const rest = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** One build of the gateway as a process of its own. */
export class Gateway {
  readonly #child;
  readonly url: string;

  constructor(file: string, port: number, env: Environment, options: readonly string[] = []) {
    this.url = `http://127.0.0.1:${port}/graphql`;
    const keys = { AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'bench', AWS_SECRET_ACCESS_KEY: 'bench' };
    const base = { PATH: process.env.PATH ?? '', PORT: `${port}`, NODE_NO_WARNINGS: '1', LOG_LEVEL: 'error', ...keys };
    this.#child = spawn(process.execPath, [...options, file, 'serve'], {
      env: { ...base, ...env },
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
  }

  /** Sends a message to what `--import` has loaded into the process, and resolves with its answer. */
  async send(message: string): Promise<unknown> {
    this.#child.send(message);
    const [answer] = await once(this.#child, 'message');
    return answer;
  }

  /** The answer, whatever it is. */
  async post(query: string, encoding = 'gzip'): Promise<string> {
    const headers = { 'content-type': 'application/json', accept: 'application/json', 'accept-encoding': encoding };
    const response = await fetch(this.url, { method: 'POST', headers, body: JSON.stringify({ query }) });
    return response.text();
  }

  /** An answer without errors. */
  async ask(query: string, encoding = 'gzip'): Promise<string> {
    const text = await this.post(query, encoding);
    if (!text.startsWith('{"data"') || text.includes('"errors"')) throw new Error(text.slice(0, 300));
    return text;
  }

  /** Waits until it serves. */
  async ready(): Promise<void> {
    for (const end = performance.now() + 30_000; ; await rest(20)) {
      const served = await this.ask('{ __typename }').catch(() => undefined);
      if (served !== undefined) return;
      if (performance.now() > end) throw new Error('The gateway does not serve');
    }
  }

  cpuMs(): Promise<number> {
    return cpuMs(this.#child.pid ?? 0);
  }

  /** Resident memory, and the most since `forgetPeak`, in MB. */
  async memory(): Promise<{ readonly rssMb: number; readonly peakMb: number }> {
    const text = await readFile(`/proc/${this.#child.pid}/status`, 'utf8');
    const of = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(text)?.[1]) / 1e3;
    return { rssMb: of('VmRSS'), peakMb: of('VmHWM') };
  }

  async forgetPeak(): Promise<void> {
    await writeFile(`/proc/${this.#child.pid}/clear_refs`, '5');
  }

  async stop(): Promise<void> {
    const exit = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exit;
  }
}

/** Starts a build, and waits until it serves. */
export async function startGateway(file: string, env: Environment, options: readonly string[] = []): Promise<Gateway> {
  const gateway = new Gateway(file, await freePort(), env, options);
  await gateway.ready();
  return gateway;
}

/** The programs of both versions. */
export interface Builds {
  readonly before: string;
  readonly now: string;
}

/** Builds version 0.1.0 and this one in a folder that ends with the work. Undefined without the history of 0.1.0. */
export async function withBuilds<T>(work: (builds: Builds) => Promise<T>): Promise<T | undefined> {
  const root = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');
  // Inside the project, so that packages are found from here.
  const folder = await mkdtemp(join(root, 'node_modules', '.bench-'));
  try {
    const source = join(folder, 'source');
    if (!unpackRelease(root, source, ['src', 'esbuild.config.mjs', 'package.json'])) return undefined;
    await symlink(join(root, 'node_modules'), join(source, 'node_modules'));
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
    const config = (await import(`${pathToFileURL(source)}/esbuild.config.mjs`)) as { bundle: typeof bundleNow };
    await config.bundle(pathToFileURL(`${folder}/before/`));
    await bundleNow(pathToFileURL(`${folder}/now/`));
    return await work({ before: join(folder, 'before', 'main.js'), now: join(folder, 'now', 'main.js') });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
