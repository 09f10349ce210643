import type { GraphQLSchema } from 'graphql';
import { pino } from 'pino';
import { type App, createApp } from '../../../src/app.ts';
import { type Config, loadConfig } from '../../../src/config/index.ts';
import type { Assets } from '../../../src/http/static/assets.ts';
import type { Turns } from '../../../src/turns/turns.ts';
import { createTestSchema, type SchemaProbe } from './test-schema.ts';

export interface TestApp extends AsyncDisposable {
  readonly app: App;
  readonly probe: SchemaProbe;
  /** The parsed lines of the log. */
  readonly logs: Record<string, unknown>[];
  /** Posts an operation without a socket. */
  post(body: unknown, headers?: Record<string, string>): Promise<Response>;
  /** Posts a query and reads the answer. */
  query(query: string, variables?: object): Promise<Answer>;
  listen(): Promise<string>;
}

export interface Answer {
  readonly status: number;
  readonly data?: Record<string, unknown> | null;
  readonly errors?: { message: string; path?: unknown; extensions: { code: string; requestId?: string } }[];
}

/** The settings of a gateway on a free port, over an ECS that does not answer. */
export function testConfig(settings: Partial<Config> = {}): Config {
  const config = loadConfig('serve', ['--port', '0', '--shutdown-grace', '2s'], {});
  return { ...config, awsRegion: 'us-east-1', awsEndpointUrl: 'http://127.0.0.1:9', ...settings };
}

/** Starts a gateway with the test schema. It fails to end where an error was logged that `expectErrors` did not announce. */
export async function startTestApp(
  settings: Partial<Config> = {},
  options: {
    expectErrors?: boolean;
    schema?: GraphQLSchema;
    assets?: Assets;
    openAssets?: () => Promise<Assets>;
    turns?: Turns;
  } = {},
): Promise<TestApp> {
  const logs: Record<string, unknown>[] = [];
  const log = pino(
    { level: 'trace', formatters: { level: (level) => ({ level }) } },
    { write: (line) => logs.push(JSON.parse(line)) },
  );
  const { schema, probe } = createTestSchema();
  const app = await createApp(testConfig(settings), {
    log,
    schema: options.schema ?? schema,
    ...(options.turns && { turns: options.turns }),
    ...(options.assets && { openAssets: async () => options.assets }),
    ...(options.openAssets && { openAssets: options.openAssets }),
  });
  const post = (body: unknown, headers: Record<string, string> = {}) =>
    app.fetch(
      new Request('http://localhost/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    );
  return {
    app,
    probe,
    logs,
    post,
    async query(query, variables) {
      const response = await post({ query, variables });
      return { status: response.status, ...((await response.json()) as object) };
    },
    listen: async () => (await app.listen()).url,
    async [Symbol.asyncDispose]() {
      probe.release();
      await app.dispose();
      const errors = logs.filter((line) => line.level === 'error');
      if (!options.expectErrors && errors.length > 0) throw new Error(`unexpected errors: ${JSON.stringify(errors)}`);
    },
  };
}
