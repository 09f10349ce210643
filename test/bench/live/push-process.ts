import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { buildSchema, type GraphQLSchema } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { createYoga } from 'graphql-yoga';
import { pino } from 'pino';
import { WebSocketServer } from 'ws';
import { createApp } from '../../../src/app.ts';
import { loadConfig } from '../../../src/config/index.ts';
import { realTimers } from '../../../src/ecs/core/timers.ts';
import { Hub } from '../../../src/live/hub/hub.ts';
import type { TopicSpec } from '../../../src/live/topic/topic-spec.ts';

/** Parameters of a server's process. */
export type Peer = 'ours' | 'ours, FAST_PATHS=off' | 'graphql-ws' | 'graphql-yoga';

export interface PushRequest {
  readonly peer: Peer;
  readonly tickMs: number;
}

export interface PushUsage {
  readonly rss: number;
  readonly heap: number;
  /** When it was asked, and when it answered; the collecting of garbage lies between. */
  readonly cpuMs: readonly [number, number];
}

interface Progress {
  readonly desired: number;
  readonly pending: number;
  readonly running: number;
  readonly healthy: number;
  readonly failed: number;
  readonly percent: number;
}

const { peer, tickMs } = JSON.parse(process.argv[2] ?? '{}') as PushRequest;
let toCome = 0;

/** A thing that changes at every look while there are events to come. Both peers follow it through the same hub. */
function createSchema(): GraphQLSchema {
  const hub = new Hub<object>({
    timers: realTimers(),
    now: Date.now,
    openSession: () => ({}),
    describeError: () => ({ code: '', message: '', retryable: true }),
    pace: { tickMs, activeMostTicks: 1, quietMostTicks: 1 },
  });
  const toUpdate = (percent: number) => ({
    body: { desired: 100, pending: 100 - percent, running: percent, healthy: percent, failed: 0, percent },
    changes: [{ field: 'running', before: String(percent - 1), after: String(percent) }],
    summary: `web: ${percent} of 100 tasks are running, and the deployment goes on`,
    outcome: null,
  });
  const topic: TopicSpec<object, number, number, Progress> = {
    key: 'thing',
    async read(_session, state = 0) {
      if (toCome === 0) return state;
      toCome -= 1;
      return state + 1;
    },
    step: (state, look) => ({ state: look, news: look === state ? [] : [toUpdate(look)] }),
    whole: toUpdate,
    pulse: () => 'active',
    timedOut: toUpdate,
  };
  const schema = buildSchema(`
    type Query { hello: String }
    type Subscription { progress: Update! }
    type Update { type: String! sequence: Int! cursor: String! observedAt: String! summary: String! body: Progress! }
    type Progress { desired: Int! pending: Int! running: Int! healthy: Int! failed: Int! percent: Int! }`);
  const field = schema.getSubscriptionType()?.getFields().progress;
  if (field === undefined) throw new Error('no subscription');
  field.subscribe = () => hub.follow(topic);
  field.resolve = (event) => event;
  return schema;
}

async function listen(): Promise<string> {
  const schema = createSchema();
  if (peer.startsWith('ours')) {
    const config = loadConfig('serve', [], {
      AWS_REGION: 'eu-west-1',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
      PORT: '0',
      FAST_PATHS: peer === 'ours' ? 'on' : 'off',
      WS_MAX_SOCKETS: '20000',
      WS_MAX_CALLER_SOCKETS: '20000',
      WS_MAX_PENDING: '20000',
      MAX_CONNECTIONS: '50000',
      MAX_ADDRESS_CONNECTIONS: '50000',
      SSE_MAX_CALLER_STREAMS: '20000',
      SSE_MAX_STREAMS: '20000',
    });
    const credentials = { accessKeyId: 'bench', secretAccessKey: 'bench' };
    const app = await createApp({ ...config, credentials }, { log: pino({ level: 'silent' }), schema });
    return `${(await app.listen()).url}/graphql`;
  }
  const server = peer === 'graphql-yoga' ? createServer(createYoga({ schema, logging: false })) : createServer();
  if (peer === 'graphql-ws') useServer({ schema }, new WebSocketServer({ server, path: '/graphql' }));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

async function usage(): Promise<PushUsage> {
  const asked = cpuMs();
  // Objects that weak references and finalizers hold are freed a turn later.
  for (let round = 0; round < 3; round += 1) {
    globalThis.gc?.();
    await delay(20);
  }
  const { rss, heapUsed } = process.memoryUsage();
  return { rss, heap: heapUsed, cpuMs: [asked, cpuMs()] };
}

const url = await listen();
process.on('message', async ({ push = 0 }: { push?: number }) => {
  process.send?.(await usage());
  toCome = push;
});
process.on('disconnect', () => process.exit(0));
process.send?.({ url });
