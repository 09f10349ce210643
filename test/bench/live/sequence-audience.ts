import { WebSocket } from 'ws';

const FIELDS = `type sequence cursor changes { field }
  progress { percent desiredTaskCount pendingTaskCount runningTaskCount healthyTaskCount failedTaskCount }`;
const QUERY = `subscription ($service: ID!, $after: String) {
  deploymentProgress(cluster: "bench", service: $service, timeout: "P1D", after: $after) { ${FIELDS} } }`;
const EVENT = /"field":"event\/([\w-]+)"/g;
const CONNECTING = 100;
const RETRY_MS = 100;

interface Update {
  readonly type: string;
  readonly sequence: number;
  readonly cursor: string;
}

/** The events that all subscribers of an audience have seen. */
export interface Seen {
  messages: number;
  /** Events whose number is not the next one, and numbers that did not rise. */
  skipped: number;
  repeated: number;
  resyncs: number;
  errors: number;
  reconnects: number;
  /** Streams that ended although their deployment had not. */
  ended: number;
  /** Service events as they arrived: which, and when. */
  readonly arrived: { readonly id: string; readonly at: number }[];
}

/** Subscribers with a connection each that check the numbers of their events, and resume elsewhere when it breaks. */
export class SequenceAudience {
  readonly seen: Seen = {
    messages: 0,
    skipped: 0,
    repeated: 0,
    resyncs: 0,
    errors: 0,
    reconnects: 0,
    ended: 0,
    arrived: [],
  };
  /** How many subscribers of a service have received each of its events. */
  readonly #received = new Map<string, Map<string, number>>();
  readonly #urlOf: () => string;
  readonly #subscribers: Subscriber[] = [];

  /** @param urlOf a gateway that takes a new connection, as a load balancer chooses it */
  constructor(urlOf: () => string) {
    this.#urlOf = urlOf;
  }

  /** Resolves when all have had their first event. */
  async join(services: readonly string[], count: number): Promise<void> {
    for (let from = 0; from < count; from += CONNECTING) {
      const some = Array.from({ length: Math.min(CONNECTING, count - from) }, (_, i) => {
        const subscriber = new Subscriber(
          services[(from + i) % services.length] ?? '',
          this.#urlOf,
          this.seen,
          this.#received,
        );
        this.#subscribers.push(subscriber);
        return subscriber.begun;
      });
      await Promise.all(some);
    }
    this.forget();
  }

  forget(): void {
    const { seen } = this;
    Object.assign(seen, { messages: 0, skipped: 0, repeated: 0, resyncs: 0, errors: 0, reconnects: 0, ended: 0 });
    seen.arrived.length = 0;
    this.#received.clear();
  }

  /** Deliveries of service events that are missing, and that were made twice, since the last `forget`. */
  losses(): { readonly lost: number; readonly doubled: number } {
    const sizes = new Map<string, number>();
    for (const { service } of this.#subscribers) sizes.set(service, (sizes.get(service) ?? 0) + 1);
    let [lost, doubled] = [0, 0];
    for (const [service, events] of this.#received) {
      for (const count of events.values()) {
        lost += Math.max(0, (sizes.get(service) ?? 0) - count);
        doubled += Math.max(0, count - (sizes.get(service) ?? 0));
      }
    }
    return { lost, doubled };
  }

  /** How many have a stream at present. */
  get connected(): number {
    return this.#subscribers.filter(({ isConnected }) => isConnected).length;
  }

  leave(): void {
    for (const subscriber of this.#subscribers) subscriber.leave();
  }
}

class Subscriber {
  readonly begun: Promise<void>;
  readonly service: string;
  readonly #received: Map<string, Map<string, number>>;
  readonly #urlOf: () => string;
  readonly #seen: Seen;
  #socket: WebSocket | undefined;
  #last: Update | undefined;
  #onBegun: () => void = () => undefined;
  #hasLeft = false;
  isConnected = false;

  constructor(service: string, urlOf: () => string, seen: Seen, received: Map<string, Map<string, number>>) {
    this.service = service;
    this.#received = received;
    this.#urlOf = urlOf;
    this.#seen = seen;
    this.begun = new Promise((resolve) => {
      this.#onBegun = resolve;
    });
    this.#connect();
  }

  leave(): void {
    this.#hasLeft = true;
    this.#socket?.terminate();
  }

  #connect(): void {
    const url = this.#urlOf().replace('http', 'ws');
    const socket = new WebSocket(url, 'graphql-transport-ws', { perMessageDeflate: false });
    this.#socket = socket;
    const again = () => {
      this.isConnected = false;
      if (this.#hasLeft || this.#socket !== socket) return;
      this.#seen.reconnects += 1;
      this.#socket = undefined;
      setTimeout(() => this.#hasLeft || this.#connect(), RETRY_MS * Math.random());
    };
    socket.on('error', () => undefined);
    socket.on('close', again);
    socket.on('open', () => socket.send('{"type":"connection_init"}'));
    socket.on('message', (data) => {
      const text = String(data);
      if (text.includes('"connection_ack"')) {
        const variables = { service: this.service, after: this.#last?.cursor };
        socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: QUERY, variables } }));
        this.isConnected = true;
      } else if (text.includes('"type":"next"')) this.#take(text);
      else if (text.includes('"type":"error"')) this.#seen.errors += 1;
      else if (text.includes('"type":"complete"')) this.#seen.ended += 1;
    });
  }

  #take(text: string): void {
    const seen = this.#seen;
    const { payload } = JSON.parse(text) as { payload: { data?: { deploymentProgress: Update }; errors?: unknown } };
    if (payload.data === undefined || payload.errors !== undefined) {
      seen.errors += 1;
      return;
    }
    const update = payload.data.deploymentProgress;
    const at = Date.now();
    seen.messages += 1;
    if (update.type === 'RESYNC') seen.resyncs += 1;
    if (this.#last !== undefined && update.type !== 'RESYNC') {
      if (update.sequence > this.#last.sequence + 1) seen.skipped += 1;
      if (update.sequence <= this.#last.sequence) seen.repeated += 1;
    }
    this.#last = update;
    this.#onBegun();
    const events = this.#received.get(this.service) ?? new Map<string, number>();
    this.#received.set(this.service, events);
    for (const [, id = ''] of text.matchAll(EVENT)) {
      seen.arrived.push({ id, at });
      events.set(id, (events.get(id) ?? 0) + 1);
    }
  }
}
