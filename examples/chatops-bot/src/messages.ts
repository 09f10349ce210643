import type { DeploymentItem, DrainItem } from './operations.ts';

/** One message: a line for notifications and webhooks, and what Slack shows. */
export interface Message {
  /** The feed's word for what happened: STARTED, ONGOING, STALLED, RESUMED, ENDED. */
  readonly kind: string;
  readonly text: string;
  readonly blocks: readonly Block[];
}

export type Block = Readonly<Record<string, unknown>> & { readonly type: string };

/** The value of a button, which Slack returns when a user presses it. */
export interface Order {
  readonly deployment: string;
  readonly hook?: string;
}

const MARKS: Readonly<Record<string, string>> = {
  good: ':white_check_mark:',
  bad: ':x:',
  stalled: ':warning:',
  moving: ':large_blue_circle:',
};
const GOOD = new Set(['SUCCEEDED', 'DRAINED', 'DEREGISTERED', 'REACTIVATED']);

/** Slack reads &, < and > as its own, and takes at most 3,000 characters in a section, escapes included. */
function plain(text: string): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return escaped.length <= 2_000 ? escaped : `${escaped.slice(0, 2_000).replace(/&\w*$/, '')}…`;
}
const section = (text: string): Block => ({ type: 'section', text: { type: 'mrkdwn', text } });
const context = (text: string): Block => ({ type: 'context', elements: [{ type: 'mrkdwn', text }] });

function markOf({
  outcome,
  stalledSince,
}: {
  outcome: string | null;
  stalledSince: string | null;
}): string | undefined {
  if (outcome !== null) return MARKS[GOOD.has(outcome) ? 'good' : 'bad'];
  return MARKS[stalledSince === null ? 'moving' : 'stalled'];
}

function bar(percent: number): string {
  const full = Math.round(percent / 5);
  return `\`${'█'.repeat(full)}${'░'.repeat(20 - full)}\` ${percent} %`;
}

function button(text: string, action: string, order: Order, style: 'primary' | 'danger', question: string): Block {
  return {
    type: 'button',
    action_id: action,
    text: { type: 'plain_text', text },
    style,
    value: JSON.stringify(order),
    confirm: {
      title: { type: 'plain_text', text },
      text: { type: 'mrkdwn', text: question },
      confirm: { type: 'plain_text', text },
      deny: { type: 'plain_text', text: 'Cancel' },
    },
  };
}

export function deploymentMessage(item: DeploymentItem): Message {
  const { progress, outcome } = item;
  const name = progress.service?.serviceName ?? 'a service';
  const revision = progress.taskDefinition
    ? `${progress.taskDefinition.family}:${progress.taskDefinition.revision}`
    : '';
  const cluster = progress.service?.cluster?.clusterName ?? '';
  const blocks = [
    section(
      `${markOf(item)} *${plain(name)}* in ${plain(cluster)} ${revision && `\`${plain(revision)}\``}\n${plain(item.summary)}`,
    ),
  ];
  if (outcome === null) {
    blocks.push(section(bar(progress.percent)));
    for (const { message } of progress.blockedBy.slice(0, 3)) blocks.push(context(plain(message)));
  }
  const deployment = progress.serviceDeploymentArn;
  if (outcome === null && deployment !== null) {
    const hooks = progress.hooks.filter(({ status, hookId }) => status === 'AWAITING_ACTION' && hookId !== null);
    // A block for each hook: the actions of one block must differ.
    for (const { hookId } of hooks) {
      const order = { deployment, hook: hookId ?? '' };
      const elements = [
        button('Continue', 'hook_continue', order, 'primary', `Let *${plain(name)}* go on?`),
        button('Roll back', 'hook_rollback', order, 'danger', `Roll *${plain(name)}* back?`),
      ];
      blocks.push({ type: 'actions', elements });
    }
    if (hooks.length === 0) {
      const question = `Roll *${plain(name)}* back to what ran before?`;
      blocks.push({
        type: 'actions',
        elements: [button('Roll back', 'roll_back', { deployment }, 'danger', question)],
      });
    }
  }
  return { kind: item.kind, text: item.summary, blocks };
}

export function drainMessage(item: DrainItem): Message {
  const blocks = [section(`${markOf(item)} ${plain(item.summary)}`)];
  if (item.outcome === null) {
    blocks.push(section(bar(item.progress.percent)));
    for (const { message } of item.progress.blockedBy.slice(0, 3)) blocks.push(context(plain(message)));
  }
  return { kind: item.kind, text: item.summary, blocks };
}
