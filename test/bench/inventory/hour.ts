import { fileURLToPath } from 'node:url';
import { type Builds, type Gateway, rest } from '../harness/builds.ts';
import { forkStub, type RemoteStub, round, table } from '../harness/measure.ts';
import { OUR_TREE } from '../harness/peers.ts';
import { LiveAudience } from '../live/live-audience.ts';
import { startOver, untilWarm } from './gateways.ts';
import { MINUTES, SIZES, type Size, SPEED, SUBSCRIBERS } from './sizes.ts';

const CLOCK = ['--import', fileURLToPath(new URL('accelerated-clock.mjs', import.meta.url))];
const SERVICES = 100;
const follow = (cluster: string, service: string) => `subscription {
  serviceEvents(cluster: "${cluster}", service: "${service}") { type summary cursor events { message } } }`;
const TREE = OUR_TREE.replace('healthStatus ', '');
/** Each task is replaced once a day, and each replacement makes six events. */
const EVENTS_A_TASK_AND_HOUR = 6 / 24;
/** Half of ECS's rates: the console, pipelines and others use the same buckets. */
const SHARE = { RATE_SHARE: '0.5' };
/** Limits on connections are for real time, and a busy machine is slow for an accelerated clock. */
const PATIENT = {
  WS_INIT_TIMEOUT: '10m',
  WS_HEARTBEAT: '10m',
  STALL_TIMEOUT: '0',
  QUERY_DEADLINE: '10m',
  ATTEMPT_TIMEOUT: '10m',
};
/** How often the whole fleet can be polled within that share: 320 calls in 30 s, 3,100 calls in 200 s. */
const pollEveryS = (tasks: number) => Math.max(30, tasks / 500);

interface Calls {
  /** Calls in an hour, computed from the minutes that were measured. */
  readonly anHour: number;
  /** Calls of one tree. */
  readonly tree: number;
  readonly errors: number;
}

/** Calls of a gateway for subscribers, and for what an inventory compares with ECS, while tasks change now and then. */
async function steady(gateway: Gateway, stub: RemoteStub, { tasks, shape }: Size): Promise<Omit<Calls, 'tree'>> {
  const queries = Array.from({ length: SERVICES }, (_, at) => {
    const [cluster, service] = [at % shape.clusters, Math.floor(at / shape.clusters) % shape.services];
    return follow(`c${String(cluster).padStart(4, '0')}`, `s${String(service).padStart(4, '0')}`);
  });
  const audience = new LiveAudience(gateway.url, 'WebSocket', queries);
  let errors = 0;
  audience.onError = () => {
    errors += 1;
  };
  await audience.join(SUBSCRIBERS);
  await stub.begin({});
  const endsAt = performance.now() + (MINUTES * 60_000) / SPEED;
  const perStep = (tasks * EVENTS_A_TASK_AND_HOUR) / 3_600;
  for (let due = 0; performance.now() < endsAt; due %= 1) {
    due += perStep;
    if (due >= 1) await stub.change(Math.floor(due));
    await rest(1_000 / SPEED);
  }
  const { calls } = await stub.stats();
  audience.leave();
  return { anHour: (calls * 60) / MINUTES, errors };
}

async function callsOf(file: string, size: Size, hasInventory: boolean): Promise<Calls> {
  process.env.BENCH_SPEED = String(SPEED);
  const stub = await forkStub(size.shape, CLOCK);
  const env = { ...SHARE, ...PATIENT, BENCH_SPEED: String(SPEED) };
  const gateway = await startOver(file, stub, { hasInventory, env, options: CLOCK });
  try {
    await stub.begin({});
    if (hasInventory) await untilWarm(gateway, stub, TREE);
    await rest(5_000 / SPEED);
    await stub.begin({});
    await gateway.post(TREE);
    const { calls: tree } = await stub.stats();
    return { ...(await steady(gateway, stub, size)), tree };
  } finally {
    await gateway.stop();
    stub.close();
  }
}

/**
 * Calls of a steady fleet in an hour. Subscribers, and what an inventory compares, are measured in accelerated time. The polls of
 * the whole fleet are the calls of one tree, as often as half of ECS's rates allow.
 */
export async function hourRows({ before, now }: Builds): Promise<string> {
  const rows: (string | number)[][] = [];
  for (const size of SIZES) {
    const polls = 3_600 / pollEveryS(size.tasks);
    let base: number | undefined;
    for (const [name, file, hasInventory] of [
      ['0.1.0', before, false],
      ['no inventory', now, false],
      ['inventory', now, true],
    ] as const) {
      const { anHour, tree, errors } = await callsOf(file, size, hasInventory);
      const all = anHour + polls * tree;
      base ??= all;
      const percent = `${round((100 * all) / base, 1)} %`;
      rows.push([
        size.tasks.toLocaleString('en'),
        name,
        round(anHour),
        tree,
        round(polls),
        round(all),
        percent,
        errors,
      ]);
      process.stderr.write(`${rows.at(-1)?.join(' | ')}\n`);
    }
  }
  const head = [
    'Tasks',
    'An hour of a steady fleet',
    'calls for subscribers',
    'calls of a tree',
    'trees',
    'calls in all',
  ];
  return table([...head, 'of 0.1.0', 'errors'], rows);
}
