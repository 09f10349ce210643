import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { createApp, type Overrides } from '../../../src/app.ts';
import { loadConfig } from '../../../src/config/index.ts';
import { sharedSchema } from '../gateway/shared-schema.ts';
import type { Answer } from '../gateway/world.ts';

export interface FakeCall {
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** An exception of ECS: thrown by `answer`, it travels as AWS sends it. */
export class FakeException extends Error {
  readonly type: string;

  constructor(type: string, message = type) {
    super(message);
    this.type = type;
  }
}

/** The page that a web framework shows instead of an answer, as emulators do for an operation that they lack. */
export class FakePage extends Error {}

/** A gateway in front of an ECS that answers what the test says, for what the sandbox does not simulate. */
export interface FakeWorld extends AsyncDisposable {
  readonly calls: FakeCall[];
  /** How often each operation was called since the last query. */
  counts(): Readonly<Record<string, number>>;
  query<Data = Record<string, never>>(query: string, variables?: Record<string, unknown>): Promise<Answer<Data>>;
  /** The text of /metrics. */
  metrics(): Promise<string>;
}

/**
 * Starts it. `answer` gets the input as it came over the wire, and gives the output as it goes (times in epoch seconds).
 * @param settings by the names of environment variables
 */
export async function createFakeWorld(
  answer: (operation: string, input: Readonly<Record<string, unknown>>) => object | Promise<object>,
  settings: Readonly<Record<string, string>> = {},
  overrides: Pick<Overrides, 'timers'> = {},
): Promise<FakeWorld> {
  const calls: FakeCall[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    // There is no STS here.
    if (request.headers['x-amz-target'] === undefined) {
      response.writeHead(404).end();
      return;
    }
    const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
    const input = JSON.parse(Buffer.concat(chunks).toString() || '{}') as Record<string, unknown>;
    calls.push({ operation, input });
    let status = 200;
    let body: object;
    try {
      body = await answer(operation, input);
    } catch (error) {
      if (error instanceof FakePage) {
        response.writeHead(500, { 'content-type': 'text/html' }).end('<h1>Internal Server Error</h1>');
        return;
      }
      if (!(error instanceof FakeException)) throw error;
      status = 400;
      body = { __type: error.type, message: error.message };
    }
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const config = loadConfig('serve', [], {
    AWS_REGION: 'eu-west-1',
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    PORT: '0',
    MEMORY_TTL: '0',
    // How long a batch waits must not depend on how busy the machine is: calls are counted.
    BATCH_WINDOW: '60s',
    RATE_SHARE: '0',
    MAX_COST: '0',
    ...settings,
  });
  const app = await createApp(
    { ...config, credentials: { accessKeyId: 'fake', secretAccessKey: 'fake' } },
    { log: pino({ level: 'silent' }), schema: sharedSchema(), ...overrides },
  );
  return {
    calls,
    counts() {
      const counts: Record<string, number> = {};
      for (const { operation } of calls) counts[operation] = (counts[operation] ?? 0) + 1;
      return counts;
    },
    async query(query, variables = {}) {
      calls.length = 0;
      const response = await app.fetch(
        new Request('http://127.0.0.1/graphql', {
          method: 'POST',
          headers: { 'content-type': 'application/json', accept: 'application/json' },
          body: JSON.stringify({ query, variables }),
        }),
      );
      return (await response.json()) as never;
    },
    metrics: async () => (await app.fetch(new Request('http://127.0.0.1/metrics'))).text(),
    async [Symbol.asyncDispose]() {
      await app.dispose();
      server.closeAllConnections();
      server.close();
    },
  };
}
