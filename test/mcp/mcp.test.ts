import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { buildSchema } from 'graphql';
import { afterEach, describe, expect, it } from 'vitest';
import { mutationsFor } from '../../src/mcp/mutations.ts';
import { createPolicedWorld } from '../policy/support/policy-world.ts';
import { createWorld, type World } from '../support/gateway/world.ts';

let world: World | undefined;
const clients: Client[] = [];

async function start(settings: Record<string, string> = {}): Promise<string> {
  world = await createWorld({}, { MCP: 'on', ...settings });
  return `${(await world.app.listen()).url}/mcp`;
}

/** The SDK's own client. */
async function connect(url: string, headers: Record<string, string> = {}): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }) as never);
  clients.push(client);
  return client;
}

async function call(client: Client, name: string, args: Record<string, unknown>, options = {}) {
  const result = (await client.callTool({ name, arguments: args }, undefined, options)) as CallToolResult;
  const texts = result.content.map((part) => (part.type === 'text' ? part.text : ''));
  return { text: texts[0] ?? '', note: texts[1] ?? '', isError: result.isError === true };
}

afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
  await world?.dispose();
  world = undefined;
});

describe('an agent over streamable HTTP', () => {
  it('finds its way in the schema, a few hundred tokens at a time', async () => {
    const client = await connect(await start());
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(['search_schema', 'describe_type', 'run_query', 'follow_deployment']);
    const found = await call(client, 'search_schema', { query: 'stopped tasks' });
    expect(found.text.split('\n')[0]).toContain('Query.stoppedTasks(');
    expect(found.text.length).toBeLessThan(2_500);
    const service = await call(client, 'describe_type', { name: 'Service' });
    expect(service.text).toMatch(/^type Service: .*\n {2}\w+/);
    expect(service.text).toContain('(page 1 of ');
    expect(service.text.length).toBeLessThan(6_000);
    const narrow = await call(client, 'describe_type', { name: 'Service', search: 'desiredCount' });
    expect(narrow.text).toContain('  desiredCount: Int');
    expect((await call(client, 'describe_type', { name: 'Servise' })).text).toContain('There is no type "Servise"');
    expect((await call(client, 'search_schema', { query: 'zzz' })).text).toContain('Nothing fits');
  });

  it('runs queries, with errors and cost, and nothing else', async () => {
    const client = await connect(await start({ MAX_OBJECTS: '500' }));
    const query = 'query($c: ID!) { cluster(cluster: $c) { clusterName status } }';
    const answer = await call(client, 'run_query', { query, variables: { c: 'storefront' } });
    expect(JSON.parse(answer.text)).toMatchObject({
      data: { cluster: { clusterName: 'storefront', status: 'ACTIVE' } },
      extensions: { ecs: { calls: 1 } },
    });
    for (const [text, problem] of [
      [
        'mutation { deleteCluster(input: { cluster: "storefront" }) { cluster { status } } }',
        'run_query runs queries only',
      ],
      ['subscription { clusterEvents(cluster: "storefront") { type } }', 'follow_deployment'],
      ['{ clustr { status } }', 'Did you mean \\"cluster\\"'],
      [
        `{ clusters { nodes ${'{ services { nodes { cluster '.repeat(8)}{ status }${' } } }'.repeat(8)} } }`,
        'QUERY_TOO_DEEP',
      ],
      ['query A { __typename } query B { __typename }', 'OPERATION_RESOLUTION_FAILURE'],
    ] as const) {
      const refused = await call(client, 'run_query', { query: text });
      expect([refused.isError, refused.text]).toEqual([true, expect.stringContaining(problem)]);
    }
    expect((await world?.data<{ cluster: object }>('{ cluster(cluster: "storefront") { status } }'))?.cluster).toEqual({
      status: 'ACTIVE',
    });
  });

  it('follows a deployment to its end, with progress', async () => {
    const client = await connect(await start({ LIVE_MIN_INTERVAL: '20ms', LIVE_MAX_INTERVAL: '20ms' }));
    await world?.data(
      'mutation { updateService(input: { cluster: "storefront", service: "cart", forceNewDeployment: true }) { service { status } } }',
    );
    const messages: string[] = [];
    const progresses: number[] = [];
    const clock = setInterval(() => world?.sandbox.clock.advance(5_000), 40);
    const end = await call(
      client,
      'follow_deployment',
      { cluster: 'storefront', service: 'cart' },
      {
        onprogress: ({ progress, message }: { progress: number; message?: string }) => {
          progresses.push(progress);
          messages.push(message ?? '');
        },
      },
    );
    clearInterval(clock);
    expect(JSON.parse(end.text)).toMatchObject({ outcome: 'SUCCEEDED' });
    expect(messages.length).toBeGreaterThan(2);
    expect(messages[0]).toMatch(/^\d+ %: /);
    expect(progresses).toEqual([...progresses].sort((one, other) => one - other));
    const missing = await call(client, 'follow_deployment', { cluster: 'storefront', service: 'nope' });
    expect([missing.isError, missing.text]).toEqual([true, expect.stringContaining('NOT_FOUND')]);
  });

  it('that hangs up ends its subscription', async () => {
    const client = await connect(await start());
    const gone = new AbortController();
    const following = call(
      client,
      'follow_deployment',
      { cluster: 'storefront', service: 'cart' },
      { signal: gone.signal },
    );
    const open = async () => {
      const text = await (await world?.app.fetch(new Request('http://localhost/metrics')))?.text();
      return /^ecs_graphql_subscribers\{transport="sse"\} (\d+)$/m.exec(text ?? '')?.[1];
    };
    const becomes = async (count: string) => {
      while ((await open()) !== count) await nextTurn();
    };
    await becomes('1');
    gone.abort();
    await expect(following).rejects.toThrow();
    await becomes('0');
  });

  it('changes nothing without a dry run of the same', async () => {
    const client = await connect(await start({ MCP_MUTATIONS: 'scaleService,updateService' }));
    const { tools } = await client.listTools();
    const tool = tools.find(({ name }) => name === 'run_mutation');
    expect(tool?.description).toContain('scaleService(');
    expect(tool?.annotations).toMatchObject({ destructiveHint: true, readOnlyHint: false });
    const args = { cluster: 'storefront', service: 'cart', desiredCount: 1 };
    const run = (more: object = {}, given: object = args) =>
      call(client, 'run_mutation', { name: 'scaleService', arguments: { ...given }, ...more });
    const count = async () =>
      (
        await world?.data<{ service: { desiredCount: number } }>(
          '{ service(cluster: "storefront", service: "cart") { desiredCount } }',
        )
      )?.service.desiredCount;
    const before = await count();
    const dry = await run({}, { ...args, dryRun: false });
    expect(dry.isError).toBe(false);
    expect(dry.note).toContain('This was a dry run');
    expect(await count()).toBe(before);
    const [, confirm = ''] = /"confirm": "([^"]+)"/.exec(dry.note) ?? [];
    for (const [more, given] of [
      [{ confirm }, { ...args, desiredCount: 9 }],
      [{ confirm: `${confirm}x` }, args],
      [{ confirm: 'yes' }, args],
    ] as const) {
      const refused = await run(more, given);
      expect([refused.isError, refused.text]).toEqual([true, expect.stringContaining('Do the dry run again')]);
    }
    expect(await count()).toBe(before);
    world?.sandbox.resetCalls();
    for (let i = 0; i < 2; i += 1) {
      // In another order, and sent twice.
      const done = await run({ confirm }, { desiredCount: 1, service: 'cart', cluster: 'storefront' });
      expect(done.isError).toBe(false);
    }
    expect(world?.sandbox.calls()).toMatchObject({ UpdateService: 1 });
    expect(await count()).toBe(1);
    const other = await call(client, 'run_mutation', { name: 'deleteCluster', arguments: {} });
    expect(other.isError).toBe(true);
    // An operation of ECS, whose dry run shows its call.
    world?.sandbox.resetCalls();
    const input = { cluster: 'storefront', service: 'cart', desiredCount: 3 };
    const update = await call(client, 'run_mutation', { name: 'updateService', arguments: { input } });
    expect([update.isError, update.note]).toEqual([false, expect.stringContaining('This was a dry run')]);
    expect(JSON.parse(update.text).data.updateService.plan).toMatchObject([{ operation: 'UpdateService' }]);
    expect(world?.sandbox.calls()).not.toHaveProperty('UpdateService');
  });
});

