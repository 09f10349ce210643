import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../../test/support/programs/free-port.ts';

const PROGRAM = fileURLToPath(new URL('../../../dist/main.js', import.meta.url));

interface Program {
  readonly output: Promise<string>;
  stop(): Promise<void>;
}

function run(args: readonly string[]): Program {
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const output = new Promise<string>((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
      if (/list-clusters|\/graphql/.test(text)) resolve(text);
    });
    child.once('exit', (code) => reject(new Error(`the program ended with ${code}: ${text}`)));
  });
  return {
    output,
    async stop() {
      output.catch(() => {});
      if (child.exitCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

/** A simulated ECS whose clock stands, and a gateway in front of it that can be stopped and started. */
export async function startGateway() {
  const [port, ecsPort] = [await freePort(), await freePort()];
  const ecs = run(['ecs', '--ecs-port', String(ecsPort), '--speed', '0']);
  await ecs.output;
  const start = () =>
    run([
      'serve',
      ...['--port', String(port), '--aws-region', 'us-east-1', '--aws-endpoint-url', `http://127.0.0.1:${ecsPort}`],
    ]);
  let gateway = start();
  await gateway.output;
  const url = `http://127.0.0.1:${port}/graphql`;
  return {
    url,
    /** Moves the clock of ECS, by minutes. */
    async advance(minutes: number) {
      await fetch(`http://127.0.0.1:${ecsPort}/_sandbox/clock/advance?ms=${minutes * 60_000}`, { method: 'POST' });
    },
    async graph<Data>(query: string): Promise<Data> {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query }),
      });
      const { data, errors } = (await response.json()) as { data: Data; errors?: unknown };
      if (errors) throw new Error(JSON.stringify(errors));
      return data;
    },
    async restart() {
      await gateway.stop();
      gateway = start();
      await gateway.output;
    },
    async close() {
      await gateway.stop();
      await ecs.stop();
    },
  };
}
