import type { BotConfig } from './config.ts';
import { followFeed } from './follow-feed.ts';
import { Gateway } from './gateway.ts';
import { deploymentMessage, drainMessage } from './messages.ts';
import { DEPLOYMENTS, type DeploymentItem, DRAINS, type DrainItem } from './operations.ts';
import { createSlack } from './slack.ts';
import { StateFile } from './state.ts';
import { createWebhookRoom } from './webhook.ts';

export interface Bot {
  /** Where Slack's calls come to; undefined in socket mode and without Slack. */
  readonly port: number | undefined;
  /** Settles when a feed ends for good: with an error where the gateway refuses it. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

export async function startBot(config: BotConfig): Promise<Bot> {
  const gateway = new Gateway(config.gateway, config.token);
  const file = new StateFile(config.stateFile);
  const slack = config.slack && createSlack(config.slack, gateway);
  const port = await slack?.start();
  const room = slack?.room ?? createWebhookRoom(config.webhook ?? '');
  const abort = new AbortController();

  const { clusters, minInterval } = config;
  const common = { gateway, variables: { clusters, minInterval }, file, room, signal: abort.signal };
  const deployments = followFeed<DeploymentItem>({
    ...common,
    query: DEPLOYMENTS,
    state: file.state.deployments,
    keyOf: ({ progress, summary }) => progress.deploymentId ?? summary,
    render: deploymentMessage,
  });
  const drains = followFeed<DrainItem>({
    ...common,
    query: DRAINS,
    state: file.state.drains,
    keyOf: ({ progress }) => progress.instances.map(({ containerInstanceArn }) => containerInstanceArn).join(),
    render: drainMessage,
  });
  const ended = Promise.all([deployments, drains]).then(() => {});
  // A caller that does not await `ended` must not get an unhandled rejection.
  ended.catch(() => {});
  return {
    port,
    ended,
    async stop() {
      abort.abort();
      await Promise.allSettled([deployments, drains]);
      await slack?.stop();
      await gateway.close();
    },
  };
}
