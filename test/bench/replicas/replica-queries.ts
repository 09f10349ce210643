import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { RedisServer } from '../../support/programs/redis-server.ts';
import { forkBundled, forkStub, quantile, type RemoteStub, round, table } from '../harness/measure.ts';
import type { Commands, Probe, ReplicaOrder } from './replica-process.ts';

const REPLICAS = 3;
const ENCRYPTION_KEY = randomBytes(32).toString('base64');
const PAIRS = 400;
/** Both gateways together make 16 calls a second, less than ECS's bucket gains. */
const PAIR_EVERY_MS = 125;
const LOAD_MS = 12_000;
/** A smaller load runs for longer: its replicas take their first lots once. */
const SMALL_LOAD_MS = 36_000;
/** Until all replicas know of each other. */
const KNOWN_MS = 3_000;

async function order<T>(child: ChildProcess, what: ReplicaOrder): Promise<T> {
  child.send(what);
  return ((await once(child, 'message')) as [T])[0];
}

async function start(stub: RemoteStub, count: number, redis?: RedisServer): Promise<ChildProcess[]> {
  const settings = {
    MEMORY_TTL: '1s',
    ...(redis !== undefined && {
      SHARED: redis.url,
      SHARED_REPLICAS: String(REPLICAS),
      SHARED_ENCRYPTION_KEYS: ENCRYPTION_KEY,
    }),
  };
  const children: ChildProcess[] = [];
  for (let index = 0; index < count; index += 1) {
    children.push(
      await forkBundled(new URL('./replica-process.ts', import.meta.url), { endpoint: stub.url, settings }),
    );
  }
  await delay(KNOWN_MS);
  return children;
}

function end(children: readonly ChildProcess[]): void {
  for (const child of children) child.disconnect();
}

/** The additional cost of a query because the replica shares buckets and writes: a gateway alone and a replica take turns. */
async function costTable(stub: RemoteStub, redis: RedisServer): Promise<string> {
  await stub.begin({ latencyMs: 5 });
  const [alone] = await start(stub, 1);
  const replicas = await start(stub, REPLICAS, redis);
  const shared = replicas[0];
  if (alone === undefined || shared === undefined) throw new Error('gateways were expected');
  const pairs: { readonly alone: Probe; readonly shared: Probe }[] = [];
  for (let index = -40; index < PAIRS; index += 1) {
    const probe = { kind: 'probe', index: index + 40 } as const;
    const began = performance.now();
    const isFirst = index % 2 === 0;
    const one = await order<Probe>(isFirst ? alone : shared, probe);
    const other = await order<Probe>(isFirst ? shared : alone, probe);
    if (index >= 0) pairs.push(isFirst ? { alone: one, shared: other } : { alone: other, shared: one });
    await delay(Math.max(0, PAIR_EVERY_MS - (performance.now() - began)));
  }
  end([alone, ...replicas]);
  const rows = (['fromEcsMs', 'fromMemoryMs'] as const).map((what) => {
    const differences = pairs.map((pair) => pair.shared[what] - pair.alone[what]);
    const [ofAlone, ofShared] = [pairs.map((pair) => pair.alone[what]), pairs.map((pair) => pair.shared[what])];
    return [
      what === 'fromEcsMs' ? 'ECS, 5 ms away' : 'memory',
      round(quantile(ofAlone, 0.5), 2),
      round(quantile(ofShared, 0.5), 2),
      round(quantile(differences, 0.5), 2),
    ];
  });
  const head = ['alone, p50 ms', 'shared, p50 ms', 'median of the differences, ms'];
  return table([`a query answered by (${PAIRS} of each, in turns)`, ...head], rows);
}

async function commandsOf(children: readonly ChildProcess[]): Promise<Record<'take' | 'all', number>> {
  const each = await Promise.all(children.map((child) => order<Commands>(child, { kind: 'commands' })));
  const sum = (of: (commands: Commands) => number) => each.reduce((total, commands) => total + of(commands), 0);
  return {
    take: sum(({ take = 0 }) => take),
    all: sum((commands) => Object.values(commands).reduce((total, count) => total + count, 0)),
  };
}

/** Gateways in one account: how many calls they make, how many ECS throttles, and how many commands Redis sees. */
async function loadRow(stub: RemoteStub, [count, redis, load]: Load): Promise<(string | number)[]> {
  await stub.begin({ latencyMs: 5, throttle: true });
  const children = await start(stub, count, redis);
  await stub.begin({ latencyMs: 5, throttle: true });
  const before = await commandsOf(children);
  const asked = await Promise.all(children.map((child) => order<number>(child, { kind: 'load', ...load })));
  const after = await commandsOf(children);
  const { calls, throttled } = await stub.stats();
  end(children);
  return [
    `${count}${redis === undefined ? '' : ', shared'}`,
    load.pauseMs === 0 ? 'more than ECS allows' : 'half of it',
    asked.reduce((sum, one) => sum + one),
    calls,
    throttled,
    redis === undefined ? '' : round((after.take - before.take) / calls, 3),
    redis === undefined
      ? ''
      : round((after.all - before.all - after.take + before.take) / count / (load.ms / 1_000), 1),
  ];
}

type Load = readonly [
  replicas: number,
  redis: RedisServer | undefined,
  load: { readonly ms: number; readonly callers: number; readonly pauseMs: number },
];

/** Costs and savings of replicas that share a Redis, without subscriptions. */
export async function replicaQueriesTable(): Promise<string> {
  const redis = await RedisServer.start();
  const stub = await forkStub({ clusters: 20, services: 50, tasks: 10 });
  try {
    const cost = await costTable(stub, redis);
    const overload = { ms: LOAD_MS, callers: 20, pauseMs: 0 };
    const rows: (string | number)[][] = [];
    for (const load of [
      [1, undefined, overload],
      [REPLICAS, undefined, overload],
      [REPLICAS, redis, overload],
      [REPLICAS, redis, { ms: SMALL_LOAD_MS, callers: 1, pauseMs: 300 }],
    ] satisfies Load[]) {
      rows.push(await loadRow(stub, load));
    }
    const head = [
      'gateways',
      'queries',
      'asked',
      'ECS calls',
      'throttled',
      'commands for tokens per call',
      'other commands a second of each',
    ];
    return `${cost}\n\n${table(head, rows)}`;
  } finally {
    stub.close();
    await redis.kill();
  }
}
