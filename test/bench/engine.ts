import { buildSchema, execute, type GraphQLEnumType, type GraphQLScalarType, parse } from 'graphql';
import { compileQuery, isCompiledQuery } from 'graphql-jit';
import { createSchema } from '../../src/schema/index.ts';
import { measure, median, round, table } from './measure.ts';
import { PEER_TREE } from './peers.ts';

const ROUNDS = 9;

/** The tree in memory, no ECS: what executing the selection costs by itself. */
function treeInMemory() {
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
  (schema.getType('DateTime') as GraphQLScalarType).serialize = (value) => (value as Date).toISOString();
  const status = schema.getType('Status') as GraphQLEnumType;
  const date = new Date(1_760_000_000_000);
  const text = 'arn:aws:ecs:eu-west-1:123456789012:task/prod/0123456789abcdef';
  const task = {
    ...Object.fromEntries(PEER_TREE.match(/\w+/g)?.map((name) => [name, text]) ?? []),
    lastStatus: status.getValue('RUNNING')?.value as string,
    desiredStatus: 'RUNNING',
    createdAt: date,
    startedAt: date,
  };
  const many = <T>(count: number, item: T): T[] => Array.from({ length: count }, () => ({ ...item }));
  const service = { serviceName: 'web', status: 'ACTIVE', runningCount: 10, tasks: many(10, task) };
  const rootValue = { clusters: many(20, { clusterName: 'prod', status: 'ACTIVE', services: many(50, service) }) };
  return { schema, rootValue, document: parse(PEER_TREE) };
}

export async function engineTable(): Promise<string> {
  const { schema, rootValue, document } = treeInMemory();
  const compiled = compileQuery(schema, document);
  if (!isCompiledQuery(compiled)) throw new Error('graphql-jit cannot compile the query');
  const engines = {
    'graphql-js': () => execute({ schema, document, rootValue }),
    'graphql-jit': () => compiled.query(rootValue, undefined, {}),
  };
  const times = new Map<string, number[]>();
  for (let index = 0; index < ROUNDS; index += 1) {
    for (const [name, run] of Object.entries(engines)) {
      const { cpuMs } = await measure(async () => run());
      if (index > 1) times.set(name, [...(times.get(name) ?? []), cpuMs]);
    }
  }
  const base = median(times.get('graphql-js') ?? []);
  return table(
    ['Executing 10,000 tasks x 15 fields', 'CPU ms', 'to graphql-js'],
    [...times].map(([name, all]) => [name, round(median(all), 1), `${round(median(all) / base, 2)}x`]),
  );
}

/** How long the schema takes to build, and how large it is. */
export async function schemaTable(): Promise<string> {
  const times: number[] = [];
  let schema = createSchema();
  for (let index = 0; index < 5; index += 1) {
    const { wallMs } = await measure(async () => {
      schema = createSchema();
    });
    times.push(wallMs);
  }
  const types = Object.keys(schema.getTypeMap()).filter((name) => !name.startsWith('__')).length;
  const fieldsOf = (name: 'getQueryType' | 'getMutationType' | 'getSubscriptionType') =>
    Object.keys(schema[name]()?.getFields() ?? {}).length;
  return table(
    ['Schema', 'types', 'queries', 'mutations', 'subscriptions', 'build ms (warm)'],
    [
      [
        '',
        types,
        fieldsOf('getQueryType'),
        fieldsOf('getMutationType'),
        fieldsOf('getSubscriptionType'),
        round(median(times)),
      ],
    ],
  );
}
