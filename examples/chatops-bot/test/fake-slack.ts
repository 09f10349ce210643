import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Sent {
  readonly method: string;
  readonly ts: string;
  readonly text: string;
  readonly blocks: readonly {
    readonly type: string;
    readonly elements?: readonly { action_id: string; value: string }[];
  }[];
  readonly threadTs: string | undefined;
}

export const SECRET = 'a-signing-secret-of-this-test';

interface Shown {
  readonly type: string;
  readonly text?: { readonly text: string };
  readonly elements?: readonly (Shown & { readonly action_id?: string; readonly value?: string })[];
}

/** Why Slack would refuse blocks, by the limits that its reference names. */
export function refusals(blocks: readonly Shown[]): readonly string[] {
  const problems = blocks.length > 50 ? ['more than 50 blocks'] : [];
  for (const { type, text, elements = [] } of blocks) {
    if (text !== undefined && (text.text === '' || text.text.length > 3_000)) problems.push(`text of a ${type}`);
    const ids = elements.flatMap(({ action_id }) => action_id ?? []);
    if (new Set(ids).size < ids.length) problems.push(`action_id is not unique in a block of ${type}`);
    if (type === 'actions' && elements.length > 25) problems.push('more than 25 actions');
    if (type === 'context' && elements.length > 10) problems.push('more than 10 elements of a context');
    for (const element of elements) {
      if ((element.value?.length ?? 0) > 2_000) problems.push('value of a button');
      if (element.type === 'button' && (element.text?.text.length ?? 0) > 75) problems.push('text of a button');
    }
  }
  return problems;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += chunk;
  return body;
}

/**
 * Slack's Web API as far as the bot calls it, with answers in the form that Slack documents, and the calls that Slack makes to an app: a slash
 * command and a pressed button, signed as Slack signs them.
 */
export async function startFakeSlack() {
  const sent: Sent[] = [];
  const replies: Record<string, unknown>[] = [];
  let waiting: { readonly matches: (message: Sent) => boolean; readonly resolve: (message: Sent) => void }[] = [];
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    const answer = (value: unknown) =>
      response.setHeader('content-type', 'application/json').end(JSON.stringify(value));
    if (request.url === '/response') {
      replies.push(JSON.parse(body) as Record<string, unknown>);
      return answer({ ok: true });
    }
    const method = request.url?.replace('/api/', '') ?? '';
    if (method === 'auth.test') return answer({ ok: true, user_id: 'UBOT', bot_id: 'BBOT', team_id: 'T1' });
    const form = request.headers['content-type']?.startsWith('application/json')
      ? (JSON.parse(body) as Record<string, unknown>)
      : Object.fromEntries(new URLSearchParams(body));
    const ts = String(form.ts ?? `1700000000.${String(sent.length + 1).padStart(6, '0')}`);
    const blocks = typeof form.blocks === 'string' ? JSON.parse(form.blocks) : (form.blocks ?? []);
    const problems = refusals(blocks as readonly Shown[]);
    if (problems.length > 0) {
      return answer({ ok: false, error: 'invalid_blocks', response_metadata: { messages: problems } });
    }
    const message: Sent = {
      method,
      ts,
      text: String(form.text),
      blocks,
      threadTs: form.thread_ts as string | undefined,
    };
    sent.push(message);
    waiting = waiting.filter(({ matches, resolve }) => {
      if (!matches(message)) return true;
      resolve(message);
      return false;
    });
    return answer({ ok: true, channel: form.channel, ts, message: { text: form.text } });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const responseUrl = `http://127.0.0.1:${port}/response`;

  async function call(botPort: number, form: Record<string, string>, secret = SECRET): Promise<number> {
    const body = new URLSearchParams(form).toString();
    const time = String(Math.floor(Date.now() / 1_000));
    const signature = `v0=${createHmac('sha256', secret).update(`v0:${time}:${body}`).digest('hex')}`;
    const headers = {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': time,
      'x-slack-signature': signature,
    };
    const response = await fetch(`http://127.0.0.1:${botPort}/slack/events`, { method: 'POST', headers, body });
    return response.status;
  }

  return {
    sent,
    replies,
    apiUrl: `http://127.0.0.1:${port}/api/`,
    /** The first message, of those before or to come, that matches. */
    heard(matches: (message: Sent) => boolean): Promise<Sent> {
      const found = sent.find(matches);
      return found ? Promise.resolve(found) : new Promise((resolve) => waiting.push({ matches, resolve }));
    },
    command: (botPort: number, text: string, user = 'U1', secret?: string) =>
      call(
        botPort,
        { command: '/ecs', text, user_id: user, team_id: 'T1', channel_id: 'C1', response_url: responseUrl },
        secret,
      ),
    press: (botPort: number, element: { action_id: string; value: string }, ts: string, user = 'U1') =>
      call(botPort, {
        payload: JSON.stringify({
          type: 'block_actions',
          user: { id: user },
          team: { id: 'T1' },
          channel: { id: 'C1' },
          message: { ts },
          response_url: responseUrl,
          actions: [{ ...element, type: 'button', block_id: 'b1', action_ts: ts }],
        }),
      }),
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}
