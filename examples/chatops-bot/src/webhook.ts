import type { Room } from './follow-feed.ts';
import type { Message } from './messages.ts';

/** Events that get a line of their own: a webhook cannot edit an earlier message. */
const NEWS = new Set(['STARTED', 'STALLED', 'RESUMED', 'ENDED']);

export function createWebhookRoom(url: string): Room {
  async function send({ text }: Message): Promise<void> {
    const headers = { 'content-type': 'application/json' };
    const signal = AbortSignal.timeout(30_000);
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ text }), signal });
    if (!response.ok) throw new Error(`The webhook answered ${response.status}.`);
  }
  return {
    async post(message) {
      await send(message);
      return 'webhook';
    },
    async edit(_id, message) {
      if (NEWS.has(message.kind)) await send(message);
    },
  };
}
