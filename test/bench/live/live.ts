import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { round, table } from '../harness/measure.ts';
import { followDeployment, LiveAudience, type Transport } from './live-audience.ts';
import type { LiveRole, LiveUsage } from './live-process.ts';
import { DeployingWorld } from './live-world.ts';

const SERVICES = 100;
const TASKS = 10;
const SECONDS = 20;
/** Interval of changes in one of the services. */
const DISTURB_EVERY_MS = 200;
const SHOWN = ['DescribeServices', 'DescribeServiceDeployments', 'ListTasks', 'DescribeTasks'] as const;

interface Figures {
  readonly ticks: number;
  readonly callsATick: readonly number[];
  readonly delays: readonly number[];
  readonly messages: number;
  readonly cpuPart: number;
  readonly rss: number;
  readonly heap: number;
}

async function start(role: LiveRole): Promise<{ readonly child: ChildProcess; readonly url: string }> {
  const execArgv = [...process.execArgv, '--expose-gc'];
  const child = fork(new URL('./live-process.ts', import.meta.url), [JSON.stringify(role)], { execArgv });
  const [{ url }] = (await once(child, 'message')) as [{ url: string }];
  return { child, url };
}

async function usage(child: ChildProcess, collect: boolean): Promise<LiveUsage> {
  child.send({ collect });
  return (await once(child, 'message'))[0];
}

/** A gateway of its own for each audience, all in front of one sandbox. */
async function run(ecs: string, world: DeployingWorld, transport: Transport, subscribers: number): Promise<Figures> {
  const gateway = await start({ role: 'gateway', ecs });
  const queries = world.names.map(followDeployment);
  const audience = new LiveAudience(gateway.url, transport, queries);
  const warm = new LiveAudience(gateway.url, transport, queries);
  await warm.join(SERVICES);
  const alone = await usage(gateway.child, true);
  await audience.join(subscribers);
  const joined = await usage(gateway.child, true);
  await delay(3_000);
  audience.forget();
  const callsBefore = await world.calls();
  const before = await usage(gateway.child, false);
  let turn = 0;
  const disturbed: Promise<void>[] = [];
  const disturbing = setInterval(() => {
    turn += 37;
    disturbed.push(world.disturb(world.names[turn % SERVICES] ?? ''));
  }, DISTURB_EVERY_MS);
  await delay(SECONDS * 1_000);
  clearInterval(disturbing);
  const after = await usage(gateway.child, false);
  const callsAfter = await world.calls();
  await Promise.all(disturbed);
  const messages = audience.messages;
  await delay(6_000);
  const eventAt = await world.learnEvents();
  audience.leave();
  warm.leave();
  gateway.child.disconnect();
  const made = (operation: string) => (callsAfter[operation] ?? 0) - (callsBefore[operation] ?? 0);
  // Lists of the disturber itself are not polls.
  const polls = (operation: string) => made(operation) - (operation === 'ListTasks' ? disturbed.length : 0);
  const ticks = made('DescribeServices') / (SERVICES / 10);
  const delays = audience.arrived.flatMap(({ id, at }) => {
    const happened = eventAt.get(id);
    return happened === undefined ? [] : [at - happened];
  });
  return {
    ticks: ticks / SECONDS,
    callsATick: SHOWN.map((operation) => polls(operation) / ticks),
    delays: delays.sort((a, b) => a - b),
    messages,
    cpuPart: (after.cpuMs - before.cpuMs) / 1_000 / SECONDS,
    rss: (joined.rss - alone.rss) / subscribers,
    heap: (joined.heap - alone.heap) / subscribers,
  };
}

/**
 * The whole cost of following: a gateway and an ECS in processes of their own, 100 services with 10 tasks each that deploy in
 * one cluster, something happening in five of them a second, and subscribers over real connections. A subscriber's CPU is
 * its part of the whole, polling included: what it adds is less than what one run differs from the next.
 */
export async function liveTable(): Promise<string> {
  const sandbox = await start({ role: 'sandbox' });
  const world = new DeployingWorld(sandbox.url, SERVICES);
  const rows: (string | number)[][] = [];
  try {
    await world.deploy(TASKS);
    for (const [transport, subscribers] of [
      ['WebSocket', SERVICES],
      ['WebSocket', 1_000],
      ['SSE', 1_000],
      ['WebSocket', 10_000],
    ] as const) {
      const figures = await run(sandbox.url, world, transport, subscribers);
      const at = (part: number) => round(figures.delays[Math.floor(figures.delays.length * part)] ?? Number.NaN);
      const row = [
        `${subscribers.toLocaleString('en')} (${transport})`,
        round(figures.ticks, 2),
        figures.callsATick.map((calls) => round(calls, 1)).join(' / '),
        at(0.5),
        at(0.99),
        round(figures.messages / SECONDS),
        `${round(figures.cpuPart * 100, 1)} %`,
        `${round((figures.cpuPart * 1e6) / subscribers)} us/s`,
        `${round(figures.rss / 1_000, 1)} / ${round(figures.heap / 1_000, 1)} kB`,
      ];
      process.stderr.write(`${row.join(' | ')}\n`);
      rows.push(row);
    }
  } finally {
    world.close();
    sandbox.child.disconnect();
  }
  const head = ['subscribers', 'ticks/s', SHOWN.join(' / '), 'delay p50 ms', 'p99 ms', 'events/s', 'CPU of a core'];
  return table([...head, 'CPU / subscribers', 'RSS / heap a subscriber'], rows);
}
