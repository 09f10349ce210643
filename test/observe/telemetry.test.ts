import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { InMemorySpanExporter } from '@opentelemetry/sdk-trace';
import { createClient } from 'graphql-ws';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createLog } from '../../src/observe/log.ts';
import { createWorld, type World } from '../support/gateway/world.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENT = 'b7ad6b7169203331';
const traceparent = `00-${TRACE}-${PARENT}-01`;
const SECRET = 'not-for-a-span';

const QUERY = `query Rollouts($cluster: ID!) {
  cluster(cluster: $cluster) { services { nodes { serviceName desiredCount } } }
}`;

let world: World;
afterEach(() => world.dispose());

async function traced(settings: Record<string, string> = {}, seed: 'demo' | 'empty' = 'demo') {
  const exporter = new InMemorySpanExporter();
  world = await createWorld({ seed }, settings, { spanExporter: exporter });
  const spans = () =>
    exporter.getFinishedSpans().map((span) => ({
      name: span.name,
      kind: span.kind,
      id: span.spanContext().spanId,
      traceId: span.spanContext().traceId,
      parent: span.parentSpanContext?.spanId,
      links: span.links.map(({ context }) => context.spanId),
      attributes: span.attributes,
      status: span.status.code,
    }));
  return { exporter, spans, named: (name: string) => spans().filter((span) => span.name === name) };
}

/** A world with traces in its log lines. */
async function logged() {
  const lines: string[] = [];
  const settings = { logLevel: 'info', logFormat: 'json', isTracing: true } as const;
  const log = createLog(settings, { write: (line) => lines.push(line) });
  const exporter = new InMemorySpanExporter();
  world = await createWorld({}, {}, { spanExporter: exporter, log });
  const contextOf = (name: string) =>
    exporter
      .getFinishedSpans()
      .find((span) => span.name === name)
      ?.spanContext();
  return { lines, contextOf };
}

function post(body: object, headers: Record<string, string> = {}): Promise<Response> {
  return world.app.fetch(
    new Request('http://127.0.0.1/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
      body: JSON.stringify(body),
    }),
  );
}

