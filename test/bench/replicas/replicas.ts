import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { RedisServer } from '../../support/programs/redis-server.ts';
import { round, table } from '../harness/measure.ts';
import type { LiveRole, LiveUsage } from '../live/live-process.ts';
import { DeployingWorld } from '../live/live-world.ts';
import { SequenceAudience } from '../live/sequence-audience.ts';

/** Smaller numbers for a busy machine: `BENCH_REPLICAS=100x20x10`, subscribers of each replica, services, seconds. */
const [SUBSCRIBERS = 1_000, SERVICES = 100, SECONDS = 20] = (process.env.BENCH_REPLICAS ?? '')
  .split('x')
  .filter(Boolean)
  .map(Number);
const TASKS = 4;
const REPLICAS = 3;
const ENCRYPTION_KEY = randomBytes(32).toString('base64');
/** All topics are polled this often, whatever changes, so that rounds can be counted. */
const ROUND_MS = 2_000;
const DISTURB_EVERY_MS = 500;
const POLLS = ['DescribeServices', 'DescribeServiceDeployments', 'ListTasks', 'DescribeTasks'] as const;
/** As often as the documented clients do. */
const MOST_ATTEMPTS = 6;
const WARM_MS = 8_000;

interface Gateway {
  readonly child: ChildProcess;
  readonly url: string;
  isReady: boolean;
}

async function start(role: LiveRole): Promise<Gateway> {
  const child = fork(new URL('../live/live-process.ts', import.meta.url), [JSON.stringify(role)]);
  const [{ url }] = (await once(child, 'message')) as [{ url: string }];
  return { child, url, isReady: true };
}

async function cpuMs({ child }: Gateway): Promise<number> {
  child.send({});
  return ((await once(child, 'message')) as [LiveUsage])[0].cpuMs;
}

/** Some gateways in front of one sandbox, and the subscribers of all of them. */
class Fleet {
  readonly gateways: Gateway[] = [];
  readonly audience: SequenceAudience;
  readonly #ecs: string;
  readonly #shared: string | undefined;
  #turn = 0;

  constructor(ecs: string, shared: string | undefined) {
    this.#ecs = ecs;
    this.#shared = shared;
    this.audience = new SequenceAudience(() => this.next().url);
  }

