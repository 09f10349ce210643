import { pino } from 'pino';
import { type App, createApp, type Overrides } from '../../../src/app.ts';
import { type Config, loadConfig } from '../../../src/config/index.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../../src/sandbox/index.ts';
import { planted } from '../ecs/planted.ts';
import { sharedSchema } from './shared-schema.ts';

/** A GraphQL answer as a client reads it. */
export interface Answer<Data> {
  readonly data?: Data | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: readonly (string | number)[];
    readonly extensions: Readonly<Record<string, unknown>>;
  }[];
  readonly extensions?: {
    readonly ecs: {
      readonly calls: number;
      readonly byOperation: Readonly<Record<string, number>>;
      readonly byScope?: Readonly<Record<string, number>>;
    };
  } & Readonly<Record<string, unknown>>;
}

/** A sandbox and a gateway in front of it, with time standing still. */
export interface World {
  readonly sandbox: Sandbox;
  readonly app: App;
  /** Runs an operation as a client would, over HTTP semantics but without a socket. */
  query<Data = Record<string, never>>(query: string, variables?: Record<string, unknown>): Promise<Answer<Data>>;
  /** As `query`, with the calls that the sandbox has counted meanwhile. */
  count<Data = Record<string, never>>(
    query: string,
    variables?: Record<string, unknown>,
  ): Promise<Answer<Data> & { readonly calls: Readonly<Record<string, number>> }>;
  /** The data of an operation that must succeed. */
  data<Data>(query: string, variables?: Record<string, unknown>): Promise<Data>;
  /** Ends the gateway in order; after `away` another is in its place, which listens on the same port. */
  restart(port: number, away?: () => Promise<void>, settings?: Partial<Config>): Promise<void>;
  dispose(): Promise<void>;
}

const REGION = 'eu-west-1';

/** Starts a world; the test disposes of it. Settings are as on the command line, e.g. `MAX_COST: '0'`. */
export async function createWorld(
  options: SandboxOptions = {},
  settings: Readonly<Record<string, string>> = {},
  overrides: Overrides = {},
): Promise<World> {
  const sandbox = await startSandbox(await planted({ speed: 0, seed: 'demo', ...options }));
  const config = loadConfig('serve', [], {
    AWS_REGION: REGION,
    AWS_ENDPOINT_URL: sandbox.url,
    PORT: '0',
    // The sandbox's time stands still or jumps, so nothing may be kept or paced by the machine's.
    MEMORY_TTL: '0',
    // How long a batch waits must not depend on how busy the machine is: calls are counted.
    BATCH_WINDOW: '60s',
    RATE_SHARE: '0',
    LIVE_CONFIRM_AFTER: '0',
    // A busy machine is not a fault: a test that is about deadlines sets its own.
    QUERY_DEADLINE: '60s',
    MUTATION_DEADLINE: '60s',
    ATTEMPT_TIMEOUT: '60s',
    ...settings,
  });
  const start = (more: Partial<typeof config> = {}) =>
    createApp(
      { ...config, credentials: { accessKeyId: 'sandbox', secretAccessKey: 'sandbox' }, ...more },
      { log: pino({ level: 'silent' }), schema: sharedSchema(), ...overrides },
    );
  let app = await start();
  const query: World['query'] = async (text, variables = {}) => {
    const response = await app.fetch(
      new Request('http://127.0.0.1/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json' },
        body: JSON.stringify({ query: text, variables }),
      }),
    );
    return (await response.json()) as never;
  };
  return {
    sandbox,
    get app() {
      return app;
    },
    query,
    async count(text, variables) {
      sandbox.resetCalls();
      const answer = await query(text, variables);
      return { ...answer, calls: { ...sandbox.calls() } } as never;
    },
    async data(text, variables) {
      const { data, errors } = await query(text, variables);
      if (errors !== undefined || data === undefined) throw new Error(`no data: ${JSON.stringify(errors)}`);
      return data as never;
    },
    async restart(port, away, more) {
      await app.dispose();
      await away?.();
      app = await start({ port, ...more });
      await app.listen();
    },
    async dispose() {
      await app.dispose();
      await sandbox.close();
    },
  };
}