async function connected(connectionParams: Record<string, string> = {}) {
  const { url } = await world.app.listen();
  return createClient({ url: `${url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket, connectionParams });
}

const eventsOf = (name: string) =>
  `subscription ${name} { serviceEvents(cluster: "storefront", service: "cart") { type } }`;

describe('traces', () => {
  it('hold the operation, its batches, each ECS call with its size, and the wait for the pacer', async () => {
    const { spans, named } = await traced({ TRACE_CONTEXT: 'accept', RATE_SHARE: '0.5' });
    const response = await post({ query: QUERY, variables: { cluster: 'storefront' } }, { traceparent });
    expect(await response.json()).not.toHaveProperty('errors');
    const [operation] = named('query Rollouts');
    expect(operation).toMatchObject({
      traceId: TRACE,
      parent: PARENT,
      kind: 1,
      attributes: { 'graphql.operation.name': 'Rollouts', 'graphql.operation.type': 'query' },
    });
    expect(response.headers.get('traceresponse')).toBe(`00-${TRACE}-${operation?.id}-01`);
    const [call] = named('ECS/DescribeServices');
    expect(call).toMatchObject({
      traceId: TRACE,
      parent: operation?.id,
      kind: 2,
      attributes: {
        'rpc.system.name': 'aws-api',
        'rpc.method': 'ECS/DescribeServices',
        'cloud.region': 'eu-west-1',
        'ecs_graphql.batch.size': 5,
        'ecs_graphql.attempts': 1,
        'http.response.status_code': 200,
        'aws.request_id': expect.stringMatching(/./),
      },
    });
    expect(named('load Service').map(({ attributes }) => attributes['ecs_graphql.batch.size'])).toEqual([5]);
    expect(named('wait for the pacer').map(({ parent }) => parent)).toContain(call?.id);
    // As many spans as calls.
    const calls = Object.values(world.sandbox.calls()).reduce((sum, count) => sum + count, 0);
    expect(spans().filter(({ name }) => name.startsWith('ECS/'))).toHaveLength(calls);
  });

  it('link a batch to every request that waits for it', async () => {
    const { named } = await traced();
    const one = (service: string) =>
      post({ query: `query Of { service(cluster: "storefront", service: "${service}") { desiredCount } }` });
    const answers = await Promise.all([one('cart'), one('checkout')]);
    for (const answer of answers) expect(await answer.json()).not.toHaveProperty('errors');
    const operations = named('query Of').map(({ id }) => id);
    const [call, ...others] = named('ECS/DescribeServices');
    expect(others).toEqual([]);
    expect([call?.parent, ...(call?.links ?? [])].sort()).toEqual(operations.sort());
  });

  it('name errors by their code, and hold no variables, texts or tokens', async () => {
    const { spans, named } = await traced({ ECS_GRAPHQL_TOKEN: `${SECRET}-token` });
    const mutation = `mutation Update($env: String!) { registerTaskDefinition(input: { family: "x", containerDefinitions: [
      { name: "${SECRET}-name", image: "", memory: 1, environment: [{ name: "A", value: $env }] }] }) { taskDefinition { revision } } }`;
    const headers = { authorization: `Bearer ${SECRET}-token` };
    const answer = await post({ query: mutation, variables: { env: `${SECRET}-value` } }, headers);
    const { errors } = (await answer.json()) as { errors?: { extensions: { code: string } }[] };
    const [operation] = named('mutation Update');
    expect(operation).toMatchObject({ status: 2, attributes: { 'error.type': errors?.[0]?.extensions.code } });
    expect(JSON.stringify(spans())).not.toContain(SECRET);
  });

  it('ignore the trace of a caller unless it is to be trusted', async () => {
    const { named } = await traced();
    await post({ query: '{ __typename }' }, { traceparent });
    expect(named('query')).toMatchObject([{ parent: undefined }]);
    expect(named('query')[0]?.traceId).not.toBe(TRACE);
  });

  it('begin with connection_init over WebSocket; each live poll has a trace of its own', async () => {
    const { exporter, named } = await traced({ TRACE_CONTEXT: 'accept' });
    const client = await connected({ traceparent });
    const events = client.iterate({ query: eventsOf('Follow') });
    expect((await events.next()).value).toMatchObject({ data: { serviceEvents: { type: 'SNAPSHOT' } } });
    await events.return?.();
    await client.dispose();
    expect(named('subscription Follow')).toMatchObject([{ traceId: TRACE, parent: PARENT }]);
    while (named('live poll').length === 0) await new Promise((resolve) => setImmediate(resolve));
    const [poll] = named('live poll');
    expect(poll).toMatchObject({ parent: undefined, attributes: { 'ecs_graphql.topics': 1 } });
    expect(poll?.traceId).not.toBe(TRACE);
    const calls = exporter.getFinishedSpans().filter((span) => span.spanContext().traceId === poll?.traceId);
    expect(calls.map(({ name }) => name)).toContain('ECS/DescribeServices');
  });

  it('are in log lines', async () => {
    const { lines, contextOf } = await logged();
    await post({ query: 'query Logged { clusters { nodes { clusterName } } }' });
    const span = contextOf('query Logged');
    const line = lines.map((text) => JSON.parse(text)).find(({ msg }) => msg === 'operation');
    expect(line).toMatchObject({ trace_id: span?.traceId, span_id: span?.spanId });
    expect(lines.find((text) => text.includes('"operation"'))?.match(/trace_id/g)).toHaveLength(1);
  });

  it('are in the line about a subscription, whose span has ended before', async () => {
    const { lines, contextOf } = await logged();
    const client = await connected();
    for (const name of ['First', 'Second']) {
      const events = client.iterate({ query: eventsOf(name) });
      await events.next();
      await events.return?.();
    }
    await client.dispose();
    const ended = () => lines.map((text) => JSON.parse(text)).filter(({ msg }) => msg === 'operation');
    while (ended().length < 2) await new Promise((resolve) => setImmediate(resolve));
    for (const { operation, trace_id, span_id } of ended()) {
      const span = contextOf(`subscription ${operation}`);
      expect({ trace_id, span_id }).toEqual({ trace_id: span?.traceId, span_id: span?.spanId });
    }
  });

  it('leave no trace where nothing is configured', async () => {
    world = await createWorld();
    const response = await post({ query: '{ __typename }' }, { traceparent });
    expect(response.headers.has('traceresponse')).toBe(false);
  });
});

describe('a collector', () => {
  it('gets the spans over OTLP, with the last ones when the gateway stops', async () => {
    const bodies: { path: string | undefined; body: string }[] = [];
    const collector = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      bodies.push({ path: request.url, body });
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
    collector.listen(0, '127.0.0.1');
    await once(collector, 'listening');
    const endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
    world = await createWorld({}, { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_SERVICE_NAME: 'front' });
    await post({ query: 'query Sent { clusters { nodes { clusterName } } }' });
    await world.app.dispose();
    collector.close();
    expect(bodies.map(({ path }) => path)).toEqual(['/v1/traces']);
    const [resource] = JSON.parse(bodies[0]?.body ?? '{}').resourceSpans;
    expect(resource.resource.attributes).toContainEqual({ key: 'service.name', value: { stringValue: 'front' } });
    const names = resource.scopeSpans.flatMap(({ spans }: { spans: { name: string }[] }) =>
      spans.map(({ name }) => name),
    );
    expect(names).toEqual(expect.arrayContaining(['query Sent', 'ECS/ListClusters']));
  });

  it('that is away costs the last spans, and no more', async () => {
    const lines: string[] = [];
    const log = pino({ level: 'warn' }, { write: (line: string) => lines.push(line) });
    world = await createWorld({}, { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' }, { log });
    expect((await post({ query: '{ __typename }' })).status).toBe(200);
    await world.app.dispose();
    expect(lines.join('')).toContain('the last spans could not be sent');
  });

  it.each([{ OTEL_SDK_DISABLED: 'true' }, { OTEL_TRACES_EXPORTER: 'none' }])('is not used with %j', async (setting) => {
    world = await createWorld({}, { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', ...setting });
    const response = await post({ query: '{ __typename }' });
    expect(response.headers.has('traceresponse')).toBe(false);
  });
});
