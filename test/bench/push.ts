import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { round, table } from './measure.ts';
import type { PushRequest, PushUsage } from './push-process.ts';

const QUERY = `subscription { progress { type sequence cursor observedAt summary
  body { desired pending running healthy failed percent } } }`;
const CONNECTING = 100;
const WARM_UP = 200;

interface Figures {
  readonly rssKb: number;
  readonly heapKb: number;
  readonly cpuUs: number;
}

/** Subscribers in this process, so that what they do is not in the measured one's figures. */
class Audience {
  readonly #sockets: WebSocket[] = [];
  received = 0;

  async join(url: string, count: number): Promise<void> {
    for (let left = count; left > 0; left -= CONNECTING) {
      await Promise.all(Array.from({ length: Math.min(CONNECTING, left) }, () => this.#join(url)));
    }
  }

  /** Resolves with the snapshot. */
  async #join(url: string): Promise<void> {
    const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws', { perMessageDeflate: false });
    this.#sockets.push(socket);
    await once(socket, 'open');
    socket.send('{"type":"connection_init"}');
    await once(socket, 'message');
    socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: QUERY } }));
    await once(socket, 'message');
    socket.on('message', () => {
      this.received += 1;
    });
  }

  async receive(count: number): Promise<void> {
    while (this.received < count) await delay(20);
  }

  leave(): void {
    for (const socket of this.#sockets) socket.terminate();
  }
}

async function run(peer: PushRequest['peer'], subscribers: number, events: number): Promise<Figures> {
  const request: PushRequest = { peer, tickMs: Math.max(200, subscribers / 10) };
  const execArgv = [...process.execArgv, '--expose-gc'];
  const child = fork(new URL('./push-process.ts', import.meta.url), [JSON.stringify(request)], { execArgv });
  const [{ url }] = (await once(child, 'message')) as [{ url: string }];
  await push(child, url, WARM_UP, 5);
  const figures = await push(child, url, subscribers, events);
  child.disconnect();
  return figures;
}

async function push(child: ChildProcess, url: string, subscribers: number, events: number): Promise<Figures> {
  const ask = async (more: object): Promise<PushUsage> => {
    child.send(more);
    return (await once(child, 'message'))[0];
  };
  const audience = new Audience();
  const alone = await ask({});
  await audience.join(url, subscribers);
  const before = await ask({ push: events });
  await audience.receive(subscribers * events);
  const after = await ask({});
  audience.leave();
  return {
    rssKb: (before.rss - alone.rss) / subscribers / 1_000,
    heapKb: (before.heap - alone.heap) / subscribers / 1_000,
    cpuUs: ((after.cpuMs[0] - before.cpuMs[1]) * 1_000) / (subscribers * events),
  };
}

/** What a subscriber over WebSocket costs, sockets and all, against graphql-ws as it comes over the same hub. */
export async function pushTable(): Promise<string> {
  const rows: (string | number)[][] = [];
  for (const [subscribers, events] of [
    [1_000, 40],
    [10_000, 4],
  ] as const) {
    const stock = await run('graphql-ws', subscribers, events);
    const ours = await run('ours', subscribers, events);
    for (const [name, figures] of Object.entries({ 'graphql-ws as it comes': stock, ours })) {
      rows.push([
        subscribers.toLocaleString('en'),
        name,
        `${round(figures.cpuUs, 1)} us (${round(figures.cpuUs / stock.cpuUs, 2)}x)`,
        `${round(figures.rssKb, 1)} kB (${round(figures.rssKb / stock.rssKb, 2)}x)`,
        `${round(figures.heapKb, 1)} kB (${round(figures.heapKb / stock.heapKb, 2)}x)`,
      ]);
    }
  }
  return table(['Subscribers', '', 'CPU an event', 'RSS a subscriber', 'heap a subscriber'], rows);
}
