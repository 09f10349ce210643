import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { WebSocket } from 'ws';

export type Transport = 'WebSocket' | 'SSE';

/** Follows the deployments of the benchmark's services. */
export const FOLLOW_DEPLOYMENT = `subscription ($service: ID!) { deploymentProgress(cluster: "bench", service: $service, timeout: "P1D") {
  type sequence cursor observedAt summary changes { field before after }
  progress { percent desiredTaskCount pendingTaskCount runningTaskCount healthyTaskCount failedTaskCount } } }`;
const CONNECTING = 200;
const EVENT = /"field":"event\/([\w-]+)"/g;

/** Subscribers in this process, each with its own connection, that record what they receive and when. */
export class LiveAudience {
  readonly #url: string;
  readonly #transport: Transport;
  readonly #query: string;
  readonly #variables: readonly object[];
  readonly #leave: (() => void)[] = [];
  readonly #agent = new Agent({ keepAlive: false, maxSockets: Number.POSITIVE_INFINITY });
  /** Service events as they arrived: which, and when. */
  readonly arrived: { readonly id: string; readonly at: number }[] = [];
  messages = 0;

  /** @param variables of the subscribers, in turn */
  constructor(url: string, transport: Transport, query: string, variables: readonly object[]) {
    this.#url = url;
    this.#transport = transport;
    this.#query = query;
    this.#variables = variables;
  }

  /** Resolves when all have had their first event. */
  async join(count: number): Promise<void> {
    for (let from = 0; from < count; from += CONNECTING) {
      const some = Array.from({ length: Math.min(CONNECTING, count - from) }, (_, i) => from + i);
      await Promise.all(some.map((i) => this.#join(this.#variables[i % this.#variables.length] ?? {})));
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

  #join(variables: object): Promise<void> {
    return this.#transport === 'SSE' ? this.#joinSse(variables) : this.#joinWebSocket(variables);
  }

  async #joinWebSocket(variables: object): Promise<void> {
    const socket = new WebSocket(this.#url.replace('http', 'ws'), 'graphql-transport-ws', { perMessageDeflate: false });
    this.#leave.push(() => socket.terminate());
    await once(socket, 'open');
    socket.send('{"type":"connection_init"}');
    await once(socket, 'message');
    socket.on('message', (data) => this.#take(String(data)));
    socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: this.#query, variables } }));
    await once(socket, 'message');
  }

  #joinSse(variables: object): Promise<void> {
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
      sent.end(JSON.stringify({ query: this.#query, variables }));
      this.#leave.push(() => sent.destroy());
    });
  }

  #take(text: string): void {
    const at = Date.now();
    this.messages += 1;
    if (text.includes('"errors"')) throw new Error(text);
    for (const [, id = ''] of text.matchAll(EVENT)) this.arrived.push({ id, at });
  }
}