  /** The gateway that a load balancer takes. */
  next(): Gateway {
    const ready = this.gateways.filter(({ isReady }) => isReady);
    this.#turn += 1;
    const gateway = ready[this.#turn % ready.length];
    if (gateway === undefined) throw new Error('no gateway is ready');
    return gateway;
  }

  async add(): Promise<Gateway> {
    const settings = {
      LIVE_MIN_INTERVAL: `${ROUND_MS}ms`,
      LIVE_MAX_INTERVAL: `${ROUND_MS}ms`,
      ...(this.#shared !== undefined && {
        SHARED: this.#shared,
        SHARED_REPLICAS: String(REPLICAS),
        SHARED_ENCRYPTION_KEYS: ENCRYPTION_KEY,
      }),
    };
    const gateway = await start({ role: 'gateway', ecs: this.#ecs, settings });
    this.gateways.push(gateway);
    return gateway;
  }

  /** Ends a gateway as an orchestrator does: no new connections first, then SIGTERM. */
  async retire(gateway: Gateway): Promise<void> {
    gateway.isReady = false;
    gateway.child.send({ isLast: true });
    await once(gateway.child, 'exit');
    this.#forget(gateway);
  }

  async kill(gateway: Gateway): Promise<void> {
    gateway.child.kill('SIGKILL');
    gateway.isReady = false;
    await once(gateway.child, 'exit');
    this.#forget(gateway);
  }

  /** The gateway whose calls to ECS rise. */
  async poller(): Promise<Gateway> {
    const before = await Promise.all(this.gateways.map(callsOf));
    await delay(2 * ROUND_MS);
    const after = await Promise.all(this.gateways.map(callsOf));
    const made = after.map((calls, index) => calls - (before[index] ?? 0));
    return this.gateways[made.indexOf(Math.max(...made))] as Gateway;
  }

  close(): void {
    this.audience.leave();
    for (const { child } of this.gateways) child.disconnect();
  }

  #forget(gateway: Gateway): void {
    this.gateways.splice(this.gateways.indexOf(gateway), 1);
  }
}

async function callsOf({ url }: Gateway): Promise<number> {
  const text = await (await fetch(url.replace('/graphql', '/metrics'))).text();
  const lines = text.split('\n').filter((line) => line.startsWith('ecs_graphql_upstream_calls_total{'));
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}

async function throttlesOf({ url }: Gateway): Promise<number> {
  const text = await (await fetch(url.replace('/graphql', '/metrics'))).text();
  return Number(/^ecs_graphql_upstream_throttles_total (\d+)/m.exec(text)?.[1] ?? 0);
}

/** Something happens in one of the services, again and again, until `stop`. */
function disturb(world: DeployingWorld): { stop(): Promise<number> } {
  let turn = 0;
  const done: Promise<void>[] = [];
  const timer = setInterval(() => {
    turn += 37;
    done.push(world.disturb(world.names[turn % world.names.length] ?? ''));
  }, DISTURB_EVERY_MS);
  return {
    async stop() {
      clearInterval(timer);
      await Promise.all(done);
      return done.length;
    },
  };
}

interface Row {
  readonly calls: number;
  readonly cells: readonly (string | number)[];
}

async function measure(fleet: Fleet, world: DeployingWorld, count: number, alone: number | undefined): Promise<Row> {
  for (let index = 0; index < count; index += 1) await fleet.add();
  await delay(1_000);
  await fleet.audience.join(world.names, count * SUBSCRIBERS);
  await delay(WARM_MS);
  fleet.audience.forget();
  const [callsBefore, cpuBefore] = [await world.calls(), await Promise.all(fleet.gateways.map(cpuMs))];
  const disturbing = disturb(world);
  await delay(SECONDS * 1_000);
  const [callsAfter, cpuAfter] = [await world.calls(), await Promise.all(fleet.gateways.map(cpuMs))];
  const disturbed = await disturbing.stop();
  await delay(2 * ROUND_MS);
  const eventAt = await world.learnEvents();
  const rounds = (SECONDS * 1_000) / ROUND_MS;
  const made = (operation: string) => (callsAfter[operation] ?? 0) - (callsBefore[operation] ?? 0);
  // Lists of the disturber itself are no polls.
  const polls = POLLS.reduce((sum, operation) => sum + made(operation), 0) - disturbed;
  const { seen } = fleet.audience;
  const { lost, doubled } = fleet.audience.losses();
  const delays = seen.arrived
    .flatMap(({ id, at }) => (eventAt.has(id) ? [at - (eventAt.get(id) ?? 0)] : []))
    .sort((a, b) => a - b);
  const at = (part: number) => round(delays[Math.floor(delays.length * part)] ?? Number.NaN);
  const throttles = await Promise.all(fleet.gateways.map(throttlesOf));
  const cpu = cpuAfter.reduce((sum, ms, index) => sum + ms - (cpuBefore[index] ?? 0), 0) / SECONDS / 10;
  const calls = polls / rounds;
  return {
    calls,
    cells: [
      `${count} x ${SUBSCRIBERS.toLocaleString('en')}`,
      round(calls, 1),
      POLLS.map((operation) => round((made(operation) - (operation === 'ListTasks' ? disturbed : 0)) / rounds, 1)).join(
        ' / ',
      ),
      alone === undefined ? 1 : round(calls / alone, 2),
      throttles.reduce((sum, one) => sum + one),
      seen.messages,
      at(0.5),
      at(0.99),
      `${lost} / ${doubled} / ${seen.skipped} / ${seen.repeated} / ${seen.resyncs}`,
      `${round(cpu)} %`,
    ],
  };
}

/** The process that polls is killed: how long until subscribers of the others hear of what happens next? */
async function killTable(fleet: Fleet, world: DeployingWorld): Promise<string> {
  const poller = await fleet.poller();
  fleet.audience.forget();
  const { seen } = fleet.audience;
  const killedAt = Date.now();
  await fleet.kill(poller);
  const disturbing = disturb(world);
  const first = await firstAfter(() => seen.messages > 0, 30_000);
  await delay(10_000);
  await disturbing.stop();
  await delay(2 * ROUND_MS);
  const { lost, doubled } = fleet.audience.losses();
  const cells = [
    `${round((first - killedAt) / ROUND_MS, 1)} rounds`,
    lost,
    doubled,
    `${seen.skipped} / ${seen.repeated}`,
    seen.resyncs,
    seen.errors + seen.ended,
    `${fleet.audience.connected} of ${REPLICAS * SUBSCRIBERS}`,
  ];
  return table(
    [
      'kill -9 of the poller: next event after',
      'events lost',
      'doubled',
      'numbers skipped / repeated',
      'RESYNC',
      'failed streams',
      'connected',
    ],
    [cells],
  );
}

async function firstAfter(holds: () => boolean, mostMs: number): Promise<number> {
  for (let waited = 0; waited < mostMs && !holds(); waited += 10) await delay(10);
  return Date.now();
}

/** All replicas are replaced, one after the other, while queries, mutations and subscriptions go on. */
async function rollTable(fleet: Fleet, world: DeployingWorld, ecs: string): Promise<string> {
  while (fleet.gateways.length < REPLICAS) await fleet.add();
  await delay(WARM_MS);
  fleet.audience.forget();
  const tally = { queries: 0, mutations: 0, failed: 0, repeated: 0 };
  const before = (await world.calls()).TagResource ?? 0;
  let isOver = false;
  const send = async (query: string, variables: object) => {
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
      // A load balancer tries the next gateway if one refuses the connection; clients repeat what is retryable.
      const isDone = await fetch(fleet.next().url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables }),
      }).then(
        async (response) => {
          const { errors } = (await response.json()) as { errors?: { extensions?: { retryable?: boolean } }[] };
          return errors?.some(({ extensions }) => extensions?.retryable === true) !== true;
        },
        () => false,
      );
      if (isDone) return;
      tally.repeated += 1;
      await delay(100 * 2 ** attempt);
    }
    tally.failed += 1;
  };
  const arn = await serviceArn(ecs);
  const asking = Promise.all([
    (async () => {
      while (!isOver) {
        await send('query ($n: ID!) { service(cluster: "bench", service: $n) { runningCount } }', {
          n: world.names[0],
        });
        tally.queries += 1;
        await delay(20);
      }
    })(),
    (async () => {
      while (!isOver) {
        const variables = {
          key: randomUUID(),
          input: { resourceArn: arn, tags: [{ key: 'n', value: String(tally.mutations) }] },
        };
        await send(
          'mutation ($input: TagResourceInput!, $key: ID!) { tagResource(input: $input, idempotencyKey: $key) { __typename } }',
          variables,
        );
        tally.mutations += 1;
        await delay(100);
      }
    })(),
  ]);
  const disturbing = disturb(world);
  for (const old of [...fleet.gateways]) {
    await fleet.add();
    await delay(2_000);
    await fleet.retire(old);
    await delay(2_000);
  }
  isOver = true;
  await asking;
  await disturbing.stop();
  await delay(2 * ROUND_MS);
  const { seen } = fleet.audience;
  const { lost, doubled } = fleet.audience.losses();
  const written = ((await world.calls()).TagResource ?? 0) - before;
  return table(
    [
      'rolling restart: queries',
      'mutations',
      'failed',
      'repeated by the client',
      'doubled writes',
      'reconnects',
      'events lost',
      'doubled',
      'numbers skipped / repeated',
      'RESYNC',
      'connected',
    ],
    [
      [
        tally.queries,
        tally.mutations,
        tally.failed,
        tally.repeated,
        written - tally.mutations,
        seen.reconnects,
        lost,
        doubled,
        `${seen.skipped} / ${seen.repeated}`,
        seen.resyncs,
        `${fleet.audience.connected} of ${REPLICAS * SUBSCRIBERS}`,
      ],
    ],
  );
}

