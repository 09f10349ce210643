import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from './free-port.ts';

/** Whether this machine has a redis-server; `.ci/run` installs Debian's package. */
export const HAS_REDIS = spawnSync('redis-server', ['--version']).status === 0;

/** The title of tests that need a redis-server. */
export function withRedis(title: string): string {
  return HAS_REDIS ? title : `${title} (skipped: redis-server is not installed, see .ci/run)`;
}

/** A real redis-server on a free port of loopback, which keeps nothing on disk. */
export class RedisServer {
  readonly port: number;
  #child: ChildProcess | undefined;
  readonly #options: readonly string[];

  private constructor(port: number, options: readonly string[]) {
    this.port = port;
    this.#options = options;
  }

  /** @param options may depend on the port */
  static async start(options: readonly string[] | ((port: number) => readonly string[]) = []): Promise<RedisServer> {
    const port = await freePort();
    const server = new RedisServer(port, typeof options === 'function' ? options(port) : options);
    await server.restart();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts the server, which has forgotten everything. */
  async restart(): Promise<void> {
    const args = [
      '--port',
      String(this.port),
      '--bind',
      '127.0.0.1',
      '--save',
      '',
      '--appendonly',
      'no',
      '--dir',
      '/tmp',
    ];
    const child = spawn('redis-server', [...args, ...this.#options], { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#child = child;
    await new Promise<void>((resolve, reject) => {
      let log = '';
      child.stdout.on('data', (chunk) => {
        log += String(chunk);
        if (log.includes('Ready to accept connections')) resolve();
      });
      child.once('exit', () => reject(new Error(`redis-server has ended at its start: ${log}`)));
    });
  }

  /** Ends the server at once. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null) return;
    child.kill('SIGCONT');
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  /** Lets the server hang: connections stay open, and nothing is answered. */
  freeze(): void {
    this.#child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child?.kill('SIGCONT');
  }
}

/** Waits until something holds. Redis is a process of its own, so virtual time does not reach it. */
export async function eventually(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (let round = 0; round < 1_000; round += 1) {
    if (await holds()) return;
    await delay(10);
  }
  throw new Error(`never happened: ${what}`);
}
