import { App, HTTPReceiver, type LogLevel, SocketModeReceiver } from '@slack/bolt';
import type { SlackConfig } from './config.ts';
import type { Room } from './follow-feed.ts';
import type { Gateway } from './gateway.ts';
import type { Order } from './messages.ts';
import { CONTINUE, DRAIN, FORECAST, ROLL_BACK } from './operations.ts';
import { statusText } from './status.ts';

export interface Slack {
  readonly room: Room;
  /** The port that Slack's calls come to; undefined in socket mode. */
  start(): Promise<number | undefined>;
  stop(): Promise<void>;
}

const HELP = [
  '`/ecs status [cluster]` shows services and what is being deployed.',
  '`/ecs drain <cluster> <instance>` says what a drain would do, and asks before it begins.',
].join('\n');

/** The bot as a Slack app: its room, the command /ecs, and the buttons under its messages. */
export function createSlack(config: SlackConfig, gateway: Gateway): Slack {
  const { appToken, signingSecret = '', operators, channel } = config;
  const receiver =
    appToken === undefined
      ? new HTTPReceiver({ signingSecret, endpoints: ['/slack/events'] })
      : new SocketModeReceiver({ appToken });
  const app = new App({
    token: config.botToken,
    receiver,
    logLevel: 'warn' as LogLevel,
    clientOptions: config.apiUrl === undefined ? {} : { slackApiUrl: config.apiUrl },
  });
  const mayOrder = (user: string) => operators === undefined || operators.includes(user);

  /** Runs an order, and posts in the message's thread who gave it, or why it failed. */
  async function obey(
    user: string,
    thread: string | undefined,
    done: string,
    run: () => Promise<unknown>,
  ): Promise<void> {
    let text = `<@${user}> ${done}.`;
    try {
      if (mayOrder(user)) await run();
      else text = `<@${user}> may not do that here.`;
    } catch (error) {
      text = `<@${user}> It was not done: ${(error as Error).message}`;
    }
    await app.client.chat.postMessage({ channel, text, ...(thread === undefined ? {} : { thread_ts: thread }) });
  }

  const BUTTONS: Readonly<Record<string, { readonly done: string; run(order: Order): Promise<unknown> }>> = {
    roll_back: {
      done: 'rolls it back',
      run: ({ deployment }) => gateway.order(ROLL_BACK, { deployment }),
    },
    hook_continue: {
      done: 'lets it go on',
      run: ({ deployment, hook }) => gateway.order(CONTINUE, { deployment, hook, action: 'CONTINUE' }),
    },
    hook_rollback: {
      done: 'rolls it back',
      run: ({ deployment, hook }) => gateway.order(CONTINUE, { deployment, hook, action: 'ROLLBACK' }),
    },
  };
  for (const [name, { done, run }] of Object.entries(BUTTONS)) {
    app.action(name, async ({ ack, body, action }) => {
      await ack();
      const { value = '{}' } = action as { value?: string };
      const { message } = body as { message?: { ts?: string } };
      await obey(body.user.id, message?.ts, done, () => run(JSON.parse(value) as Order));
    });
  }

  app.action('drain', async ({ ack, body, action, respond }) => {
    await ack();
    const { cluster, instance } = JSON.parse((action as { value?: string }).value ?? '{}') as Record<string, string>;
    await respond({ delete_original: true });
    await obey(body.user.id, undefined, `drains \`${instance}\` in ${cluster}`, async () => {
      const { updateContainerInstancesState: result } = await gateway.order<{
        updateContainerInstancesState: { failures: { reason: string | null; detail: string | null }[] } | null;
      }>(DRAIN, { cluster, instances: [instance] });
      const [failure] = result?.failures ?? [];
      if (failure) throw new Error(failure.detail ?? failure.reason ?? 'ECS refused it.');
    });
  });

  app.command('/ecs', async ({ ack, command, respond }) => {
    await ack();
    const [verb, cluster, instance] = command.text.trim().split(/\s+/);
    const answer = (text: string, blocks?: unknown[]) =>
      respond({ response_type: 'ephemeral', text, ...(blocks ? { blocks: blocks as never } : {}) });
    try {
      if (verb === 'status') {
        await answer(await statusText(gateway, cluster));
      } else if (verb === 'drain' && cluster && instance) {
        if (!mayOrder(command.user_id)) {
          await answer('You may not do that here.');
          return;
        }
        const { drainForecast: forecast } = await gateway.ask<{
          drainForecast: { summary: string; blockedBy: { message: string }[] };
        }>(FORECAST, { cluster, instances: [instance] });
        const text = [forecast.summary, ...forecast.blockedBy.map(({ message }) => `:warning: ${message}`)].join('\n');
        await answer(text, [
          { type: 'section', text: { type: 'mrkdwn', text } },
          {
            type: 'actions',
            elements: [
              {
                type: 'button',
                action_id: 'drain',
                style: 'danger',
                text: { type: 'plain_text', text: 'Drain' },
                value: JSON.stringify({ cluster, instance }),
              },
            ],
          },
        ]);
      } else {
        await answer(HELP);
      }
    } catch (error) {
      await answer(`That did not work: ${(error as Error).message}`);
    }
  });

  return {
    room: {
      async post({ text, blocks }) {
        const { ts } = await app.client.chat.postMessage({ channel, text, blocks: blocks as never });
        if (ts === undefined) throw new Error('Slack gave the message no name.');
        return ts;
      },
      async edit(ts, { text, blocks }) {
        await app.client.chat.update({ channel, ts, text, blocks: blocks as never });
      },
    },
    async start() {
      const server = await app.start(config.port);
      const address = appToken === undefined ? (server as { address(): unknown }).address() : null;
      return typeof address === 'object' && address !== null ? (address as { port: number }).port : undefined;
    },
    async stop() {
      await app.stop();
    },
  };
}