async function serviceArn(ecs: string): Promise<string> {
  const gateway = await start({ role: 'gateway', ecs });
  const response = await fetch(gateway.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ service(cluster: "bench", service: "web-0") { serviceArn } }' }),
  });
  gateway.child.disconnect();
  const { data } = (await response.json()) as { data: { service: { serviceArn: string } } };
  return data.service.serviceArn;
}

/**
 * Replicas that share one Redis, beside one process and beside replicas that share nothing: ECS calls of a round of polls, the death of
 * the process that polls, and the replacement of all processes under load. Every subscriber has a connection of its own, checks the
 * numbers of its events, and resumes at any replica.
 */
export async function replicasTable(): Promise<string> {
  const sandbox = await start({ role: 'sandbox' });
  const world = new DeployingWorld(sandbox.url, SERVICES);
  const redis = await RedisServer.start();
  const rows: (readonly (string | number)[])[] = [];
  const parts: string[] = [];
  try {
    await world.deploy(TASKS);
    const single = new Fleet(sandbox.url, undefined);
    const one = await measure(single, world, 1, undefined);
    single.close();
    rows.push(['one process', ...one.cells]);
    process.stderr.write(`${rows.at(-1)?.join(' | ')}\n`);
    const apart = new Fleet(sandbox.url, undefined);
    rows.push(['processes that share nothing', ...(await measure(apart, world, REPLICAS, one.calls)).cells]);
    apart.close();
    process.stderr.write(`${rows.at(-1)?.join(' | ')}\n`);
    const shared = new Fleet(sandbox.url, redis.url);
    rows.push(['replicas with one Redis', ...(await measure(shared, world, REPLICAS, one.calls)).cells]);
    process.stderr.write(`${rows.at(-1)?.join(' | ')}\n`);
    parts.push(await killTable(shared, world), await rollTable(shared, world, sandbox.url));
    shared.close();
  } finally {
    world.close();
    sandbox.child.disconnect();
    await redis.kill();
  }
  const head = [
    '',
    'subscribers',
    'calls a round',
    POLLS.join(' / '),
    'ratio',
    'throttles',
    'events',
    'delay p50 ms',
    'p99 ms',
    'events lost / doubled, numbers skipped / repeated, RESYNC',
    'CPU',
  ];
  return [table(head, rows), ...parts].join('\n\n');
}
