import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createToken } from '../../src/auth/token-file.ts';
import { forkBundled, forkStub, median, quantile, quantilesOf, round, table } from './measure.ts';

const ROUNDS = 3;
/** Look-ups in each half of a round. */
const PROBES = 150;
/** Less than half of ECS's bucket for DescribeServices: what a principal may count on beside an abusive one. */
const EVERY_MS = 120;
/** ECS answers after this time: a fifth of what an answer from the same Region takes. */
const LATENCY_MS = 10;

/** The limits of the abusive principal in the second table. */
const LIMITS = { cost: 30, objects: 300, operations: 1, streams: 5, sockets: 2, mutationsPerMinute: 6 };

interface Abuse {
  /** Operations at once, each begun as soon as another ends. */
  readonly atOnce: number;
  readonly query: (index: number) => string;
}

const ABUSES: Readonly<Record<string, Abuse>> = {
  'large lists': {
    atOnce: 12,
    query: (index) =>
      `{ cluster(cluster: "c0001") { services(first: 10) { nodes { serviceName tasks(first: 20) { nodes { q${index}: lastStatus } } } } } }`,
  },
  'small look-ups': {
    atOnce: 50,
    query: (index) =>
      `{ service(cluster: "c0001", service: "s${String(index % 50).padStart(4, '0')}") { status runningCount } }`,
  },
  'operations that are too dear': {
    atOnce: 25,
    query: (index) =>
      `{ clusters(first: 20) { nodes { services(first: 50) { nodes { tasks(first: 50) { nodes { q${index}: lastStatus } } } } } } }`,
  },
  mutations: {
    atOnce: 25,
    query: (index) =>
      `mutation { updateService(input: { cluster: "c0001", service: "s0001", desiredCount: ${index} }) { service { status } } }`,
  },
};

/**
 * The time of the small look-ups of one principal while another one does what it can, from another address, without and
 * with limits of its role. Ratios of one run: each round measures the look-ups alone, then beside the other.
 */
export async function fairnessTable(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'fairness-'));
  const stub = await forkStub({ clusters: 20, services: 50, tasks: 20 });
  const modest = createToken('modest', ['web'], undefined);
  const greedy = createToken('greedy', ['greedy'], undefined);
  await writeFile(join(folder, 'tokens.json'), JSON.stringify({ tokens: [modest.entry, greedy.entry] }));
  await writeFile(join(folder, 'limits.json'), JSON.stringify({ roles: { greedy: LIMITS } }));
  const rows: (string | number)[][] = [];
  for (const limited of [false, true]) {
    await stub.begin({ latencyMs: LATENCY_MS });
    const settings = {
      TOKENS_FILE: join(folder, 'tokens.json'),
      ...(limited && { LIMITS_FILE: join(folder, 'limits.json') }),
    };
    const gateway = await forkBundled('load-process', { endpoint: stub.url, settings });
    gateway.send('end');
    const [{ url }] = (await once(gateway, 'message')) as [{ url: string }];
    const bystander = await forkBundled('bystander-process', { url, token: modest.token, everyMs: EVERY_MS });
    await probe(bystander);
    for (const [name, abuse] of Object.entries(ABUSES)) {
      const rounds: Round[] = [];
      while (rounds.length < (limited ? ROUNDS : 1)) rounds.push(await oneRound(bystander, url, greedy.token, abuse));
      rows.push([limited ? 'limited' : 'no limits', `${abuse.atOnce} x ${name}`, ...cellsOf(rounds)]);
    }
    gateway.disconnect();
    bystander.disconnect();
  }
  stub.close();
  await rm(folder, { recursive: true });
  const head = [
    'role of the other',
    'what it does',
    'p50 ms: alone, beside',
    'p99 ms: alone, beside',
    'p99 ratio: least, median, most of the rounds',
    'its answers',
  ];
  return `${table(head, rows)}\n\nThe limited role: ${JSON.stringify(LIMITS)}.`;
}

interface Round {
  readonly alone: readonly number[];
  readonly beside: readonly number[];
  readonly codes: readonly string[];
}

async function oneRound(bystander: ChildProcess, url: string, token: string, abuse: Abuse): Promise<Round> {
  const alone = await probe(bystander);
  const codes: string[] = [];
  let isOver = false;
  const worker = async (index: number) => {
    for (let at = index; !isOver; at += abuse.atOnce) codes.push(await post(url, token, abuse.query(at)));
  };
  const all = Promise.all(Array.from({ length: abuse.atOnce }, (_, index) => worker(index)));
  await delay(500);
  const beside = await probe(bystander);
  isOver = true;
  await all;
  await delay(500);
  return { alone, beside, codes };
}

function cellsOf(rounds: readonly Round[]): string[] {
  const ofAll = (part: number) => quantilesOf(rounds, ['alone', 'beside'], part);
  const ratios = rounds.map(({ alone, beside }) => quantile(beside, 0.99) / quantile(alone, 0.99));
  const counts = new Map<string, number>();
  for (const code of rounds.flatMap(({ codes }) => codes)) counts.set(code, (counts.get(code) ?? 0) + 1);
  return [
    ofAll(0.5),
    ofAll(0.99),
    [Math.min(...ratios), median(ratios), Math.max(...ratios)].map((ratio) => `${round(ratio, 2)}x`).join(', '),
    [...counts].map(([code, count]) => `${count} ${code}`).join(', '),
  ];
}

async function probe(bystander: ChildProcess): Promise<number[]> {
  bystander.send(PROBES);
  const [took] = (await once(bystander, 'message')) as [number[]];
  return took;
}

const agent = new Agent({ keepAlive: true });
/** An answer without data is no longer than this. */
const MOST_ERRORS = 2_000;

async function post(url: string, token: string, query: string): Promise<string> {
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json',
    authorization: `Bearer ${token}`,
  };
  const sent = request(`${url}/graphql`, { method: 'POST', headers, agent, localAddress: '127.0.0.2' });
  sent.end(JSON.stringify({ query }));
  const [response] = await once(sent, 'response');
  let text = '';
  for await (const chunk of response) if (text.length < MOST_ERRORS) text += chunk;
  return /"code":"(\w+)"/.exec(text)?.[1] ?? 'ok';
}
