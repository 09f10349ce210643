import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { WebSocket } from 'ws';

export type Transport = 'WebSocket' | 'SSE';

/** Follows a deployment. The names are in the text: version 0.1.0 has other types of variables. */
export const followDeployment = (service: string) => `subscription {
  deploymentProgress(cluster: "bench", service: "${service}", timeout: "P1D") { type sequence cursor observedAt summary changes { field before after }
  progress { percent desiredTaskCount pendingTaskCount runningTaskCount healthyTaskCount failedTaskCount } } }`;
const CONNECTING = 200;
const EVENT = /"field":"event\/([\w-]+)"/g;

/** Subscribers in this process, each with its own connection, that record what they receive and when. */
export class LiveAudience {
  readonly #url: string;
  readonly #transport: Transport;
  readonly #queries: readonly string[];
  readonly #leave: (() => void)[] = [];
  readonly #agent = new Agent({ keepAlive: false, maxSockets: Number.POSITIVE_INFINITY });
  /** Service events as they arrived: which, and when. */
  readonly arrived: { readonly id: string; readonly at: number }[] = [];
  messages = 0;
  /** Called with an event that is an error. */
  onError = (text: string): void => {
    throw new Error(text);
  };

  /** @param queries of the subscribers, in turn */
  constructor(url: string, transport: Transport, queries: readonly string[]) {
    this.#url = url;
    this.#transport = transport;
    this.#queries = queries;
  }

  /** Resolves when all have had their first event. */
  async join(count: number): Promise<void> {
    for (let from = 0; from < count; from += CONNECTING) {
      const some = Array.from({ length: Math.min(CONNECTING, count - from) }, (_, i) => from + i);
      await Promise.all(some.map((i) => this.#join(this.#queries[i % this.#queries.length] ?? '')));
    }
    this.forget();
  }

  forget(): void {
    this.arrived.length = 0;
    this.messages = 0;
  }

  leave(): void {
    for (const leave of this.#leave) leave();
    this.#agent.destroy();
  }

  #join(query: string): Promise<void> {
    return this.#transport === 'SSE' ? this.#joinSse(query) : this.#joinWebSocket(query);
  }

  async #joinWebSocket(query: string): Promise<void> {
    const socket = new WebSocket(this.#url.replace('http', 'ws'), 'graphql-transport-ws', { perMessageDeflate: false });
    this.#leave.push(() => socket.terminate());
    await once(socket, 'open');
    socket.send('{"type":"connection_init"}');
    await once(socket, 'message');
    socket.on('message', (data) => this.#take(String(data)));
    // As graphql-ws's client names its operations: no two alike.
    socket.send(JSON.stringify({ id: randomUUID(), type: 'subscribe', payload: { query } }));
    await once(socket, 'message');
  }

  #joinSse(query: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/json', accept: 'text/event-stream' };
      const sent = request(this.#url, { method: 'POST', agent: this.#agent, headers }, (response) => {
        response.setEncoding('utf8');
        response.on('data', (text: string) => {
          if (text.includes('event: next')) {
            resolve();
            this.#take(text);
          }
        });
      });
      sent.on('error', reject);
      sent.end(JSON.stringify({ query }));
      this.#leave.push(() => sent.destroy());
    });
  }

  #take(text: string): void {
    const at = Date.now();
    this.messages += 1;
    if (text.includes('"errors"') || text.includes('"type":"error"')) this.onError(text);
    for (const [, id = ''] of text.matchAll(EVENT)) this.arrived.push({ id, at });
  }
}
