import { GraphQLError, type GraphQLSchema, getIntrospectionQuery, isObjectType } from 'graphql';
import { afterAll, describe, expect, it } from 'vitest';
import { encodeNodeId } from '../../src/schema/core/node-id.ts';
import { createSchema } from '../../src/schema/index.ts';
import { type GraphEngines, startGraphEngines } from './support/graph-engines.ts';
import { wholeSelection } from './support/whole-selection.ts';

const BASE = 'arn:aws:ecs:eu-west-1:123456789012';
const clusterId = encodeNodeId({ type: 'Cluster', parts: [`${BASE}:cluster/storefront`] });
const goneId = encodeNodeId({ type: 'Cluster', parts: [`${BASE}:cluster/gone`] });

interface Case {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  /** The required content of the result, so that a case cannot come to nothing. */
  readonly has: string | RegExp;
}

const NODE = `id ... on Cluster { clusterName } ... on Service { serviceName ...Links } ... on Task { lastStatus }`;
const LINKS = 'fragment Links on Service { cluster { clusterName } taskDefinition { family } }';

const READS: Readonly<Record<string, Case>> = {
  introspection: { query: getIntrospectionQuery({ inputValueDeprecation: true }), has: '"UNRECOGNIZED"' },
  'nodes of several types, gone and bad ids among them': {
    query: `query ($ids: [ID!]!, $id: ID!) { nodes(ids: $ids) { __typename ${NODE} } node(id: $id) { ${NODE} } } ${LINKS}`,
    variables: { ids: [clusterId, goneId, 'nonsense', clusterId], id: 'nonsense' },
    has: /"errors": \[\n/,
  },
  'aliases, and fields that merge': {
    query: `{ clusters { nodes { a: clusterName b: clusterName services { nodes { serviceName } } }
      nodes { b: clusterName status services { nodes { serviceName toString: status } pageInfo { hasNextPage } } } } }`,
    has: '"toString"',
  },
  'what variables skip and include': {
    query: `query ($yes: Boolean!, $no: Boolean = false) { clusters { nodes { clusterName status @include(if: $yes)
      ... @skip(if: $no) { activeServicesCount } ...F @include(if: $no) } } } fragment F on Cluster { id }`,
    variables: { yes: false },
    has: '"activeServicesCount"',
  },
  'what other variables skip and include': {
    query: `query ($yes: Boolean!, $no: Boolean = false) { clusters { nodes { clusterName status @include(if: $yes)
      ... @skip(if: $no) { activeServicesCount } ...F @include(if: $no) } } } fragment F on Cluster { id }`,
    variables: { yes: true, no: true },
    has: '"id"',
  },
  'not-null positions below failures': {
    query:
      '{ a: cluster(cluster: "no such") { clusterName } b: tasks(clusters: ["!"]) { nodes { taskArn } } c: clusters(first: 0) { nodes { id } } }',
    has: /"errors": \[\n/,
  },
  'an enum that is refused': {
    query:
      'query ($status: DesiredStatusInput) { tasks(clusters: ["storefront"], desiredStatus: $status) { nodes { id } } }',
    variables: { status: 'UNRECOGNIZED' },
    has: 'UNRECOGNIZED',
  },
  'defaults, null and absence': {
    query: `query ($first: Int, $after: String, $cluster: ID = "storefront") {
      a: services(clusters: [$cluster], first: $first, after: $after) { nodes { serviceName } }
      b: services(clusters: [$cluster], first: null, after: null) { nodes { serviceName } }
      c: services(clusters: [$cluster]) { nodes { serviceName } } }`,
    variables: { first: null },
    has: '"serviceName"',
  },
  'variables that do not fit': {
    query:
      'query ($first: Int!, $ids: [ID!]!, $status: DesiredStatusInput) { clusters(first: $first) { nodes { id } } nodes(ids: $ids) { id } tasks(desiredStatus: $status) { nodes { id } } }',
    variables: { first: '1', ids: [null], status: 'SLEEPING' },
    has: 'Int cannot represent non-integer value',
  },
  'a service and all its tasks, deployments and events': {
    query: `{ service(cluster: "storefront", service: "storefront") { serviceName createdAt deployments { status createdAt taskDefinition { family
      containerDefinitions { name image environment { name value } } } } events { message createdAt } tasks { edges { cursor node { lastStatus version
      startedAt containers { name exitCode } containerInstance { ec2InstanceId } } } } } }`,
    has: '"startedAt"',
  },
};

/** Values that today's ECS does not send, and some that nothing should. */
function sendLikeANewerEcs(schema: GraphQLSchema): void {
  const fields = schema.getQueryType()?.getFields() ?? {};
  const [createdAt, taskArn] = [
    new Date(1_760_000_000_123),
    `${BASE}:task/storefront/0123456789abcdef0123456789abcdef`,
  ];
  const progress = schema.getType('DeploymentProgress');
  const { estimate } = isObjectType(progress) ? progress.getFields() : {};
  // The field exposes a property no longer: ours would read that and not ask the resolver.
  if (estimate) Object.assign(estimate, { resolve: () => ({ remainingMs: 90_000 }), extensions: {} });
  if (fields.task) {
    fields.task.resolve = (_source, { task }) => ({
      taskArn: task === 'nameless' ? null : taskArn,
      clusterArn: `${BASE}:cluster/storefront`,
      lastStatus: 'HOVERING',
      desiredStatus: 'RUNNING',
      launchType: 'ORBIT',
      createdAt,
      startedAt: 'yesterday',
      stoppingAt: new Date(Number.NaN),
      stoppedAt: new Date('+020000-01-01T00:00:00Z'),
      version: task === 'wide' ? 2 ** 60 : 12,
      containers: [{ name: 'a', exitCode: 1.5 }, null, { name: {}, lastStatus: true }],
    });
  }
  if (fields.taskDefinition) {
    fields.taskDefinition.resolve = () => ({
      taskDefinitionArn: `${BASE}:task-definition/web:1`,
      revision: 2 ** 31,
      requiresCompatibilities: ['FARGATE', 'ORBIT', 'EC2'],
      containerDefinitions: [{ dockerLabels: { a: 'b' } }, { dockerLabels: { a: 1 } }, { dockerLabels: 'labels' }],
    });
  }
  if (fields.service) {
    const { resolve } = fields.service;
    fields.service.resolve = (source, args, context, info) => {
      if (args.service === 'failing') throw new GraphQLError('failing', { extensions: { code: 'FAILING' } });
      if (args.service !== 'newer') return resolve?.(source, args, context, info);
      const hook = (hookDetails: unknown) => ({ hookDetails, lifecycleStages: ['RECONCILE_SERVICE', 'LAUNCH'] });
      const lifecycleHooks = [hook({ deep: [null, 1] }), hook('text'), hook(undefined)];
      return { serviceArn: `${BASE}:service/storefront/newer`, deploymentConfiguration: { lifecycleHooks } };
    };
  }
}

const TASK =
  'taskArn lastStatus desiredStatus launchType createdAt startedAt stoppingAt stoppedAt version containers { name exitCode lastStatus }';
const NEWER: Readonly<Record<string, Case>> = {
  'values that the schema does not know': {
    query: `{ task(task: "new") { ${TASK} } other: task(task: "wide") { ${TASK} } nameless: task(task: "nameless") { ${TASK} } }`,
    has: /Long needs[\s\S]*HOVERING/,
  },
  'maps and lists of enums': {
    query:
      '{ taskDefinition(taskDefinition: "web") { requiresCompatibilities containerDefinitions { dockerLabels } } other: taskDefinition(taskDefinition: "web") { family revision } }',
    has: /StringMap needs[\s\S]*Int cannot represent[\s\S]*ORBIT/,
  },
  'JSON as it is': {
    query: `{ service(service: "newer") { deploymentConfiguration { lifecycleHooks { hookDetails lifecycleStages } } }
      failing: service(service: "failing") { id } }`,
    has: /"deep": \[[\s\S]*"FAILING"/,
  },
};

const REGISTER = `mutation ($input: RegisterTaskDefinitionInput!) { registerTaskDefinition(input: $input) {
  taskDefinition { family revision containerDefinitions { dockerLabels environment { name } } registeredAt } } }`;
const GATEWAY = `mutation ($input: CreateGatewayInput!) { createGateway(input: $input) { name status } }`;
const gateway = (configuration: object) => ({
  infrastructureRoleArn: 'arn:aws:iam::123456789012:role/r',
  name: 'edge',
  configuration,
});
/** In this order, on a world of its own for each engine. */
const WRITES: Readonly<Record<string, Case>> = {
  'one after the other, whichever fails': {
    query: `mutation { a: createCluster(input: { clusterName: "one" }) { cluster { clusterName status } }
      b: createCluster(input: { clusterName: "no such name" }) { cluster { id } } __typename
      c: createCluster(input: { clusterName: "two", tags: [{ key: "k", value: "v" }] }) { cluster { clusterName tags { key value } } }
      d: deleteCluster(input: { cluster: "one" }) { cluster { status } } }`,
    has: /"INACTIVE"[\s\S]*"errors": \[\n/,
  },
  'a map among the variables': {
    query: REGISTER,
    variables: {
      input: { family: 'new', containerDefinitions: [{ name: 'a', image: 'b', memory: 64, dockerLabels: { x: 'y' } }] },
    },
    has: '"registeredAt": "2026-',
  },
  'a map that is none': {
    query: REGISTER,
    variables: { input: { family: 'new', containerDefinitions: [{ name: 'a', dockerLabels: { x: 1 } }] } },
    has: 'StringMap needs a string',
  },
  'a map among the literals': {
    query: `mutation ($value: String!, $cpu: String = "256") { registerTaskDefinition(input: { family: "literal", cpu: $cpu, memory: null, containerDefinitions: [{ name: "a",
      image: "b", memory: 64, environment: { name: "X", value: $value }, dockerLabels: { x: $value } }] }) { taskDefinition { cpu containerDefinitions { dockerLabels environment { name } } } } }`,
    variables: { value: 'y' },
    has: '"dockerLabels"',
  },
  '@oneOf with one': {
    query: GATEWAY,
    variables: { input: gateway({ hostSharedAlb: { port: 443, protocol: 'HTTPS' } }) },
    has: '"name": "edge"',
  },
  '@oneOf with none': { query: GATEWAY, variables: { input: gateway({}) }, has: 'Exactly one key must be specified' },
  '@oneOf with null': {
    query: GATEWAY,
    variables: { input: gateway({ hostSharedAlb: null }) },
    has: 'must be non-null',
  },
  'a service that scales': {
    query: `mutation ($input: UpdateServiceInput!) { updateService(input: $input) { service { desiredCount deployments { desiredCount updatedAt } } } }`,
    variables: { input: { cluster: 'storefront', service: 'storefront', desiredCount: 3 } },
    has: '"desiredCount": 3',
  },
};

const EVENTS: Readonly<Record<string, Case>> = {
  'of a service': {
    query: `subscription ($service: ID!) { serviceEvents(cluster: "storefront", service: $service, recent: 3) {
      __typename type sequence observedAt summary events { eventId createdAt message } } }`,
    variables: { service: 'storefront' },
    has: '"sequence"',
  },
  'of a deployment, with links': {
    query: `subscription ($every: Duration) { deploymentProgress(cluster: "default", service: "reports", minInterval: $every, stallAfter: "PT9M") { type observedAt summary outcome
      progress { percent estimate { remaining } service { serviceName tasks(first: 2) { nodes { lastStatus } } }
        taskDefinition { family } } } }`,
    variables: { every: 'PT5S' },
    has: '"remaining": "PT1M30S"',
  },
  'whose variables do not fit': {
    query: 'subscription ($every: Duration) { clusterEvents(minInterval: $every) { type } }',
    variables: { every: 'soon' },
    has: 'Duration needs',
  },
  'of what is not there': {
    query: 'subscription { serviceEvents(cluster: "no such", service: "x") { type } }',
    has: /"errors": \[\n/,
  },
};

const schema = createSchema();
sendLikeANewerEcs(schema);

describe('the graph, executed by ours and by graphql-js', async () => {
  const engines = await startGraphEngines(schema);
  afterAll(() => engines[Symbol.asyncDispose]());

  const same = async ({ query, variables, has }: Case) => {
    const expected = await engines.run('graphql-js', query, variables);
    expect(await engines.run('ours', query, variables)).toBe(expected);
    expect(expected).toMatch(has);
  };

  for (const [name, read] of Object.entries(READS)) it(`answers the same: ${name}`, () => same(read));

  it('answers the same: everything that can be selected without an argument', () =>
    same({ query: wholeSelection(schema, 2), has: '"containerDefinitions"' }));

  it('costs no more calls in however many turns, though all that is asked for together comes apart', async () => {
    const query = `{ clusters { nodes { clusterName services { nodes { serviceName events { message } deployments { deploymentId }
      taskDefinition { family containerDefinitions { name } } taskSets { taskSetId } recentDeployments: serviceDeployments { nodes { status } }
      tasks { nodes { taskArn containers { name } attachments { type } isProtected: protection { protectionEnabled }
        containerInstance { ec2InstanceId cluster { clusterName } } taskDefinition { revision } cluster { status } } } } } } } }`;
    const expected = await engines.run('graphql-js', query);
    const calls = engines.calls();
    expect(expected.split('"taskArn"').length).toBeGreaterThan(20);
    expect(await engines.run('in turns', query)).toBe(expected);
    const inTurns = engines.calls();
    expect(Object.keys(inTurns).sort()).toEqual(Object.keys(calls).sort());
    // Fewer may do: tasks of several clusters come at different times, and whether their clusters are still asked for in one call is theirs.
    for (const [operation, count] of Object.entries(inTurns)) {
      expect(count, operation).toBeLessThanOrEqual(calls[operation] ?? 0);
    }
  });

  for (const [name, read] of Object.entries(NEWER)) it(`answers the same: ${name}`, () => same(read));
  for (const [name, event] of Object.entries(EVENTS)) it(`answers the same to an event: ${name}`, () => same(event));
});

describe('writes, executed by ours and by graphql-js', async () => {
  const worlds: readonly GraphEngines[] = await Promise.all([startGraphEngines(schema), startGraphEngines(schema)]);
  afterAll(() => Promise.all(worlds.map((world) => world[Symbol.asyncDispose]())));

  for (const [name, { query, variables, has }] of Object.entries(WRITES)) {
    it(`answer the same: ${name}`, async () => {
      const [theirs, ours] = worlds;
      const expected = await theirs?.run('graphql-js', query, variables);
      expect(await ours?.run('ours', query, variables)).toBe(expected);
      expect(expected).toMatch(has);
    });
  }
});
