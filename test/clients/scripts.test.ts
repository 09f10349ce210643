import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createToken } from '../../src/auth/token-file.ts';
import { until } from '../support/time/until.ts';
import { guideBlocks } from './support/project.ts';
import { type Served, serve, standIn } from './support/served.ts';

// The scripts of the guides, unchanged, in their own processes, with shorter waits between attempts.

let served: Served;
let folder: string;
let script: ChildProcess | undefined;
let errors: string;
beforeEach(async () => {
  served = await serve({ LIVE_MIN_INTERVAL: '100ms', LIVE_MAX_INTERVAL: '100ms' });
  folder = await mkdtemp(join(tmpdir(), 'ecs-graphql-scripts-'));
  errors = '';
});
afterEach(async () => {
  if (script?.pid !== undefined && script.exitCode === null) {
    // The shell and its curl: they are a group of their own.
    process.kill(-script.pid);
    await once(script, 'close');
  }
  await served[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
  script = spawn(command, args, {
    cwd: folder,
    env: { ...env, GATEWAY: served.url },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  script.stderr?.on('data', (data) => {
    errors += String(data);
  });
  return script;
}

/** Prints the lines of follow.sh; `sleep` is quick for it. */
async function runShell(token: string, service = 'storefront'): Promise<string[]> {
  const code = guideBlocks().find(({ file }) => file === 'follow.sh')?.code ?? '';
  await writeFile(join(folder, 'follow.sh'), code);
  await writeFile(join(folder, 'sleep'), '#!/bin/sh\nexec /bin/sleep 0.02\n');
  await chmod(join(folder, 'sleep'), 0o755);
  const lines: string[] = [];
  const env = { PATH: `${folder}:${process.env.PATH}`, ECS_GRAPHQL_TOKEN: token };
  run('bash', ['follow.sh', 'storefront', service], env).stdout?.on('data', (data) => {
    lines.push(...String(data).trim().split('\n'));
  });
  return lines;
}

/** The bot of docs/bots.md, with what it posts; its timers are quick. */
async function runBot(token: string): Promise<{ lines: string[] } & AsyncDisposable> {
  const code = /```js\n([\s\S]*?)```/.exec(await readFile('docs/bots.md', 'utf8'))?.[1] ?? '';
  await writeFile(join(folder, 'bot.mjs'), code);
  const quick = 'const wait = setTimeout; globalThis.setTimeout = (run, ms, ...args) => wait(run, ms / 250, ...args);';
  await writeFile(join(folder, 'quick.mjs'), quick);
  const lines: string[] = [];
  const webhook = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    lines.push(JSON.parse(body).text);
    response.end();
  });
  await new Promise<void>((resolve) => webhook.listen(0, '127.0.0.1', resolve));
  run(process.execPath, ['--import', './quick.mjs', 'bot.mjs'], {
    PATH: process.env.PATH,
    WEBHOOK: `http://127.0.0.1:${(webhook.address() as AddressInfo).port}/`,
    CLUSTER: 'storefront',
    ECS_GRAPHQL_TOKEN: token,
  });
  return {
    lines,
    async [Symbol.asyncDispose]() {
      webhook.closeAllConnections();
      webhook.close();
    },
  };
}

/** Waits for an effect of the script; fails with its output if it ends before. */
const whileRunning = (holds: () => boolean) =>
  until(() => {
    if (script?.exitCode !== null) throw new Error(`the script ended: ${errors}`);
    return holds();
  });

/** Ends the gateway, and starts it again when the script was answered 503, 429 and 502 by a proxy in its place. */
async function outage(): Promise<void> {
  const port = Number(new URL(served.url).port);
  const statuses = [503, 429, 502];
  await served.world.restart(port, async () => {
    served.world.sandbox.clock.advance(600_000);
    const end = await standIn(port, () => statuses.shift() ?? 503);
    await until(() => statuses.length === 0);
    await end();
  });
}

/** A gateway whose token can be withdrawn. */
async function serveNamed(): Promise<{ token: string; withdraw(): Promise<void> }> {
  await served[Symbol.asyncDispose]();
  const path = join(folder, 'tokens.json');
  const { token, entry } = createToken('bot', ['viewer'], undefined);
  await writeFile(path, JSON.stringify({ tokens: [entry] }));
  served = await serve({ TOKENS_FILE: path, LIVE_MIN_INTERVAL: '100ms', LIVE_MAX_INTERVAL: '100ms' });
  return {
    token,
    async withdraw() {
      await writeFile(path, JSON.stringify({ tokens: [] }));
      expect(await served.world.app.reload?.()).toBe(true);
    },
  };
}

describe('follow.sh', () => {
  it('goes on behind the last event when the gateway was away', async () => {
    const lines = await runShell(served.token());
    await whileRunning(() => lines.length > 0);
    await served.change('forceNewDeployment: true');
    await whileRunning(() => lines.length > 1);
    const before = lines.length;
    await outage();
    await whileRunning(() => lines.length > before);
    expect(lines.slice(1).join('\n')).not.toContain('SNAPSHOT');
    expect(lines.at(-1)).toMatch(/deployment completed|\d+ events since/);
    expect(new Set(lines).size).toBe(lines.length);
  });

  it('ends when its token is refused, and says why', async () => {
    await runShell('wrong-wrong-wrong-wrong');
    const [code] = script ? await once(script, 'close') : [];
    expect([code, errors]).toEqual([1, expect.stringContaining('UNAUTHENTICATED')]);
  });

  it('ends when its token is withdrawn, and says why', async () => {
    const { token, withdraw } = await serveNamed();
    const lines = await runShell(token);
    await whileRunning(() => lines.length > 0);
    const ended = script ? once(script, 'close') : undefined;
    await withdraw();
    expect([(await ended)?.[0], errors]).toEqual([1, expect.stringContaining('TOKEN_ENDED')]);
    expect(lines.join()).not.toContain('TOKEN_ENDED');
  });

  it('ends when what it follows does not exist, and says why', async () => {
    const lines = await runShell(served.token(), 'nothing');
    const [code] = script ? await once(script, 'close') : [];
    expect([code, errors, lines]).toEqual([1, expect.stringContaining('NOT_FOUND'), []]);
  });

  it('ends when the subscription is complete', async () => {
    const lines = await runShell(served.token());
    await whileRunning(() => lines.length > 0);
    await served.mutate('deleteService(input: { cluster: "storefront", service: "storefront", force: true })');
    served.world.sandbox.clock.advance(600_000);
    const [code] = script ? await once(script, 'close') : [];
    expect([code, errors]).toEqual([0, '']);
    expect(lines.at(-1)).toContain('ENDED');
  });
});

describe('the bot of docs/bots.md', () => {
  it('goes on behind the last event when the gateway was away', async () => {
    await using bot = await runBot(served.token());
    const { lines } = bot;
    const cursor = () => readFile(join(folder, 'bot.cursor'), 'utf8').catch(() => '');
    // The bot keeps a cursor from its first event on.
    while ((await cursor()) === '');
    await served.change('forceNewDeployment: true');
    await whileRunning(() => lines.some((line) => line.startsWith('started: storefront')));
    await outage();
    await whileRunning(() => lines.some((line) => /^storefront in storefront: deployment succeeded/.test(line)));
    expect(lines.filter((line) => line.startsWith('started: storefront'))).toHaveLength(1);
    expect(errors).toMatch(/answered 503[\s\S]*answered 429[\s\S]*answered 502/);
  });

  it('ends when its token is withdrawn, and says why', async () => {
    const { token, withdraw } = await serveNamed();
    await using _bot = await runBot(token);
    const cursor = () => readFile(join(folder, 'bot.cursor'), 'utf8').catch(() => '');
    while ((await cursor()) === '');
    const ended = script ? once(script, 'close') : undefined;
    await withdraw();
    expect([(await ended)?.[0], errors]).toEqual([1, expect.stringContaining('token')]);
  });

  it('ends when its token is refused, and says why', async () => {
    await using _bot = await runBot('wrong-wrong-wrong-wrong');
    const [code] = script ? await once(script, 'close') : [];
    expect([code, errors]).toEqual([1, expect.stringContaining('UNAUTHENTICATED')]);
  });
});
