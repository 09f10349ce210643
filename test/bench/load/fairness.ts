import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createToken } from '../../../src/auth/token-file.ts';
import { forkBundled, forkStub, median, quantile, quantilesOf, round, table } from '../harness/measure.ts';
import { Crowd } from './crowd.ts';

const ROUNDS = 3;
/** Look-ups in each part of a round. */
const PROBES = 100;
/** Less than half of ECS's bucket for DescribeServices: what a principal may count on beside an abusive one. */
const EVERY_MS = 120;
/** ECS answers after this time: a fifth of what an answer from the same Region takes. */
const LATENCY_MS = 10;

/** The limits of the abusive principal in the second table. */
const LIMITS = { cost: 30, objects: 300, operations: 1, streams: 5, sockets: 2, mutationsPerMinute: 6, cpuPercent: 20 };

interface Abuse {
  /** Operations at once, each begun as soon as another ends. */
  readonly atOnce: number;
  /** `COUNT` stands for the number of the request. */
  readonly query: (index: number) => string;
}

const ABUSES: Readonly<Record<string, Abuse>> = {
  'large lists': {
    atOnce: 12,
    query: () =>
      '{ cluster(cluster: "c0001") { services(first: 10) { nodes { serviceName tasks(first: 20) { nodes { qCOUNT: lastStatus } } } } } }',
  },
  'small look-ups': {
    atOnce: 50,
    query: (index) =>
      `{ service(cluster: "c0001", service: "s${String(index).padStart(4, '0')}") { status runningCount } }`,
  },
  'operations that are too dear': {
    atOnce: 25,
    query: () =>
      '{ clusters(first: 20) { nodes { services(first: 50) { nodes { tasks(first: 50) { nodes { qCOUNT: lastStatus } } } } } } }',
  },
  mutations: {
    atOnce: 25,
    query: () =>
      'mutation { updateService(input: { cluster: "c0001", service: "s0001", desiredCount: COUNT }) { service { status } } }',
  },
};

/**
 * The time of the small look-ups of one principal while another one does what it can, from another address, without and
 * with limits of its role. Each round measures the look-ups three times: alone; while the other one does the same to
 * another gateway over the same ECS; and beside it in one gateway. Two cores run all of it, and the abusive callers yield
 * to the rest; the second measurement has what the machine and ECS make of the load, with one gateway more to run than
 * the third.
 */
export async function fairnessTable(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'fairness-'));
  const stub = await forkStub({ clusters: 20, services: 50, tasks: 20 });
  const modest = createToken('modest', ['web'], undefined);
  const greedy = createToken('greedy', ['greedy'], undefined);
  await writeFile(join(folder, 'tokens.json'), JSON.stringify({ tokens: [modest.entry, greedy.entry] }));
  await writeFile(join(folder, 'limits.json'), JSON.stringify({ roles: { greedy: LIMITS } }));
  const crowd = await Crowd.start();
  const rows: (string | number)[][] = [];
  for (const limited of [false, true]) {
    await stub.begin({ latencyMs: LATENCY_MS });
    const settings = {
      TOKENS_FILE: join(folder, 'tokens.json'),
      ...(limited && { LIMITS_FILE: join(folder, 'limits.json') }),
    };
    const [gateway, other] = [await startGateway(stub.url, settings), await startGateway(stub.url, settings)];
    const { url } = gateway;
    const bystander = await forkBundled(new URL('./bystander-process.ts', import.meta.url), {
      url,
      token: modest.token,
      everyMs: EVERY_MS,
    });
    await probe(bystander);
    for (const [name, abuse] of Object.entries(ABUSES)) {
      const rounds: Round[] = [];
      while (rounds.length < (limited ? ROUNDS : 1))
        rounds.push(await oneRound({ bystander, gateway, other, crowd }, greedy.token, abuse));
      rows.push([limited ? 'limited' : 'no limits', `${abuse.atOnce} x ${name}`, ...cellsOf(rounds)]);
    }
    gateway.end();
    other.end();
    bystander.disconnect();
  }
  crowd.close();
  stub.close();
  await rm(folder, { recursive: true });
  const head = [
    'role of the other',
    'what it does',
    'p50 ms: alone, other gateway, beside',
    'p99 ms: alone, other gateway, beside',
    'p99 beside / alone: least, median, most of the rounds; of all rounds together',
    'p99 beside / other gateway',
    'CPU ms of the gateway from look-up to answer, p99: alone, beside',
    'its answers',
  ];
  return `${table(head, rows)}\n\nThe limited role: ${JSON.stringify(LIMITS)}.`;
}

