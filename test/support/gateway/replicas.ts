import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import { type App, createApp, type Overrides } from '../../../src/app.ts';
import { loadConfig } from '../../../src/config/index.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../../src/sandbox/index.ts';
import { planted } from '../ecs/planted.ts';
import { eventually, RedisServer } from '../programs/redis-server.ts';
import { sharedSchema } from './shared-schema.ts';
import type { Answer } from './world.ts';

/** A key that all replicas of these tests have. */
export const ENCRYPTION_KEY = randomBytes(32).toString('base64');
/** A busy machine is not a fault: a test that is about time limits sets its own. */
export const BUSY_MS = 10_000;

export interface Replica {
  readonly app: App;
  /** The lines that it logged. */
  readonly logs: readonly { readonly level: number; readonly msg: string }[];
  query<Data = Record<string, never>>(
    query: string,
    variables?: object,
    headers?: Record<string, string>,
  ): Promise<Answer<Data>>;
  /** The value of a metric, by its name with labels as Prometheus writes it. */
  metric(line: string): Promise<number>;
}

/** Gateways that share one Redis, in front of one sandbox. */
export interface ReplicaWorld extends AsyncDisposable {
  readonly sandbox: Sandbox;
  readonly redis: RedisServer;
  readonly replicas: readonly Replica[];
  /** Starts one more replica. */
  add(settings?: Readonly<Record<string, string>>): Promise<Replica>;
  /** Waits until all replicas use Redis and know of each other. */
  connected(): Promise<void>;
}

/** Starts a sandbox, a Redis and replicas. Settings are as on the command line. */
export async function startReplicas(
  count: number,
  settings: Readonly<Record<string, string>> = {},
  { sandbox: options = {}, overrides = {} }: { sandbox?: SandboxOptions; overrides?: Overrides } = {},
): Promise<ReplicaWorld> {
  const redis = await RedisServer.start();
  const sandbox = await startSandbox(await planted({ speed: 0, seed: 'demo', ...options }));
  const replicas: Replica[] = [];
  const add: ReplicaWorld['add'] = async (more = {}) => {
    const replica = await startReplica(
      {
        AWS_REGION: 'eu-west-1',
        AWS_ENDPOINT_URL: sandbox.url,
        SHARED: redis.url,
        SHARED_ENCRYPTION_KEYS: ENCRYPTION_KEY,
        PORT: '0',
        BATCH_WINDOW: '60s',
        QUERY_DEADLINE: '60s',
        MUTATION_DEADLINE: '60s',
        ATTEMPT_TIMEOUT: '60s',
        ...settings,
        ...more,
      },
      overrides,
    );
    replicas.push(replica);
    return replica;
  };
  for (let index = 0; index < count; index += 1) await add();
  const world: ReplicaWorld = {
    sandbox,
    redis,
    replicas,
    add,
    connected: () => connected(replicas),
    async [Symbol.asyncDispose]() {
      await Promise.all(replicas.map(({ app }) => app.dispose()));
      await sandbox.close();
      await redis.kill();
    },
  };
  return world;
}

/** Waits until all replicas use Redis and know of each other. */
export async function connected(replicas: readonly Pick<Replica, 'app'>[]): Promise<void> {
  const names = ['ecs_graphql_shared_connected', 'ecs_graphql_replicas'];
  await eventually(async () => {
    const states = await Promise.all(replicas.map(({ app }) => readValues(app, names)));
    return states.every(([isConnected, count]) => isConnected === 1 && count === replicas.length);
  }, 'all replicas know of each other');
}

/** The values of metrics, by their names with labels as Prometheus writes them. */
async function readValues(app: Pick<App, 'fetch'>, names: readonly string[]): Promise<number[]> {
  const text = await (await app.fetch(new Request('http://127.0.0.1/metrics'))).text();
  const lines = text.split('\n');
  return names.map((name) => {
    const line = lines.find((one) => one.startsWith(`${name} `));
    return line === undefined ? Number.NaN : Number(line.slice(name.length + 1));
  });
}

/** Starts one gateway. Settings are as on the command line. */
export async function startReplica(env: Readonly<Record<string, string>>, overrides: Overrides = {}): Promise<Replica> {
  const logs: { level: number; msg: string }[] = [];
  const log = pino({ level: 'info' }, { write: (line) => void logs.push(JSON.parse(line) as (typeof logs)[0]) });
  const app = await createApp(
    { ...loadConfig('serve', [], env), credentials: { accessKeyId: 'sandbox', secretAccessKey: 'sandbox' } },
    { log, schema: sharedSchema(), redisTimeoutMs: BUSY_MS, ...overrides },
  );
  return {
    app,
    logs,
    async query(query, variables = {}, headers = {}) {
      const response = await app.fetch(
        new Request('http://127.0.0.1/graphql', {
          method: 'POST',
          headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
          body: JSON.stringify({ query, variables }),
        }),
      );
      return (await response.json()) as never;
    },
    metric: async (name) => (await readValues(app, [name]))[0] ?? Number.NaN,
  };
}