describe('the endpoint for agents', () => {
  it('is not there unless it is configured', async () => {
    world = await createWorld();
    const response = await world.app.fetch(new Request('http://localhost/mcp', { method: 'POST' }));
    expect(response.status).toBe(404);
  });

  it('refuses at the start mutations that cannot be run dry, and those that do not exist', async () => {
    await expect(start({ MCP_MUTATIONS: 'scaleServices' })).rejects.toThrow('did you mean "scaleService"?');
    const schema = buildSchema('type Query { a: Int } type Mutation { a: Int b(dryRun: Boolean): Int }');
    expect(() => mutationsFor(schema, ['a'])).toThrow(
      '"a" cannot be run dry, so that agents may not run it; these can: b',
    );
    expect([...mutationsFor(schema, ['b']).keys()]).toEqual(['b']);
  });

  it('asks for a token, and answers by the policies of its holder', async () => {
    await using policed = await createPolicedWorld('', { MCP: 'on', MCP_MUTATIONS: 'scaleService' });
    const url = `${(await policed.world.app.listen()).url}/mcp`;
    await expect(connect(url)).rejects.toThrow(/401|UNAUTHENTICATED/);
    const query = '{ cluster(cluster: "storefront") { status } }';
    const viewer = await connect(url, { authorization: policed.authorization('viewer') });
    expect(JSON.parse((await call(viewer, 'run_query', { query })).text)).toMatchObject({ data: { cluster: {} } });
    const args = { cluster: 'storefront', service: 'cart', desiredCount: 1 };
    const dry = await call(viewer, 'run_mutation', { name: 'scaleService', arguments: args });
    if (!dry.isError) {
      const [, confirm = ''] = /"confirm": "([^"]+)"/.exec(dry.note) ?? [];
      const refused = await call(viewer, 'run_mutation', { name: 'scaleService', arguments: args, confirm });
      expect([refused.isError, refused.text]).toEqual([true, expect.stringContaining('FORBIDDEN')]);
    } else expect(dry.text).toContain('FORBIDDEN');
    const stranger = await connect(url, { authorization: policed.authorization('nobody') });
    expect((await call(stranger, 'run_query', { query })).text).toContain('FORBIDDEN');
  });

  it('reads no schema as a role that runs trusted documents only', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mcp-'));
    const manifest = join(folder, 'manifest.json');
    await writeFile(manifest, JSON.stringify({ status: '{ cluster(cluster: "storefront") { status } }' }));
    try {
      const client = await connect(await start({ TRUSTED_DOCUMENTS: manifest, TRUSTED_ONLY_ROLES: '*' }));
      for (const [tool, args] of [
        ['search_schema', { query: 'stopped tasks' }],
        ['describe_type', { name: 'Service' }],
        ['run_query', { query: '{ clusters { nodes { status } } }' }],
      ] as const) {
        const refused = await call(client, tool, args);
        expect([refused.isError, refused.text]).toEqual([true, expect.stringContaining('TRUSTED_ONLY_ROLES')]);
      }
      const query = '{ cluster(cluster: "storefront") { status } }';
      expect(JSON.parse((await call(client, 'run_query', { query })).text)).toMatchObject({
        data: { cluster: { status: 'ACTIVE' } },
      });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('has the limits of bodies, methods and hosts', async () => {
    const url = await start({ MAX_BODY: '2kB', MAX_BATCH: '3' });
    const post = (body: string, headers = {}) =>
      fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers },
        body,
      });
    const ping = (pad: string) => JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping', params: { pad } });
    expect((await post(ping(''))).status).toBe(200);
    expect((await post(ping('x'.repeat(3_000)))).status).toBe(413);
    expect((await post('{')).status).toBe(400);
    const pings = (count: number) => `[${Array.from({ length: count }, () => ping('')).join()}]`;
    expect((await post(pings(3))).status).toBe(200);
    const many = await post(pings(4));
    expect([many.status, await many.json()]).toMatchObject([
      413,
      { error: { message: expect.stringContaining('MAX_BATCH') } },
    ]);
    expect((await fetch(url)).status).toBe(405);
    expect((await post(ping(''), { origin: 'https://evil.example' })).status).toBe(403);
  });
});
