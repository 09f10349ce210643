import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { createApp } from '../../../src/app.ts';
import { loadConfig } from '../../../src/config/index.ts';
import type { TreeRequest } from '../queries/tree-process.ts';

/** The task of a replica. */
export type ReplicaOrder =
  /** One query that ECS answers, and the same again from memory. */
  | { readonly kind: 'probe'; readonly index: number }
  /** Queries from so many callers at a time, each with a pause behind it. */
  | { readonly kind: 'load'; readonly ms: number; readonly callers: number; readonly pauseMs: number }
  | { readonly kind: 'commands' };

export interface Probe {
  readonly fromEcsMs: number;
  readonly fromMemoryMs: number;
}

/** Commands to Redis so far, by name. */
export type Commands = Readonly<Record<string, number>>;

const { endpoint, settings } = JSON.parse(process.argv[2] ?? '{}') as TreeRequest;
const limits = { MAX_COST: '0', QUERY_DEADLINE: '60s', BATCH_WINDOW: '0' };
const config = loadConfig('serve', [], {
  AWS_REGION: 'eu-west-1',
  AWS_ENDPOINT_URL: endpoint,
  PORT: '0',
  ...limits,
  ...settings,
});
const credentials = { accessKeyId: 'bench', secretAccessKey: 'bench' };
const app = await createApp({ ...config, credentials }, { log: pino({ level: 'silent' }) });

async function ask(query: string): Promise<string> {
  const headers = { 'content-type': 'application/json', accept: 'application/json' };
  const request = { method: 'POST', headers, body: JSON.stringify({ query }) };
  return (await app.fetch(new Request('http://127.0.0.1/graphql', request))).text();
}

const name = (letter: string, index: number) => `${letter}${String(index).padStart(4, '0')}`;
const serviceQuery = (index: number) =>
  `{ service(cluster: "${name('c', index % 20)}", service: "${name('s', Math.floor(index / 20) % 50)}") { status } }`;

async function timed(query: string): Promise<number> {
  const began = performance.now();
  await ask(query);
  return performance.now() - began;
}

async function load({ ms, callers, pauseMs }: Extract<ReplicaOrder, { kind: 'load' }>): Promise<number> {
  const until = performance.now() + ms;
  let asked = 0;
  const caller = async () => {
    while (performance.now() < until) {
      asked += 1;
      await ask(serviceQuery(asked));
      await delay(pauseMs);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return asked;
}

async function commands(): Promise<Commands> {
  const text = await (await app.fetch(new Request('http://127.0.0.1/metrics'))).text();
  const lines = text.matchAll(/^ecs_graphql_shared_commands_total\{command="([^"]+)"\} (\d+)$/gm);
  return Object.fromEntries([...lines].map(([, command = '', count]) => [command, Number(count)]));
}

process.on('message', async (order: ReplicaOrder) => {
  if (order.kind === 'commands') process.send?.(await commands());
  else if (order.kind === 'load') process.send?.(await load(order));
  else {
    const query = serviceQuery(order.index);
    process.send?.({ fromEcsMs: await timed(query), fromMemoryMs: await timed(query) } satisfies Probe);
  }
});
process.on('disconnect', () => process.exit(0));
process.send?.('ready');