interface Gateway {
  readonly url: string;
  /** CPU time of its main thread from the arrival of each look-up to its answer, since the last call. */
  lookUpMs(): Promise<readonly number[]>;
  end(): void;
}

async function startGateway(endpoint: string, settings: Readonly<Record<string, string>>): Promise<Gateway> {
  const child = await forkBundled(new URL('./load-process.ts', import.meta.url), { endpoint, settings });
  const ask = async () => {
    child.send('end');
    const [state] = (await once(child, 'message')) as [{ url: string; lookUpMs: readonly number[] }];
    return state;
  };
  const { url } = await ask();
  return { url, lookUpMs: async () => (await ask()).lookUpMs, end: () => child.disconnect() };
}

interface Round {
  readonly alone: readonly number[];
  readonly elsewhere: readonly number[];
  readonly beside: readonly number[];
  readonly cpuAlone: readonly number[];
  readonly cpuBeside: readonly number[];
  readonly codes: readonly string[];
}

interface Processes {
  readonly bystander: ChildProcess;
  readonly gateway: Gateway;
  readonly other: Gateway;
  readonly crowd: Crowd;
}

async function oneRound({ bystander, gateway, other, crowd }: Processes, token: string, abuse: Abuse): Promise<Round> {
  await gateway.lookUpMs();
  const alone = await probe(bystander);
  const cpuAlone = await gateway.lookUpMs();
  const { took: elsewhere } = await probeDuring({ bystander, crowd }, { url: other.url, token }, abuse);
  await gateway.lookUpMs();
  const { took: beside, codes } = await probeDuring({ bystander, crowd }, { url: gateway.url, token }, abuse);
  return { alone, elsewhere, beside, cpuAlone, cpuBeside: await gateway.lookUpMs(), codes };
}

/** Look-ups while the abusive principal does what it can to a gateway. It never rests. */
async function probeDuring(
  { bystander, crowd }: Pick<Processes, 'bystander' | 'crowd'>,
  greedy: { readonly url: string; readonly token: string },
  { atOnce, query }: Abuse,
) {
  crowd.begin({ ...greedy, queries: Array.from({ length: atOnce }, (_, index) => query(index)), restMs: 0 });
  await delay(500);
  const took = await probe(bystander);
  const codes = await crowd.end();
  await delay(500);
  return { took, codes };
}

/**
 * The p99 of the look-ups of one round is its slowest look-up, so the ratios are also given over the look-ups of all
 * rounds.
 */
function cellsOf(rounds: readonly Round[]): string[] {
  const ofAll = (part: number) => quantilesOf(rounds, ['alone', 'elsewhere', 'beside'], part);
  const ratiosTo = (name: 'alone' | 'elsewhere') => {
    const ratios = rounds.map((one) => quantile(one.beside, 0.99) / quantile(one[name], 0.99));
    const each = [Math.min(...ratios), median(ratios), Math.max(...ratios)].map((ratio) => `${round(ratio, 2)}x`);
    const ofAllRounds = (part: 'beside' | typeof name) =>
      quantile(
        rounds.flatMap((one) => one[part]),
        0.99,
      );
    return `${each.join(', ')}; ${round(ofAllRounds('beside') / ofAllRounds(name), 2)}x`;
  };
  const counts = new Map<string, number>();
  for (const code of rounds.flatMap(({ codes }) => codes)) counts.set(code, (counts.get(code) ?? 0) + 1);
  return [
    ofAll(0.5),
    ofAll(0.99),
    ratiosTo('alone'),
    ratiosTo('elsewhere'),
    quantilesOf(rounds, ['cpuAlone', 'cpuBeside'], 0.99),
    [...counts].map(([code, count]) => `${count} ${code}`).join(', '),
  ];
}

async function probe(bystander: ChildProcess): Promise<number[]> {
  bystander.send(PROBES);
  const [took] = (await once(bystander, 'message')) as [number[]];
  return took;
}
