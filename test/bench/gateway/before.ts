import { type Gateway, rest, startGateway, withBuilds } from '../harness/builds.ts';
import { forkStub, median, type RemoteStub, round, table } from '../harness/measure.ts';
import { OUR_TREE } from '../harness/peers.ts';
import type { FleetShape } from '../stub/stub-ecs.ts';
import { FOLLOW_SERVICE, startService } from './one-service.ts';
import { startOnce } from './start.ts';

const ROUNDS = 5;
const FLEET: FleetShape = { clusters: 20, services: 50, tasks: 10 };
const LATENCY_MS = 20;
/** Longer than MEMORY_TTL, so that every tree is read anew. */
const REST_MS = 1_500;
const QUERIES = 200;
const SUBSCRIBERS = 300;
const EVENTS = 80;
/** Events before the measured ones: code that runs for each event is compiled by then, as in a process that lives. */
const WARM_UP_EVENTS = 30;
const LIMITS = { MAX_COST: '0', MAX_OBJECTS: '0', MAX_RESPONSE: '0', QUERY_DEADLINE: '10m', ATTEMPT_TIMEOUT: '1m' };
const PAGE = `{ cluster(cluster: "c0") { clusterName services(first: 20) { nodes { serviceName status desiredCount
  runningCount deployments { status } } } } }`;

type Figures = Readonly<Record<string, number>>;

/** Version 0.1.0 compresses nothing, so that only plain answers compare the same work. */
async function measureTree(gateway: Gateway, stub: RemoteStub, encoding: string, title: string): Promise<Figures> {
  await stub.begin({ latencyMs: LATENCY_MS });
  await rest(REST_MS);
  const [cpu, began] = [await gateway.cpuMs(), performance.now()];
  await gateway.ask(OUR_TREE, encoding);
  const wall = performance.now() - began;
  const treeCpu = (await gateway.cpuMs()) - cpu;
  const { calls } = await stub.stats();
  return { [`${title} wall, ms`]: wall, [`${title} CPU, ms`]: treeCpu, [`${title} ECS calls`]: calls };
}

async function measureQueries(gateway: Gateway, stub: RemoteStub, encoding: string, title: string): Promise<Figures> {
  await stub.begin({});
  const times: number[] = [];
  const cpu = await gateway.cpuMs();
  for (let at = 0; at < QUERIES; at += 1) {
    const began = performance.now();
    await gateway.ask(PAGE, encoding);
    times.push(performance.now() - began);
  }
  const cpuMs = ((await gateway.cpuMs()) - cpu) / QUERIES;
  return { [`${title} p50, ms`]: median(times), [`${title} CPU, ms`]: cpuMs };
}

/** Opens SSE streams and counts their events. */
async function follow(gateway: Gateway, abort: AbortController, onEvents: (count: number) => void): Promise<void> {
  const headers = { 'content-type': 'application/json', accept: 'text/event-stream' };
  const body = JSON.stringify({ query: FOLLOW_SERVICE });
  const response = await fetch(gateway.url, { method: 'POST', headers, body, signal: abort.signal });
  if (!response.ok || response.body === null) throw new Error(`A subscription was answered with ${response.status}`);
  const read = async () => {
    for await (const bytes of response.body ?? [])
      onEvents(Buffer.from(bytes).toString().split('event: next').length - 1);
  };
  read().catch(() => undefined);
}

/** CPU time of the gateway for an event that goes to every subscriber. */
async function measureEvents(
  file: string,
  ecs: string,
  sandbox: (call: string, input: object) => Promise<void>,
): Promise<Figures> {
  const settings = {
    AWS_ENDPOINT_URL: ecs,
    RATE_SHARE: '0',
    SSE_MAX_STREAMS: '1000',
    SSE_MAX_CALLER_STREAMS: '1000',
    LIVE_MIN_INTERVAL: '200ms',
  };
  const gateway = await startGateway(file, settings);
  const abort = new AbortController();
  try {
    let received = 0;
    const count = (events: number) => {
      received += events;
    };
    for (let at = 0; at < SUBSCRIBERS; at += 1) await follow(gateway, abort, count);
    const until = async (events: number) => {
      for (const end = performance.now() + 30_000; received < events; await rest(20)) {
        if (performance.now() > end) throw new Error(`Only ${received} of ${events} events came`);
      }
    };
    await until(SUBSCRIBERS);
    const push = async (events: number) => {
      for (let at = 0; at < events; at += 1) {
        const wanted = received + SUBSCRIBERS;
        await sandbox('UpdateService', { cluster: 'bench', service: 'web', desiredCount: 1 + (at % 2) });
        await until(wanted);
      }
    };
    await push(WARM_UP_EVENTS);
    const cpu = await gateway.cpuMs();
    const before = received;
    await push(EVENTS);
    return { 'CPU us a delivered event': (1_000 * ((await gateway.cpuMs()) - cpu)) / (received - before) };
  } finally {
    abort.abort();
    await gateway.stop();
  }
}

/** Version 0.1.0 and this one, each as built, in turns: what is measured of both is never far apart in time. */
export async function beforeTable(): Promise<string> {
  const result = await withBuilds(async ({ before, now }) => {
    const files = [before, now];
    const found = files.map((): Map<string, number[]> => new Map());
    const note = (at: number, figures: Figures) => {
      for (const [name, value] of Object.entries(figures)) {
        found[at]?.set(name, [...(found[at]?.get(name) ?? []), value]);
      }
    };
    const stub = await forkStub(FLEET);
    const env = { AWS_ENDPOINT_URL: stub.url, RATE_SHARE: '0', ...LIMITS };
    const gateways = await Promise.all(files.map((file) => startGateway(file, env)));
    for (let turn = -1; turn < ROUNDS; turn += 1) {
      for (const [at, gateway] of gateways.entries()) {
        const figures = {
          ...(await measureTree(gateway, stub, 'identity', 'tree')),
          ...(await measureTree(gateway, stub, 'gzip', 'tree that accepts gzip,')),
          ...(await measureQueries(gateway, stub, 'identity', 'query')),
          ...(await measureQueries(gateway, stub, 'gzip', 'query that accepts gzip,')),
        };
        if (turn >= 0) note(at, figures);
      }
    }
    for (const gateway of gateways) await gateway.stop();
    stub.close();
    for (let turn = 0; turn < ROUNDS; turn += 1) {
      for (const [at, file] of files.entries()) {
        const { ms, cpuMs: cpu, rssMb } = await startOnce(file, ['serve']);
        note(at, { 'start, ms': ms, 'start, CPU ms': cpu, 'start, RSS MB': rssMb });
      }
    }
    const ecs = await startService(files[1] ?? '');
    try {
      for (let turn = 0; turn < ROUNDS; turn += 1) {
        for (const [at, file] of files.entries()) note(at, await measureEvents(file, ecs.url, ecs.call));
      }
    } finally {
      ecs.stop();
    }
    const rows = [...(found[0]?.keys() ?? [])].map((name) => {
      const [old = [], now = []] = found.map((figures) => figures.get(name) ?? []);
      const ratio = median(now.map((value, at) => value / (old[at] ?? Number.NaN)));
      return [name, round(median(old), 2), round(median(now), 2), `${round(ratio, 2)}x`];
    });
    return table(['', '0.1.0', 'now', 'median of the ratios'], rows);
  });
  return result ?? 'No history of version 0.1.0.';
}
