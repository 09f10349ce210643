import { createSourceEventStream, type ExecutionResult, execute, type GraphQLSchema, parse, validate } from 'graphql';
import { pino } from 'pino';
import { Describer } from '../../../src/ecs/batching/describe-batcher.ts';
import { ChangeTurns } from '../../../src/ecs/consistency/change-turns.ts';
import { EcsMemory } from '../../../src/ecs/consistency/read-cache.ts';
import { realTimers } from '../../../src/ecs/core/timers.ts';
import { ServerClock } from '../../../src/ecs/sdk/aws-clock.ts';
import { Upstream } from '../../../src/ecs/sdk/upstream.ts';
import { createExecute } from '../../../src/execution/execute.ts';
import { createLiveHub } from '../../../src/live/core/create-hub.ts';
import { FleetLooks } from '../../../src/live/core/fleet-looks.ts';
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.ts';
import { createContext, type GraphContext, type GraphServices } from '../../../src/schema/core/context.ts';
import { singleScope } from '../../../src/schema/core/scopes.ts';
import { ALL_KINDS } from '../../../src/schema/core/secrets.ts';
import { SERVER } from '../../support/gateway/server-info.ts';
import { createKeyedWrites } from '../../support/operations/keyed-writes.ts';
import { ENDLESS, shortTurns, textOf } from './compare.ts';

/** `in turns` is ours where no turn of the event loop lasts. */
export type EngineName = 'graphql-js' | 'ours' | 'in turns';

/** The graph over a demo world in which time stands still, executed by either engine. */
export interface GraphEngines extends AsyncDisposable {
  readonly sandbox: Sandbox;
  /** The result as text, what was not recognised included. Of a subscription: of its first event. */
  run(engine: EngineName, query: string, variables?: Readonly<Record<string, unknown>>): Promise<string>;
  /** The ECS calls of the latest query. */
  readonly calls: () => Readonly<Record<string, number>>;
}

export async function startGraphEngines(schema: GraphQLSchema): Promise<GraphEngines> {
  const sandbox = await startSandbox({ seed: 'demo', speed: 0, start: new Date('2026-03-01T12:00:00Z') });
  const log = pino({ level: 'silent' });
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const times = { attemptTimeoutMs: 60_000, connectTimeoutMs: 10_000, maxAttempts: 1 };
  const upstream = await Upstream.create({ region: 'eu-west-1', endpoint: sandbox.url, credentials, ...times }, log, {
    // Nothing may depend on how long an answer took.
    clock: new ServerClock(() => 0),
  });
  const describer = new Describer(upstream, new EcsMemory({ ttlMs: 0 }));
  const live = createLiveHub({ upstream, describer });
  const scope = { upstream, describer, live, fleet: new FleetLooks({ upstream, describer, ttlMs: 0 }) };
  const services: GraphServices = {
    ...scope,
    scopes: singleScope(scope),
    keyedWrites: createKeyedWrites(),
    changeTurns: new ChangeTurns(realTimers(), 60_000),
    readDeadlineMs: 60_000,
    writeDeadlineMs: 60_000,
    exposedSecrets: new Set(ALL_KINDS),
    maxClusters: 100,
    server: SERVER,
  };
  const ours = createExecute(schema, ENDLESS);
  const inTurns = createExecute(schema, shortTurns());
  let calls: Readonly<Record<string, number>> = {};
  const engines = {
    'graphql-js': (args: Parameters<typeof ours>[0]) => execute({ schema, ...args }),
    ours,
    'in turns': (args: Parameters<typeof ours>[0]) => {
      const { ecs } = args.contextValue as GraphContext;
      return inTurns({ ...args, hold: () => ecs.hold() });
    },
  };
  const documents = new Map<string, ReturnType<typeof parse>>();

  async function run(engine: EngineName, query: string, variableValues: Readonly<Record<string, unknown>> = {}) {
    const document = documents.get(query) ?? parse(query);
    documents.set(query, document);
    const [problem] = validate(schema, document);
    if (problem) throw problem;
    const controller = new AbortController();
    const contextOf = (): GraphContext =>
      createContext({ requestId: 'test', principal: { name: 'test' }, signal: controller.signal, log }, services);
    const executeWith = async (rootValue?: unknown) => {
      const contextValue = contextOf();
      const result = await engines[engine]({ document, contextValue, variableValues, rootValue });
      calls = contextValue.ecs.cost().byOperation;
      return textOf(result) + JSON.stringify(contextValue.unrecognizedValues);
    };
    if (!query.trimStart().startsWith('subscription')) return executeWith();
    const stream = await createSourceEventStream({ schema, document, contextValue: contextOf(), variableValues });
    if (!(Symbol.asyncIterator in stream)) return textOf(stream as ExecutionResult);
    try {
      for await (const event of stream) return await executeWith(event);
      return 'no event';
    } finally {
      controller.abort();
    }
  }

  return {
    sandbox,
    run,
    calls: () => calls,
    async [Symbol.asyncDispose]() {
      services.live.dispose();
      upstream.dispose();
      await sandbox.close();
    },
  };
}
