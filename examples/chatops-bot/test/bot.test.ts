import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Bot, startBot } from '../src/bot.ts';
import { type BotConfig, readConfig } from '../src/config.ts';
import { SECRET, type Sent, startFakeSlack } from './fake-slack.ts';
import { startGateway } from './gateway-process.ts';

const RESTART = (service: string, cluster = 'storefront') =>
  `mutation { updateService(input: { cluster: "${cluster}", service: "${service}", forceNewDeployment: true }) { service { id } } }`;
const buttonsOf = ({ blocks }: Sent) =>
  blocks.flatMap(({ type, elements = [] }) => (type === 'actions' ? elements : []));
const isOf = (name: string) => (message: Sent) => JSON.stringify(message.blocks).includes(`*${name}*`);

describe('the bot', { timeout: 120_000 }, () => {
  let gateway: Awaited<ReturnType<typeof startGateway>>;
  let slack: Awaited<ReturnType<typeof startFakeSlack>>;
  let folder: string;
  let config: BotConfig;

  before(async () => {
    process.env.AWS_ACCESS_KEY_ID = 'sandbox';
    process.env.AWS_SECRET_ACCESS_KEY = 'sandbox';
    [gateway, slack] = await Promise.all([startGateway(), startFakeSlack()]);
    folder = mkdtempSync(join(tmpdir(), 'chatops-bot-'));
    config = readConfig({
      GATEWAY: gateway.url,
      STATE_FILE: join(folder, 'state.json'),
      MIN_INTERVAL: 'PT0S',
      SLACK_BOT_TOKEN: 'xoxb-of-this-test',
      SLACK_CHANNEL: 'C1',
      SLACK_SIGNING_SECRET: SECRET,
      SLACK_API_URL: slack.apiUrl,
      OPERATORS: 'U1',
      PORT: '0',
    });
  });

  after(async () => {
    await gateway.close();
    await slack.close();
    rmSync(folder, { recursive: true });
  });

  async function withBot(test: (bot: Bot, port: number) => Promise<void>): Promise<void> {
    const bot = await startBot(config);
    try {
      await test(bot, bot.port ?? 0);
    } finally {
      await bot.stop();
    }
  }

  it('posts one message for a deployment, and edits it to the end, over restarts of the bot and of the gateway', async () => {
    let ts = '';
    await withBot(async () => {
      await slack.heard(isOf('checkout'));
      await gateway.graph(RESTART('cart'));
      ({ ts } = await slack.heard(isOf('cart')));
    });
    await gateway.restart();
    await withBot(async () => {
      await gateway.advance(10);
      const end = await slack.heard((message) => isOf('cart')(message) && message.text.includes('succeeded'));
      assert.deepEqual([end.method, end.ts], ['chat.update', ts]);
      assert.deepEqual(buttonsOf(end), []);
    });
    const posts = slack.sent.filter((message) => message.method === 'chat.postMessage');
    assert.equal(posts.filter(isOf('cart')).length, 1);
    assert.equal(posts.filter(isOf('checkout')).length, 1);
    assert.doesNotMatch(readFileSync(config.stateFile, 'utf8'), new RegExp(ts));
  });

  it('rolls a deployment back for a user who may, and names the user', async () => {
    await withBot(async (_bot, port) => {
      const message = await slack.heard((each) => isOf('reports')(each) && buttonsOf(each).length > 0);
      const hook = buttonsOf(message).find(({ action_id }) => action_id === 'hook_rollback');
      assert.ok(hook);
      assert.equal(await slack.press(port, hook, message.ts, 'U2'), 200);
      await slack.heard(({ text }) => text === '<@U2> may not do that here.');
      assert.equal(await slack.press(port, hook, message.ts), 200);
      const reply = await slack.heard(({ text }) => text.startsWith('<@U1>'));
      assert.deepEqual([reply.text, reply.threadTs], ['<@U1> rolls it back.', message.ts]);
      await gateway.advance(30);
      await slack.heard((each) => isOf('reports')(each) && each.ts === message.ts && each.text.includes('rolled back'));
      assert.equal(await slack.press(port, hook, message.ts), 200);
      await slack.heard(({ text }) => text.startsWith('<@U1> It was not done: '));
    });
  });

  it('lets a deployment go on that waits at a hook', async () => {
    await withBot(async (_bot, port) => {
      const known = new Set(slack.sent.map(({ ts }) => ts));
      await gateway.graph(RESTART('reports', 'default'));
      await gateway.advance(10);
      const message = await slack.heard(
        (each) =>
          isOf('reports')(each) &&
          !known.has(each.ts) &&
          buttonsOf(each).some(({ action_id }) => action_id === 'hook_continue'),
      );
      const hook = buttonsOf(message).find(({ action_id }) => action_id === 'hook_continue');
      assert.ok(hook);
      assert.equal(await slack.press(port, hook, message.ts), 200);
      await slack.heard(({ text, threadTs }) => text === '<@U1> lets it go on.' && threadTs === message.ts);
      await gateway.advance(120);
      await slack.heard(({ ts, text }) => ts === message.ts && text.includes('succeeded'));
    });
  });

  it('rolls a deployment back that waits at no hook', async () => {
    await withBot(async (_bot, port) => {
      const known = new Set(slack.sent.map(({ ts }) => ts));
      await gateway.graph(RESTART('cart'));
      const message = await slack.heard(
        (each) => isOf('cart')(each) && !known.has(each.ts) && buttonsOf(each).length > 0,
      );
      const [button] = buttonsOf(message);
      assert.ok(button);
      assert.equal(button.action_id, 'roll_back');
      assert.equal(await slack.press(port, button, message.ts), 200);
      await slack.heard(({ text, threadTs }) => text === '<@U1> rolls it back.' && threadTs === message.ts);
      await gateway.advance(30);
      await slack.heard(({ ts, text }) => ts === message.ts && text.includes('rolled back'));
    });
  });

  it('answers /ecs status, and refuses what Slack did not sign', async () => {
    await withBot(async (_bot, port) => {
      assert.equal(await slack.command(port, 'status platform'), 200);
      await until(() => slack.replies.length === 1);
      const { text } = slack.replies[0] as { text: string };
      assert.match(text, /^\*platform\* \(\d+ tasks running\)\n/);
      assert.match(text, /:white_check_mark: orders-api: 8 of 8 running/);
      assert.match(text, /:large_blue_circle: payments-worker/);
      assert.equal(await slack.command(port, 'status nowhere'), 200);
      await until(() => slack.replies.length === 2);
      assert.deepEqual(slack.replies[1]?.text, 'There is no cluster nowhere.');
      assert.equal(await slack.command(port, 'status', 'U1', 'another-secret'), 401);
    });
  });

  it('forecasts a drain, begins it, and follows it to the end', async () => {
    const { cluster } = await gateway.graph<{
      cluster: { containerInstances: { nodes: { ec2InstanceId: string; containerInstanceArn: string }[] } };
    }>('{ cluster(cluster: "platform") { containerInstances { nodes { ec2InstanceId containerInstanceArn } } } }');
    const instance = cluster.containerInstances.nodes[5];
    await withBot(async (_bot, port) => {
      const before = slack.replies.length;
      await slack.command(port, `drain platform ${instance?.containerInstanceArn}`);
      await until(() => slack.replies.length > before);
      const forecast = slack.replies[before] as unknown as Sent;
      assert.match(forecast.text, /^1 instance, 3 tasks: 2 would move, 1 daemon task would stop/);
      const [button] = buttonsOf(forecast);
      assert.ok(button);
      await slack.press(port, button, '1');
      const { ts } = await slack.heard(
        (each) => each.blocks.length > 0 && each.text.includes(instance?.ec2InstanceId ?? ''),
      );
      await gateway.advance(30);
      const end = await slack.heard(
        (each) => each.ts === ts && each.text.includes('drained') && each.blocks.length === 1,
      );
      assert.equal(end.method, 'chat.update');
    });
  });

  it('posts to a webhook what is news', async () => {
    const lines: string[] = [];
    const server = createServer((request, response) => {
      request.setEncoding('utf8');
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        lines.push((JSON.parse(body) as { text: string }).text);
        response.end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const bot = await startBot(
      readConfig({
        GATEWAY: gateway.url,
        STATE_FILE: join(folder, 'webhook.json'),
        MIN_INTERVAL: 'PT0S',
        CLUSTERS: 'storefront',
        WEBHOOK: `http://127.0.0.1:${port}/`,
      }),
    );
    try {
      await gateway.graph(RESTART('search-api'));
      await until(() => lines.some((line) => line.includes('search-api')));
      await gateway.advance(10);
      await until(() => lines.some((line) => line.includes('search-api') && line.includes('succeeded')));
      const own = lines.filter((line) => line.includes('search-api'));
      assert.ok(own.length <= 3, own.join('\n'));
    } finally {
      await bot.stop();
      server.close();
    }
  });

  it('names every mistake of its settings at once', () => {
    assert.throws(() => readConfig({ SLACK_BOT_TOKEN: 'x', PORT: 'seventy' }), {
      message: [
        'PORT must be a port number.',
        'SLACK_CHANNEL must be the id of the channel to post to.',
        'Set SLACK_APP_TOKEN (socket mode) or SLACK_SIGNING_SECRET (Slack calls the bot).',
      ].join('\n'),
    });
    assert.throws(() => readConfig({}), { message: 'Set SLACK_BOT_TOKEN or WEBHOOK.' });
  });

  it('ends where the gateway refuses it for good', async () => {
    const bot = await startBot({ ...config, clusters: ['nowhere'], stateFile: join(folder, 'refused.json') });
    await assert.rejects(bot.ended, /nowhere/);
    await bot.stop();
  });
});

/** Waits until something is so; it becomes so by what other programs send. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 20));
}
