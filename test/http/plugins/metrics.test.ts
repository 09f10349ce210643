import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { EcsCost } from '../../../src/ecs/core/call-cost.ts';
import { isErrorCode } from '../../../src/schema/core/error-codes.ts';
import { startLiveApp } from '../../support/gateway/live-app.ts';
import { readMetrics, type Sample, total } from '../../support/gateway/metrics.ts';
import { startTestApp } from '../../support/gateway/test-app.ts';
import { createWorld, type World } from '../../support/gateway/world.ts';
import { initWs } from '../../support/gateway/ws-client.ts';

const get = (path = '/metrics', headers: Record<string, string> = {}, method = 'GET') =>
  new Request(`http://127.0.0.1${path}`, { method, headers });

async function scrape({ app }: Pick<World, 'app'>): Promise<{ samples: Sample[]; types: Map<string, string> }> {
  const response = await app.fetch(get());
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  return readMetrics(await response.text());
}

const KEYS = ['calls', 'byOperation', 'retries', 'throttled', 'waitedMs', 'fromMemory'];

describe('metrics', () => {
  it('are the sum of the answers', async () => {
    const world = await createWorld({}, { RATE_SHARE: '0.97', MEMORY_TTL: '60s' });
    try {
      world.sandbox.faults.set({
        rules: [
          { operations: ['ListServices'], fault: 'throttle', times: 1 },
          { operations: ['DescribeServices'], fault: 'serverError', times: 1 },
          { operations: ['DescribeCapacityProviders'], fault: 'error', code: 'AccessDeniedException', times: 1 },
        ],
      });
      const queries = [
        '{ clusters { nodes { status services { nodes { status } } } } }',
        '{ clusters { nodes { status services { nodes { status } } } } }',
        '{ capacityProviders { nodes { status } } }',
        '{ tasks(clusters: ["storefront"]) { nodes { lastStatus } } }',
      ];
      const costs: EcsCost[] = [];
      for (const query of queries) costs.push((await world.query(query)).extensions?.ecs as unknown as EcsCost);
      for (const cost of costs) expect(Object.keys(cost)).toEqual(KEYS);
      const sum = (read: (cost: EcsCost) => number) => costs.reduce((all, cost) => all + read(cost), 0);
      const { samples } = await scrape(world);
      expect(sum(({ retries }) => retries)).toBeGreaterThanOrEqual(2);
      expect(sum(({ throttled }) => throttled)).toBe(1);
      expect(sum(({ fromMemory }) => fromMemory)).toBeGreaterThan(0);
      const calls = 'ecs_graphql_upstream_calls_total';
      expect(total(samples, calls)).toBe(sum((cost) => cost.calls));
      for (const operation of new Set(costs.flatMap(({ byOperation }) => Object.keys(byOperation)))) {
        const counted = sum(({ byOperation }) => byOperation[operation] ?? 0);
        expect([operation, total(samples, calls, { operation })]).toEqual([operation, counted]);
        expect(total(samples, 'ecs_graphql_upstream_call_duration_seconds_count', { operation })).toBe(counted);
      }
      expect(total(samples, calls, { outcome: 'UPSTREAM_THROTTLED' })).toBe(1);
      expect(total(samples, calls, { operation: 'DescribeServices', outcome: 'UPSTREAM_UNAVAILABLE' })).toBe(1);
      expect(total(samples, 'ecs_graphql_upstream_retries_total')).toBe(sum(({ retries }) => retries));
      expect(total(samples, 'ecs_graphql_upstream_throttles_total')).toBe(1);
      expect(total(samples, 'ecs_graphql_rate_bucket_throttles_total', { bucket: 'serviceRead' })).toBe(1);
      expect(total(samples, 'ecs_graphql_upstream_answers_from_memory_total')).toBe(
        sum(({ fromMemory }) => fromMemory),
      );
      expect(total(samples, 'ecs_graphql_upstream_wait_seconds_count', { lane: 'query' })).toBe(
        sum((cost) => cost.calls),
      );
      expect(total(samples, 'ecs_graphql_upstream_calls_in_flight')).toBe(0);
      expect(total(samples, 'ecs_graphql_rate_bucket_share_ratio', { bucket: 'serviceRead' })).toBeLessThan(0.97);
      expect(total(samples, 'ecs_graphql_operations_total', { type: 'query', outcome: 'ok' })).toBe(3);
      expect(total(samples, 'ecs_graphql_operations_total', { outcome: 'FORBIDDEN_UPSTREAM' })).toBe(1);
      expect(total(samples, 'ecs_graphql_operation_duration_seconds_count', { type: 'query' })).toBe(4);
    } finally {
      await world.dispose();
    }
  });

  it('are in Prometheus’s format, by its conventions, with those of the process', async () => {
    const world = await createWorld({ seed: 'empty' });
    try {
      await world.query('{ clusters { nodes { status } } }');
      const { samples, types } = await scrape(world);
      const own = [...types].filter(([name]) => name.startsWith('ecs_graphql_'));
      expect(own.length).toBeGreaterThan(20);
      for (const [name, type] of own) expect(name.endsWith('_total')).toBe(type === 'counter');
      for (const [name] of own.filter(([, type]) => type === 'histogram')) {
        expect(name).toMatch(/_seconds$/);
        const counts = samples.filter((sample) => sample.name === `${name}_bucket`).map(({ value }) => value);
        expect(total(samples, `${name}_bucket`, { le: '+Inf' })).toBe(total(samples, `${name}_count`));
        expect(counts.every((value) => value >= 0)).toBe(true);
      }
      const others = ['process_cpu_seconds_total', 'process_resident_memory_bytes', 'nodejs_eventloop_lag_p99_seconds'];
      for (const name of others) expect(types.has(name)).toBe(true);
      expect(total(samples, 'ecs_graphql_build_info')).toBe(1);
    } finally {
      await world.dispose();
    }
  });

  it('are those of docs/monitoring.md, whose alerts name codes that exist', async () => {
    // Some are there only with an inventory, a Redis or several accounts, none of which has to be reached.
    const folder = await mkdtemp(join(tmpdir(), 'metrics-'));
    const scopes = join(folder, 'scopes.json');
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const one = { alias: 'one', account: '123456789012', regions: ['eu-west-1'], endpoint: 'http://127.0.0.1:9' };
    await writeFile(scopes, JSON.stringify({ scopes: [{ ...one, credentials }] }));
    const eventsQueue = ['http://127.0.0.1:9/123456789012/events'];
    await using server = await startTestApp({ shared: 'redis://127.0.0.1:9', eventsQueue, scopes });
    await rm(folder, { recursive: true });
    const { types } = readMetrics(await (await server.app.fetch(get())).text());
    const text = readFileSync('docs/monitoring.md', 'utf8');
    const table = [...text.matchAll(/^\| `(ecs_graphql_\w+)` \| (.*?) \|/gm)].map(([, name]) => name);
    expect(table.sort()).toEqual([...types.keys()].filter((name) => name.startsWith('ecs_graphql_')).sort());
    const named = [...text.matchAll(/\b(?:ecs_graphql|nodejs|process)_[a-z0-9_]*[a-z0-9]/g)].map(([name]) => name);
    expect(named.filter((name) => !types.has(name.replace(/_(bucket|count|sum)$/, '')))).toEqual([]);
    const alerts = readFileSync('deploy/prometheus/alerts.yml', 'utf8');
    const codes = [...alerts.matchAll(/outcome=~?"([A-Z_|]+)"/g)].flatMap(([, list]) => list?.split('|') ?? []);
    expect(codes.length).toBeGreaterThan(3);
    expect(codes.filter((code) => !isErrorCode(code))).toEqual([]);
  });

  it('contain nothing that callers choose', async () => {
    await using server = await startTestApp();
    await server.query('query Chosen { hello }');
    await server.query('query Chosen { nothing }');
    await server.query('query Chosen { hello ');
    const text = await (await server.app.fetch(get())).text();
    expect(text).not.toContain('Chosen');
    const { samples } = readMetrics(text);
    const operations = samples.filter(({ name }) => name === 'ecs_graphql_operations_total');
    expect(
      Object.fromEntries(operations.map(({ labels, value }) => [`${labels.type} ${labels.outcome}`, value])),
    ).toEqual({
      'query ok': 1,
      'unknown GRAPHQL_VALIDATION_FAILED': 1,
      'unknown GRAPHQL_PARSE_FAILED': 1,
    });
  });

  it('are served only to callers that may use the graph', async () => {
    const token = 'correct-horse-battery';
    await using server = await startTestApp({ token });
    const refused = await server.app.fetch(get());
    expect(refused.status).toBe(401);
    expect(await refused.text()).toContain('UNAUTHENTICATED');
    const headers = { authorization: `Bearer ${token}` };
    expect((await server.app.fetch(get('/metrics', headers))).status).toBe(200);
    expect((await server.app.fetch(get('/metrics', headers, 'POST'))).status).toBe(405);
    await using open = await startTestApp();
    const rebound = new Request('http://evil.example/metrics');
    expect((await open.app.fetch(rebound)).status).toBe(421);
    await using off = await startTestApp({ metrics: false });
    expect((await off.app.fetch(get())).status).toBe(404);
  });

  it('show who follows what, that events are executed once for many, and the same cost in each event', async () => {
    await using live = await startLiveApp();
    await live.register('web:1');
    await live.createService();
    const query = `subscription ($after: String) { deploymentProgress(cluster: "prod", service: "web", after: $after) {
      cursor type progress { taskDefinition { revision status } } } }`;
    const peers = await Promise.all(Array.from({ length: 4 }, () => initWs(live.url)));
    for (const peer of peers) peer.send({ id: '1', type: 'subscribe', payload: { query } });
    const events = await Promise.all(peers.map((peer) => peer.next()));
    for (const event of events as { payload: { extensions: { ecs: EcsCost } } }[]) {
      expect(Object.keys(event.payload.extensions.ecs)).toEqual(KEYS);
    }
    const before = (await scrape(live.world)).samples;
    expect(total(before, 'ecs_graphql_subscribers', { transport: 'websocket' })).toBe(4);
    expect(total(before, 'ecs_graphql_websockets')).toBe(4);
    expect(total(before, 'ecs_graphql_live_topics')).toBe(1);
    expect(total(before, 'ecs_graphql_live_polls_total')).toBeGreaterThan(0);
    expect(total(before, 'ecs_graphql_events_executed_total')).toBe(1);
    expect(total(before, 'ecs_graphql_events_sent_total', { transport: 'websocket' })).toBe(4);
    for (const peer of peers) peer.socket.close();
    let after = before;
    while (total(after, 'ecs_graphql_subscribers') > 0) {
      await turn();
      after = (await scrape(live.world)).samples;
    }
    expect(total(after, 'ecs_graphql_live_topics')).toBe(0);
    expect(total(after, 'ecs_graphql_operations_total', { type: 'subscription', outcome: 'ok' })).toBe(4);
  });
});
