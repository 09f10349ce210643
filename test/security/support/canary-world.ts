import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { InMemorySpanExporter } from '@opentelemetry/sdk-trace';
import type { GraphQLSchema } from 'graphql';
import { pino } from 'pino';
import { createApp } from '../../../src/app.ts';
import { createToken } from '../../../src/auth/token-file.ts';
import { loadConfig } from '../../../src/config/index.ts';
import { GROUPS } from '../../../src/policy/model/actions.ts';
import { BUSY_MS } from '../../support/gateway/replicas.ts';
import { eventually } from '../../support/programs/redis-server.ts';

type Shape = Readonly<Record<string, unknown>>;

/** A refusal of ECS. */
export class Refusal extends Error {}

/** `reader` may do everything but see secrets; `admin` may do that too. */
export const ROLES = ['reader', 'admin'] as const;
export type Role = (typeof ROLES)[number];

const POLICIES = `@id("reader")
permit (principal in Ecs::Role::"reader", action in [${GROUPS.filter((group) => group !== 'secrets')
  .map((group) => `Ecs::Action::"${group}"`)
  .join(', ')}], resource);
@id("admin")
permit (principal in Ecs::Role::"admin", action, resource);`;

export interface CanaryWorld extends AsyncDisposable {
  /** The answers of ECS from now on. */
  answer: (operation: string, input: Shape) => object;
  /** The calls that ECS got since the last query. */
  readonly calls: { readonly operation: string; readonly input: Shape }[];
  /** The answer to an operation, as text; with `fresh` past the cache. */
  query(role: Role, query: string, variables?: object, fresh?: boolean): Promise<string>;
  /** Log, audit log, metrics, traces and history. */
  written(): Promise<string>;
}

/** A gateway with policies, log, audit log, metrics, traces and history before an ECS that answers what the test says. */
export async function createCanaryWorld(
  schema: GraphQLSchema,
  settings: Readonly<Record<string, string>> = {},
): Promise<CanaryWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'canaries-'));
  const tokens = ROLES.map((role) => createToken(role, [role], undefined));
  await writeFile(join(folder, 'tokens.json'), JSON.stringify({ tokens: tokens.map(({ entry }) => entry) }));
  await writeFile(join(folder, 'policies.cedar'), POLICIES);
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
    const input = JSON.parse(Buffer.concat(chunks).toString() || '{}') as Shape;
    world.calls.push({ operation, input });
    const [status, body] = answered(() => world.answer(operation, input));
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const config = loadConfig('serve', [], {
    AWS_REGION: 'eu-west-1',
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    PORT: '0',
    RATE_SHARE: '0',
    MAX_COST: '0',
    TOKENS_FILE: join(folder, 'tokens.json'),
    POLICIES: join(folder, 'policies.cedar'),
    AUDIT_LOG: join(folder, 'audit.log'),
    HISTORY: join(folder, 'history.db'),
    ...settings,
  });
  const lines: string[] = [];
  const exporter = new InMemorySpanExporter();
  const target = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  const app = await createApp(
    { ...config, credentials: { accessKeyId: 'fake', secretAccessKey: 'fake' } },
    { log: pino({ level: 'trace' }, target), schema, spanExporter: exporter, redisTimeoutMs: BUSY_MS },
  );
  await eventually(async () => {
    const state = (await (await app.fetch(new Request('http://127.0.0.1/readyz'))).json()) as object;
    return !('degraded' in state);
  }, 'Redis is connected');
  const headers = (role: Role) => ({
    'content-type': 'application/json',
    accept: 'application/json',
    authorization: `Bearer ${tokens[ROLES.indexOf(role)]?.token}`,
  });
  const world: CanaryWorld = {
    answer: () => ({}),
    calls: [],
    async query(role, query, variables = {}, fresh = false) {
      world.calls.length = 0;
      const body = JSON.stringify({ query, variables });
      const init = {
        method: 'POST',
        headers: { ...headers(role), ...(fresh && { 'cache-control': 'no-cache' }) },
        body,
      };
      const request = new Request('http://127.0.0.1/graphql', init);
      return (await app.fetch(request)).text();
    },
    async written() {
      const metrics = await app.fetch(new Request('http://127.0.0.1/metrics', { headers: headers('admin') }));
      const spans = exporter
        .getFinishedSpans()
        .map(({ name, attributes, events, status }) => JSON.stringify({ span: name, attributes, events, status }));
      const files = (await readdir(folder)).filter((name) => /^(audit|history)/.test(name));
      const stored = await Promise.all(files.map((name) => readFile(join(folder, name), 'latin1')));
      return [...lines, ...spans, ...stored, await metrics.text()].join('\n');
    },
    async [Symbol.asyncDispose]() {
      await app.dispose();
      server.closeAllConnections();
      server.close();
      await rm(folder, { recursive: true });
    },
  };
  return world;
}

function answered(answer: () => object): [number, object] {
  try {
    return [200, answer()];
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return [400, { __type: 'InvalidParameterException', message: error.message }];
  }
}
