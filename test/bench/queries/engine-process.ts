import { createHash } from 'node:crypto';
import { buildSchema, execute, type GraphQLEnumType, type GraphQLScalarType, type GraphQLSchema, parse } from 'graphql';
import { compileQuery, isCompiledQuery } from 'graphql-jit';
import { pino } from 'pino';
import { loadConfig } from '../../../src/config/index.ts';
import { createExecute } from '../../../src/execution/execute.ts';
import { createPrepare } from '../../../src/pipeline/admission/prepare-document.ts';
import { createInFlight } from '../../../src/pipeline/core/in-flight.ts';
import { createOperations } from '../../../src/pipeline/run-operation.ts';
import type { GraphContext } from '../../../src/schema/core/context.ts';
import { createSchema } from '../../../src/schema/index.ts';
import { createTurns } from '../../../src/turns/turns.ts';
import { measure } from '../harness/measure.ts';
import { OUR_TREE, PEER_TREE } from '../harness/peers.ts';

/** Parameters of an engine's process. */
export interface EngineRequest {
  readonly tree: 'plain' | 'graph';
  readonly engine: string;
}

/** CPU ms of executing the tree, and of writing the answer. */
export interface EngineResult {
  readonly cpuMs: number;
  readonly stringifyMs: number;
  /** The same for answers that are the same. */
  readonly answer: string;
}

const WARM_UPS = 8;

const many = <T>(count: number, item: T): T[] => Array.from({ length: count }, () => ({ ...item }));
const date = new Date(1_760_000_000_000);
const text = 'arn:aws:ecs:eu-west-1:123456789012:task/prod/0123456789abcdef';
const task = {
  ...Object.fromEntries(PEER_TREE.match(/\w+/g)?.map((name) => [name, text]) ?? []),
  lastStatus: 'RUNNING',
  desiredStatus: 'RUNNING',
  healthStatus: 'HEALTHY',
  launchType: 'FARGATE',
  connectivity: 'CONNECTED',
  createdAt: date,
  startedAt: date,
};
const service = { serviceName: 'web', status: 'ACTIVE', runningCount: 10 };
const cluster = { clusterName: 'prod', status: 'ACTIVE' };

type Run = () => unknown;

/** Plain types over plain objects, which the engines accept directly. */
function plainTree(): Record<string, Run> {
  const schema = buildSchema(`
    scalar DateTime
    enum Status { RUNNING STOPPED }
    type Query { clusters: [Cluster!] }
    type Cluster { clusterName: String status: String services: [Service!] }
    type Service { serviceName: String status: String runningCount: Int tasks: [Task!] }
    type Task {
      taskArn: String! clusterArn: String taskDefinitionArn: String group: String lastStatus: Status desiredStatus: Status
      healthStatus: String launchType: String platformVersion: String connectivity: String availabilityZone: String
      cpu: String memory: String createdAt: DateTime startedAt: DateTime
    }`);
  // The graph's own way of writing dates, for all three.
  const { serialize } = createSchema().getType('DateTime') as GraphQLScalarType;
  (schema.getType('DateTime') as GraphQLScalarType).serialize = serialize;
  const status = (schema.getType('Status') as GraphQLEnumType).getValue('RUNNING')?.value as string;
  const tasks = many(10, { ...task, lastStatus: status, desiredStatus: status });
  const services = many(50, { ...service, tasks });
  const rootValue = { clusters: many(20, { ...cluster, services }) };
  const document = parse(PEER_TREE);
  const ours = createExecute(schema);
  const jit = compiled(schema, PEER_TREE);
  return {
    'graphql-js': () => execute({ schema, document, rootValue }),
    'graphql-jit': () => jit(rootValue, undefined),
    ours: () => ours({ document, rootValue }),
  };
}

/** The gateway's own graph with its resolvers, but for the three that would ask ECS. */
function graphTree(): Record<string, Run> {
  const schema = createSchema();
  const connection = (nodes: object[]) => {
    const pageInfo = { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null };
    return { nodes, edges: [], pageInfo };
  };
  const give = (type: string, field: string, nodes: object[]) => {
    const page = connection(nodes);
    const fields = (schema.getType(type) as ReturnType<GraphQLSchema['getQueryType']>)?.getFields();
    if (fields?.[field]) fields[field].resolve = async () => page;
  };
  give('Query', 'clusters', many(20, cluster));
  give('Cluster', 'services', many(50, service));
  give('Service', 'tasks', many(10, task));
  const document = parse(OUR_TREE);
  const contextValue = { unrecognized: () => undefined } as unknown as GraphContext;
  const jit = compiled(schema, OUR_TREE);
  const config = { ...loadConfig('serve', [], {}), maxCost: 0, maxObjects: 0 };
  const turns = createTurns();
  const prepare = createPrepare(schema, config);
  const operations = createOperations({
    schema,
    settings: config,
    inFlight: createInFlight(),
    writing: { turns },
    log: pino({ level: 'silent' }),
    createContext: () => contextValue,
    extensionsOf: () => undefined,
  });
  const signal = new AbortController().signal;
  const caller = { requestId: 'bench', principal: { name: 'bench' }, signal, transport: 'http' as const };
  return {
    'graphql-js': () => execute({ schema, document, contextValue }),
    'graphql-jit': () => jit(undefined, contextValue),
    ours: () => {
      const prepared = prepare(OUR_TREE);
      if (!prepared.document || prepared.errors.length > 0) throw new Error('a tree that is refused');
      return operations.execute({ document: prepared.document }, caller);
    },
  };
}

function compiled(schema: GraphQLSchema, query: string): (rootValue: unknown, contextValue: unknown) => unknown {
  const result = compileQuery(schema, parse(query));
  if (!isCompiledQuery(result)) throw new Error('graphql-jit cannot compile the query');
  return (rootValue, contextValue) => result.query(rootValue, contextValue, {});
}

const { tree, engine } = JSON.parse(process.argv[2] ?? '{}') as EngineRequest;
const run = (tree === 'plain' ? plainTree() : graphTree())[engine];
if (run === undefined) throw new Error(`no engine ${engine}`);

async function once(execute: Run): Promise<EngineResult> {
  let result: unknown;
  let text = '';
  const { cpuMs } = await measure(async () => {
    result = await execute();
  });
  const { cpuMs: stringifyMs } = await measure(async () => {
    text = JSON.stringify(result);
  });
  return { cpuMs, stringifyMs, answer: createHash('sha256').update(text).digest('hex') };
}

process.on('message', async () => process.send?.(await once(run)));
process.on('disconnect', () => process.exit(0));
for (let round = 0; round < WARM_UPS; round += 1) await once(run);
process.send?.('ready');
