import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';

export type Transport = 'ws' | 'sse';

const QUERY = `subscription { progress { type sequence cursor observedAt summary
  body { desired pending running healthy failed percent } } }`;
const JOINING = 100;
const SSE_EVENT = Buffer.from('event: next');

/** Subscribers in the bench's own process, so that their work is not in the measured figures. */
export class Audience {
  readonly #url: string;
  readonly #transport: Transport;
  readonly #leaving: (() => void)[] = [];
  readonly #agent = new Agent({ keepAlive: false, maxSockets: Number.POSITIVE_INFINITY });
  received = 0;

  constructor(url: string, transport: Transport) {
    this.#url = url;
    this.#transport = transport;
  }

  /** Resolves when this many more have their snapshot. */
  async join(count: number): Promise<void> {
    const joinOne = () => (this.#transport === 'ws' ? this.#joinSocket() : this.#joinStream());
    for (let left = count; left > 0; left -= JOINING) {
      await Promise.all(Array.from({ length: Math.min(JOINING, left) }, joinOne));
    }
  }

  async receive(count: number): Promise<void> {
    while (this.received < count) await delay(20);
  }

  leave(): void {
    for (const leave of this.#leaving) leave();
  }

  async #joinSocket(): Promise<void> {
    const socket = new WebSocket(this.#url.replace('http', 'ws'), 'graphql-transport-ws', { perMessageDeflate: false });
    this.#leaving.push(() => socket.terminate());
    await once(socket, 'open');
    socket.send('{"type":"connection_init"}');
    await once(socket, 'message');
    // As graphql-ws's client names its operations: no two alike.
    socket.send(JSON.stringify({ id: randomUUID(), type: 'subscribe', payload: { query: QUERY } }));
    await once(socket, 'message');
    socket.on('message', () => {
      this.received += 1;
    });
  }

  async #joinStream(): Promise<void> {
    const headers = { 'content-type': 'application/json', accept: 'text/event-stream' };
    const sent: ClientRequest = request(this.#url, { method: 'POST', headers, agent: this.#agent });
    this.#leaving.push(() => sent.destroy());
    sent.on('error', () => {});
    sent.end(JSON.stringify({ query: QUERY }));
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    response.on('error', () => {});
    await new Promise<void>((resolve) => {
      let isFirst = true;
      response.on('data', (chunk: Buffer) => {
        for (let at = chunk.indexOf(SSE_EVENT); at >= 0; at = chunk.indexOf(SSE_EVENT, at + 1)) {
          if (!isFirst) this.received += 1;
          isFirst = false;
          resolve();
        }
      });
    });
  }
}
