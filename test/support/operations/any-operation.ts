import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { GraphQLSchema } from 'graphql';
import { pino } from 'pino';
import { createApp } from '../../../src/app.ts';
import { loadConfig } from '../../../src/config/index.ts';
import type { OperationName } from '../../../src/ecs/core/operations.ts';
import type { WriteOperation } from '../../../src/ecs/outcomes/check.ts';
import { fieldName, payloadTypeName } from '../../../src/schema/sdk-types/type-names.ts';
import { everyOperation, isRead, selectAll } from '../../schema/support/every-operation.ts';
import { inputOf } from '../ecs/lossy-ecs.ts';
import type { Answer } from '../gateway/world.ts';
import { LeapingTimers } from '../time/leaping-timers.ts';

/** A gateway whose graph has one field for each operation of ECS, in front of an ECS that a test holds in its hands. */
export interface AnyOperation extends AsyncDisposable {
  /**
   * Asks for everything that an operation answers, where ECS sends `text` as its answer. Reads that look for the
   * outcome of a write get the empty answer.
   */
  ask(operation: OperationName, text: string): Promise<Answer<unknown>>;
  /** How often the operation reached ECS in the last `ask`. */
  readonly calls: number;
}

let schema: GraphQLSchema | undefined;

/** @param settings by the names of environment variables */
export async function createAnyOperation(settings: Readonly<Record<string, string>> = {}): Promise<AnyOperation> {
  schema ??= everyOperation();
  const graph = schema;
  let asked: OperationName | undefined;
  let text = '{}';
  let calls = 0;
  const server = createServer((request, response) => {
    const isAsked = request.headers['x-amz-target']?.toString().endsWith(`.${asked}`);
    if (isAsked) calls += 1;
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end(isAsked ? text : '{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const off = {
    RATE_SHARE: '0',
    MEMORY_TTL: '0',
    BATCH_WINDOW: '60s',
    MAX_COST: '0',
    MAX_OBJECTS: '0',
    MAX_FIELDS: '0',
    MAX_DEPTH: '0',
  };
  const config = loadConfig('serve', [], {
    AWS_REGION: 'eu-west-1',
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    PORT: '0',
    MAX_TOKENS: '100000',
    MAX_DOCUMENT: '10MB',
    ...off,
    ...settings,
  });
  const credentials = { accessKeyId: 'fake', secretAccessKey: 'fake' };
  const app = await createApp(
    { ...config, credentials },
    { log: pino({ level: 'silent' }), schema: graph, timers: new LeapingTimers() },
  );
  const documents = new Map<OperationName, string>();
  const documentOf = (operation: OperationName) => {
    const field = (isRead(operation) ? graph.getQueryType() : graph.getMutationType())?.getFields()[
      fieldName(operation)
    ];
    const input = isRead(operation) ? inputOf(operation as never, 'x') : { input: {} };
    const args = (field?.args ?? []).filter(({ name }) => name in input);
    const list = (texts: string[]) => (texts.length === 0 ? '' : `(${texts.join(', ')})`);
    const types = list(args.map(({ name, type }) => `$${name}: ${type}`));
    const values = list(args.map(({ name }) => `${name}: $${name}`));
    const selection = selectAll(graph, payloadTypeName(operation));
    return `${isRead(operation) ? 'query' : 'mutation'} ${types} { ${fieldName(operation)}${values}${selection} }`;
  };
  return {
    get calls() {
      return calls;
    },
    async ask(operation, answer) {
      asked = operation;
      text = answer;
      calls = 0;
      const query = documents.get(operation) ?? documentOf(operation);
      documents.set(operation, query);
      const input = inputOf(operation as WriteOperation, 'x');
      const response = await app.fetch(
        new Request('http://127.0.0.1/graphql', {
          method: 'POST',
          headers: { 'content-type': 'application/json', accept: 'application/json' },
          body: JSON.stringify({ query, variables: isRead(operation) ? input : { input } }),
        }),
      );
      return (await response.json()) as never;
    },
    async [Symbol.asyncDispose]() {
      await app.dispose();
      server.closeAllConnections();
      server.close();
    },
  };
}
