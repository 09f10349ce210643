import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { forkBundled, forkStub, median, quantile, quantilesOf, round, table } from '../harness/measure.ts';
import { Crowd } from './crowd.ts';

interface State {
  readonly url: string;
  readonly stallMs: number;
  /** The most CPU that was used while the event loop stood still: other work on the machine does not count in it. */
  readonly stallCpuMs: number;
  readonly rssMb: number;
  readonly cpuMs: number;
  /** CPU time of the gateway's main thread from the arrival of each look-up to its answer. */
  readonly lookUpMs: readonly number[];
}

const AT_ONCE = 12;
const ROUNDS = 3;
/** Look-ups in each half of a round: three of them are above the p99. */
const PROBES = 300;

/** Queries just within the default limits, each another text. */
const DEAREST: Readonly<Record<string, (index: number) => string>> = {
  'tasks of 200 services, each with its cluster': (index) =>
    `{ clusters(first: 10) { nodes { services(first: 20) { nodes { serviceName tasks(first: 45) { nodes { lastStatus cluster { status q${index}: clusterName } } } } } } } }`,
  'links to and fro: cluster, tasks, cluster, ...': (index) =>
    `{ cluster(cluster: "c0001") { tasks(first: 25) { nodes { cluster { tasks(first: 25) { nodes { cluster { tasks(first: 22) { nodes { q${index}: lastStatus } } } } } } } } } }`,
};

/**
 * The time of small look-ups while the dearest queries that the limits permit run, 12 at once: by quantile, and as a ratio to the time before.
 * The gateway, ECS and the client that makes the look-ups are processes of their own, quiet or not; the queries come from another one
 * (`crowd-process.ts`) and from another address. With two cores, the four share them: part of what the look-ups wait for is the machine.
 */
export async function loadTable(): Promise<string> {
  const stub = await forkStub({ clusters: 20, services: 50, tasks: 20 });
  await stub.begin({ latencyMs: 5 });
  const child = await forkBundled(new URL('./load-process.ts', import.meta.url), { endpoint: stub.url });
  const { url } = await ask(child, 'end');
  const bystander = await forkBundled(new URL('./bystander-process.ts', import.meta.url), { url });
  const crowd = await Crowd.start();
  const processes = { url, gateway: child, bystander, crowd };
  const rows: (string | number)[][] = [];
  for (const [name, query] of Object.entries(DEAREST)) {
    await probe(bystander);
    const all: Round[] = [];
    while (all.length < ROUNDS) all.push(await oneRound(processes, query));
    rows.push(rowOf(name, all));
  }
  const gone = await afterLeaving(processes);
  child.disconnect();
  bystander.disconnect();
  crowd.close();
  stub.close();
  const head = [
    `${AT_ONCE} at once, all the time`,
    'look-up p50 ms: quiet, beside',
    'p99 ms: quiet, beside',
    'CPU ms of the gateway from look-up to answer, p99: quiet, beside',
    `p99 ratio: least, median, most of ${ROUNDS}`,
    'longest stall ms, and most CPU ms between two turns',
    'RSS MB',
    'answers',
  ];
  return `${table(head, rows)}\n\nAfter callers left, ${round(gone)} ms of CPU were used in the second that began 100 ms later.`;
}

interface Round {
  readonly quiet: readonly number[];
  readonly beside: readonly number[];
  readonly cpuQuiet: readonly number[];
  readonly cpuBeside: readonly number[];
  readonly state: State;
  /** The code of each answer, or `ok`. */
  readonly answers: readonly string[];
}

interface Processes {
  readonly gateway: ChildProcess;
  readonly bystander: ChildProcess;
  readonly crowd: Crowd;
  readonly url: string;
}

/** The time for which a caller rests after an error. */
const REST_MS = 1_000;

/** Look-ups with nothing beside them, then beside queries of which each begins when another ends. */
async function oneRound(
  { gateway, bystander, crowd, url }: Processes,
  query: (index: number) => string,
): Promise<Round> {
  await ask(gateway, 'begin');
  const quiet = await probe(bystander);
  const { lookUpMs: cpuQuiet } = await ask(gateway, 'begin');
  crowd.begin({ url, queries: Array.from({ length: AT_ONCE }, (_, index) => query(index)), restMs: REST_MS });
  const beside = await probe(bystander);
  const state = await ask(gateway, 'end');
  const answers = await crowd.end();
  return { quiet, beside, cpuQuiet, cpuBeside: state.lookUpMs, state, answers };
}

function rowOf(name: string, rounds: readonly Round[]): (string | number)[] {
  const ofAll = (part: number) => quantilesOf(rounds, ['quiet', 'beside'], part);
  const ratios = rounds.map(({ quiet, beside }) => quantile(beside, 0.99) / quantile(quiet, 0.99));
  const [least, middle, most] = [Math.min(...ratios), median(ratios), Math.max(...ratios)];
  const answers = rounds.flatMap((one) => one.answers);
  const codes = new Map<string, number>();
  for (const code of answers) codes.set(code, (codes.get(code) ?? 0) + 1);
  const highest = (read: (state: State) => number) => round(Math.max(...rounds.map(({ state }) => read(state))));
  return [
    name,
    ofAll(0.5),
    ofAll(0.99),
    quantilesOf(rounds, ['cpuQuiet', 'cpuBeside'], 0.99),
    [least, middle, most].map((ratio) => `${round(ratio, 2)}x`).join(', '),
    `${highest(({ stallMs }) => stallMs)}, ${highest(({ stallCpuMs }) => stallCpuMs)}`,
    highest(({ rssMb }) => rssMb),
    [...codes].map(([code, count]) => `${count} ${code}`).join(', '),
  ];
}

/** CPU that the gateway uses, in a second from 100 ms after all who asked have left. */
async function afterLeaving({ gateway, crowd, url }: Processes): Promise<number> {
  const query = Object.values(DEAREST)[1] ?? (() => '');
  crowd.begin({ url, queries: [1, 2, 3, 4].map(query), restMs: REST_MS });
  await delay(400);
  await crowd.end('leave');
  await delay(100);
  const before = await ask(gateway, 'end');
  await delay(1_000);
  return (await ask(gateway, 'end')).cpuMs - before.cpuMs;
}

async function ask(child: ChildProcess, what: 'begin' | 'end'): Promise<State> {
  child.send(what);
  const [state] = (await once(child, 'message')) as [State];
  return state;
}

async function probe(bystander: ChildProcess): Promise<number[]> {
  bystander.send(PROBES);
  const [took] = (await once(bystander, 'message')) as [number[]];
  return took;
}
