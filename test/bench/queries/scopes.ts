import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { createApp } from '../../../src/app.ts';
import { loadConfig } from '../../../src/config/index.ts';
import { median, round, table } from '../harness/measure.ts';
import type { FleetRequest } from './fleet-process.ts';

const ACCOUNTS = Array.from({ length: 8 }, (_, index) => String(100_000_000_001 + index));
const CLUSTERS = 2;
const SERVICES = 10;
const ROUNDS = 15;
const WARM_UPS = 3;

/** ListClusters and DescribeClusters; for each cluster ListServices, and DescribeServices for each 10. */
const CALLS_OF_A_SCOPE = 2 + CLUSTERS * (1 + Math.ceil(SERVICES / 10));

/** Milliseconds of a call, as from Frankfurt: the region, and a little more for each account. */
const OF_REGIONS: Readonly<Record<string, number>> = { 'eu-central-1': 40, 'us-east-1': 130, 'ap-southeast-2': 300 };
const REGIONS = Object.keys(OF_REGIONS);
const LATENCIES: Readonly<Record<string, number>> = Object.fromEntries(
  ACCOUNTS.flatMap((account, index) =>
    REGIONS.map((region) => [`${account}/${region}`, (OF_REGIONS[region] ?? 0) + 3 * index]),
  ),
);
const SLOWEST = { accounts: [`account-${ACCOUNTS.length - 1}`], regions: ['ap-southeast-2'] };

const QUERY = `query ($accounts: [String!], $regions: [String!]) {
  clusters(accounts: $accounts, regions: $regions, first: 1000) {
    nodes { clusterName runningTasksCount services(first: ${SERVICES}) { nodes { serviceName desiredCount runningCount } } }
  }
}`;

interface Run {
  readonly ms: number;
  readonly cpuMs: number;
  readonly calls: Readonly<Record<string, number>>;
  readonly services: number;
}

/** One query over 24 accounts and regions beside the same query over the slowest of them alone, in turns. */
export async function scopesTable(): Promise<string> {
  const request: FleetRequest = { clusters: CLUSTERS, services: SERVICES, latencies: LATENCIES };
  const stub = fork(new URL('./fleet-process.ts', import.meta.url), [JSON.stringify(request)]);
  const [{ url }] = (await once(stub, 'message')) as [{ url: string }];
  const folder = await mkdtemp(join(tmpdir(), 'scopes-'));
  const file = join(folder, 'scopes.json');
  const scopes = ACCOUNTS.map((account, index) => ({
    alias: `account-${index}`,
    account,
    regions: REGIONS,
    credentials: { accessKeyId: account, secretAccessKey: 'bench' },
  }));
  await writeFile(file, JSON.stringify({ scopes }));
  const config = loadConfig('serve', [], { SCOPES: file, AWS_ENDPOINT_URL: url, MEMORY_TTL: '0', PORT: '0' });
  const app = await createApp(config, { log: pino({ level: 'silent' }) });
  const run = async (variables: object): Promise<Run> => {
    const started = performance.now();
    const cpu = process.cpuUsage();
    const response = await app.fetch(
      new Request('http://127.0.0.1/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: QUERY, variables }),
      }),
    );
    const { data, errors } = (await response.json()) as {
      data?: { clusters?: { nodes: { services: { nodes: object[] } }[] } };
      errors?: object[];
    };
    const ms = performance.now() - started;
    const { user, system } = process.cpuUsage(cpu);
    const cpuMs = (user + system) / 1_000;
    if (errors !== undefined) throw new Error(JSON.stringify(errors).slice(0, 500));
    stub.send('calls');
    const [{ calls }] = (await once(stub, 'message')) as [{ calls: Record<string, number> }];
    const found = data?.clusters?.nodes.map(({ services }) => services.nodes.length) ?? [];
    return { ms, cpuMs, calls, services: found.reduce((sum, count) => sum + count, 0) };
  };
  try {
    const all: Run[] = [];
    const alone: Run[] = [];
    for (let at = -WARM_UPS; at < ROUNDS; at += 1) {
      const [one, other] = [await run(SLOWEST), await run({})];
      if (at < 0) continue;
      alone.push(one);
      all.push(other);
    }
    const ratio = median(all.map(({ ms }, at) => ms / (alone[at]?.ms ?? ms)));
    const best = Math.min(...all.map(({ ms }) => ms)) / Math.min(...alone.map(({ ms }) => ms));
    const callsOf = ({ calls }: Run) => Object.values(calls).reduce((sum, count) => sum + count, 0);
    const scopesWith = all.every(({ calls }) => Object.values(calls).every((count) => count === CALLS_OF_A_SCOPE));
    const count = ACCOUNTS.length * REGIONS.length;
    return table(
      [
        'One query',
        'services',
        'calls',
        'formula',
        'ms, median',
        'CPU ms, median',
        'of the slowest alone: median of the ratios',
        'of the best of each',
      ],
      [
        [
          'the slowest scope alone',
          median(alone.map(({ services }) => services)),
          median(alone.map(callsOf)),
          CALLS_OF_A_SCOPE,
          round(median(alone.map(({ ms }) => ms))),
          round(median(alone.map(({ cpuMs }) => cpuMs))),
          '',
          '',
        ],
        [
          `${count} scopes`,
          median(all.map(({ services }) => services)),
          `${median(all.map(callsOf))}${scopesWith ? '' : ' (not the same in each scope)'}`,
          count * CALLS_OF_A_SCOPE,
          round(median(all.map(({ ms }) => ms))),
          round(median(all.map(({ cpuMs }) => cpuMs))),
          round(ratio, 2),
          round(best, 2),
        ],
      ],
    );
  } finally {
    await app.dispose();
    stub.disconnect();
    await rm(folder, { recursive: true });
  }
}
