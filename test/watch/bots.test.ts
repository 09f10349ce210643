import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startLiveApp } from '../support/gateway/live-app.ts';

describe('docs/bots.md', () => {
  it('has a complete bot of at most 45 lines, which runs as it is', async () => {
    const code = /```js\n([\s\S]*?)```/.exec(await readFile('docs/bots.md', 'utf8'))?.[1] ?? '';
    expect(code.split('\n').length).toBeLessThanOrEqual(46);
    await using app = await startLiveApp();
    const posted: string[] = [];
    let onPost = () => {};
    const webhook = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      posted.push((JSON.parse(body) as { text: string }).text);
      response.end();
      onPost();
    });
    webhook.listen(0, '127.0.0.1');
    await once(webhook, 'listening');
    const until = (count: number) =>
      new Promise<void>((resolve) => {
        onPost = () => {
          if (posted.length >= count) resolve();
        };
        onPost();
      });
    const folder = await mkdtemp(join(tmpdir(), 'bot-'));
    const file = join(folder, 'bot.mjs');
    await writeFile(file, code);
    app.world.sandbox.resetCalls();
    const WEBHOOK = `http://127.0.0.1:${(webhook.address() as AddressInfo).port}/`;
    const bot = spawn(process.execPath, [file], {
      env: { GATEWAY: app.url, CLUSTER: 'prod', WEBHOOK, CURSOR_FILE: join(folder, 'cursor') },
      stdio: 'inherit',
    });
    try {
      // The bot listens once the gateway has looked at the cluster for it.
      const listening = () => (app.world.sandbox.calls().ListServices ?? 0) > 0;
      while (!listening()) await new Promise((resolve) => setImmediate(resolve));
      await app.register('web:1');
      await app.createService();
      await until(1);
      app.world.sandbox.clock.advance(200_000);
      await until(2);
      expect(posted[0]).toMatch(/^started: web in prod/);
      expect(posted[1]).toMatch(/^web in prod: deployment succeeded/);
      const cursor = () => readFile(join(folder, 'cursor'), 'utf8').catch(() => '');
      while ((await cursor()) === '') await new Promise((resolve) => setImmediate(resolve));
    } finally {
      bot.kill();
      await once(bot, 'exit');
      webhook.close();
      await rm(folder, { recursive: true });
    }
  });

  it('has a bot that says why it is refused, and ends', async () => {
    const code = /```js\n([\s\S]*?)```/.exec(await readFile('docs/bots.md', 'utf8'))?.[1] ?? '';
    const gateway = createServer((_request, response) => {
      response.writeHead(401, { 'content-type': 'application/json' }).end('{"errors":[{"message":"no such token"}]}');
    });
    gateway.listen(0, '127.0.0.1');
    await once(gateway, 'listening');
    const folder = await mkdtemp(join(tmpdir(), 'bot-'));
    await writeFile(join(folder, 'bot.mjs'), code);
    const GATEWAY = `http://127.0.0.1:${(gateway.address() as AddressInfo).port}/`;
    const bot = spawn(process.execPath, [join(folder, 'bot.mjs')], {
      cwd: folder,
      env: { GATEWAY, WEBHOOK: GATEWAY },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let printed = '';
    bot.stderr.on('data', (chunk) => {
      printed += String(chunk);
    });
    const [exitCode] = await once(bot, 'close');
    expect([exitCode, printed]).toEqual([1, expect.stringContaining('the gateway answered 401')]);
    expect(printed).toContain('no such token');
    gateway.close();
    await rm(folder, { recursive: true });
  });
});
