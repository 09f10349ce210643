import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';

const EXECUTABLE = ['/usr/sbin/nginx', '/usr/bin/nginx', '/usr/local/bin/nginx'].find(existsSync);

/** Whether the tests behind nginx run; in CI they run in any case, and fail without it. */
export function hasNginx(): boolean {
  if (EXECUTABLE !== undefined || process.env.CI === 'true') return true;
  process.stderr.write(
    '\n!! SKIPPED: no nginx here, so docs/proxies.md was NOT tested (apt-get install nginx-light)\n',
  );
  return false;
}

/** An nginx that runs as this user, on a free port of this machine, until it is disposed of. */
export interface Nginx extends AsyncDisposable {
  readonly url: string;
}

/** @param http what stands in the `http` block; `listen 8080` becomes a free port */
export async function startNginx(http: string): Promise<Nginx> {
  if (EXECUTABLE === undefined) throw new Error('CI=true, but there is no nginx: apt-get install nginx-light');
  const folder = await mkdtemp(join(tmpdir(), 'ecs-graphql-nginx-'));
  const port = await freePort();
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  const configuration = `daemon off; worker_processes 1; pid ${folder}/pid; error_log stderr warn;
events { worker_connections 64; }
http { access_log off; ${temporary.join(' ')}
${http.replace('listen 8080;', `listen 127.0.0.1:${port};`)} }`;
  await writeFile(join(folder, 'nginx.conf'), configuration);
  const child = spawn(EXECUTABLE, ['-p', folder, '-e', 'stderr', '-c', join(folder, 'nginx.conf')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let problems = '';
  child.stderr.on('data', (data) => {
    problems += String(data);
  });
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const url = `http://127.0.0.1:${port}`;
  const isUp = () => {
    if (child.exitCode !== null) throw new Error(`nginx ended: ${problems}`);
    return fetch(`${url}/`).then(
      () => true,
      () => false,
    );
  };
  while (!(await isUp()));
  return {
    url,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await exited;
      await rm(folder, { recursive: true });
    },
  };
}
