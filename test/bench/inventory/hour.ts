import { fileURLToPath } from 'node:url';
import { type Builds, type Gateway, rest } from '../builds.ts';
import { LiveAudience } from '../live-audience.ts';
import { forkStub, type RemoteStub, round, table } from '../measure.ts';
import { OUR_TREE } from '../peers.ts';
import type { StubStats } from '../stub-ecs.ts';
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
/** How often the whole fleet can be polled within that share (fleet-traps: 320 calls in 30 s, 3,100 calls in 200 s). */
const POLL_EVERY_S = (tasks: number) => Math.max(30, tasks / 500);

interface Hour {
  readonly calls: number;
  readonly stats: StubStats;
}

/** What a gateway calls in the time, with subscribers and an audience that wants the whole fleet now and then. */
async function steady(gateway: Gateway, stub: RemoteStub, { tasks, shape }: Size, pollsFleet: boolean): Promise<Hour> {
  const queries = Array.from({ length: SERVICES }, (_, at) => {
    const [cluster, service] = [at % shape.clusters, Math.floor(at / shape.clusters) % shape.services];
    return follow(`c${String(cluster).padStart(4, '0')}`, `s${String(service).padStart(4, '0')}`);
  });
  const audience = new LiveAudience(gateway.url, 'WebSocket', queries);
  await audience.join(SUBSCRIBERS);
  await stub.begin({ throttle: true });
  const endsAt = performance.now() + (MINUTES * 60_000) / SPEED;
  const perStep = (tasks * EVENTS_A_TASK_AND_HOUR) / 3_600;
  let due = 0;
  let nextPoll = 0;
  let polling: Promise<unknown> = Promise.resolve();
  while (performance.now() < endsAt) {
    due += perStep;
    if (due >= 1) await stub.change(Math.floor(due));
    due %= 1;
    if (pollsFleet && performance.now() >= nextPoll) {
      nextPoll = performance.now() + (POLL_EVERY_S(tasks) * 1_000) / SPEED;
      await polling;
      polling = gateway.post(TREE);
    }
    await rest(1_000 / SPEED);
  }
  await polling;
  const stats = await stub.stats();
  audience.leave();
  return { calls: stats.calls, stats };
}

async function hourOf(file: string, size: Size, hasInventory: boolean, pollsFleet: boolean): Promise<Hour> {
  process.env.BENCH_SPEED = String(SPEED);
  const stub = await forkStub(size.shape, CLOCK);
  const env = { ...SHARE, ...PATIENT, BENCH_SPEED: String(SPEED) };
  const gateway = await startOver(file, stub, { hasInventory, env, options: CLOCK });
  try {
    await stub.begin({});
    if (hasInventory) await untilWarm(gateway, stub, TREE);
    return await steady(gateway, stub, size, pollsFleet);
  } finally {
    await gateway.stop();
    stub.close();
  }
}

const SHOWN = ['ListServices', 'DescribeServices', 'ListTasks', 'DescribeTasks'];

/** Calls of a steady fleet in an hour of its own time. */
export async function hourRows({ before, now }: Builds): Promise<string> {
  const rows: (string | number)[][] = [];
  for (const size of SIZES) {
    let base: number | undefined;
    for (const [name, file, hasInventory, pollsFleet] of [
      ['0.1.0, subscribers and polls of the fleet', before, false, true],
      ['inventory, the same', now, true, true],
      ['0.1.0, subscribers alone', before, false, false],
      ['inventory, subscribers alone', now, true, false],
    ] as const) {
      const { calls, stats } = await hourOf(file, size, hasInventory, pollsFleet);
      base ??= calls;
      const shown = SHOWN.map((operation) => stats.byOperation[operation] ?? 0).join(' / ');
      rows.push([
        size.tasks.toLocaleString('en'),
        name,
        calls,
        `${round((100 * calls) / base, 1)} %`,
        shown,
        stats.throttled,
      ]);
      process.stderr.write(`${rows.at(-1)?.join(' | ')}\n`);
    }
  }
  return table(
    ['Tasks', `${MINUTES} minutes of a steady fleet`, 'calls', 'of the first', SHOWN.join(' / '), 'throttled'],
    rows,
  );
}
