import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeNodeId } from '../../../src/schema/core/node-id.ts';
import { createFakeWorld, FakeException, type FakeWorld } from '../../support/ecs/fake-ecs.ts';
import { ANSWERS, ARNS } from '../../support/ecs/one-of-each.ts';

type Kind = keyof typeof ARNS;

const KINDS = Object.keys(ARNS) as Kind[];
const TAGS = [{ key: 'team', value: 'shop' }];

/** Members that the Describe call of a kind adds to its item only on request: include -> member -> value. */
const ON_REQUEST: Partial<Record<Kind, Readonly<Record<string, Readonly<Record<string, unknown>>>>>> = {
  Cluster: {
    TAGS: { tags: TAGS },
    SETTINGS: { settings: [{ name: 'containerInsights', value: 'enabled' }] },
    STATISTICS: { statistics: [{ name: 'runningTasksCount', value: '1' }] },
    CONFIGURATIONS: { configuration: { executeCommandConfiguration: { logging: 'NONE' } } },
    ATTACHMENTS: { attachmentsStatus: 'UPDATE_COMPLETE' },
  },
  Service: { TAGS: { tags: TAGS } },
  Task: { TAGS: { tags: TAGS } },
  ContainerInstance: {
    TAGS: { tags: TAGS },
    CONTAINER_INSTANCE_HEALTH: { healthStatus: { overallStatus: 'OK' } },
  },
  CapacityProvider: { TAGS: { tags: TAGS } },
  TaskSet: { TAGS: { tags: TAGS } },
  ExpressGatewayService: { TAGS: { tags: TAGS } },
};

/** Fields that need a Describe call, and those that need an include. */
const FIELDS: Record<Kind, string> = {
  Cluster: `settings { name value } tags { key } statistics { name } attachmentsStatus capacityProviderNames
    configuration { executeCommandConfiguration { logging } }`,
  Service: 'tags { key } resourceManagementType currentServiceDeploymentArn',
  Task: 'tags { key } group containers { name }',
  ContainerInstance: 'tags { key } health { overallStatus } version',
  TaskDefinition: 'tags { key } containerDefinitions { name }',
  CapacityProvider: 'tags { key } name',
  ServiceDeployment: 'createdAt',
  ServiceRevision: 'taskDefinitionArn',
  TaskSet: 'tags { key } serviceArn',
  Daemon: 'createdAt deploymentArn',
  DaemonDeployment: 'deploymentStatus: status',
  DaemonRevision: 'daemonTaskDefinitionArn',
  DaemonTaskDefinition: 'family',
  ExpressGatewayService: 'tags { key } serviceName',
  Gateway: 'name gatewayStatus: status',
  GatewayRoute: 'serviceUrl',
};

const OPERATIONS: Readonly<Record<string, { kind: Kind; list: string }>> = {
  DescribeClusters: { kind: 'Cluster', list: 'clusters' },
  DescribeServices: { kind: 'Service', list: 'services' },
  DescribeTasks: { kind: 'Task', list: 'tasks' },
  DescribeContainerInstances: { kind: 'ContainerInstance', list: 'containerInstances' },
  DescribeCapacityProviders: { kind: 'CapacityProvider', list: 'capacityProviders' },
  DescribeTaskSets: { kind: 'TaskSet', list: 'taskSets' },
  DescribeExpressGatewayService: { kind: 'ExpressGatewayService', list: 'service' },
};

/** One thing of each kind, of an ECS that sends members on request only. */
function answer(operation: string, input: Readonly<Record<string, unknown>>): object {
  const output = ANSWERS[operation]?.(input) ?? {};
  const include = (input.include ?? []) as string[];
  if (operation === 'DescribeTaskDefinition') return include.includes('TAGS') ? { ...output, tags: TAGS } : output;
  const { kind, list } = OPERATIONS[operation] ?? {};
  if (kind === undefined || list === undefined) return output;
  const more = Object.assign({}, ...include.map((part) => ON_REQUEST[kind]?.[part]));
  const items = (output as Record<string, object | object[]>)[list] ?? [];
  const complete = Array.isArray(items) ? items.map((item) => ({ ...item, ...more })) : { ...items, ...more };
  return { ...output, [list]: complete };
}

const query = `query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id ${KINDS.map((kind) => `... on ${kind} { ${FIELDS[kind]} }`).join(' ')} } }`;

interface Nodes {
  readonly nodes: readonly { readonly __typename: Kind; readonly id: string }[];
}

describe('nodes of several types', () => {
  let world: FakeWorld;
  const ids = new Map<Kind, string>();
  const alone = new Map<Kind, object | undefined>();

  const nodes = async (kinds: readonly Kind[]) => {
    const { data, errors } = await world.query<Nodes>(query, { ids: kinds.map((kind) => ids.get(kind)) });
    expect(errors).toBeUndefined();
    return data?.nodes ?? [];
  };

  beforeAll(async () => {
    world = await createFakeWorld(answer);
    for (const kind of KINDS) ids.set(kind, encodeNodeId({ type: kind, parts: [ARNS[kind]] }));
    for (const kind of KINDS) alone.set(kind, (await nodes([kind]))[0]);
  });
  afterAll(() => world[Symbol.asyncDispose]());

  it('read each type whole when it is alone', () => {
    for (const kind of KINDS) {
      expect(alone.get(kind), kind).toMatchObject({ __typename: kind, id: ids.get(kind) });
      const empty = Object.entries(alone.get(kind) ?? {}).filter(([, value]) => value === null || String(value) === '');
      expect(empty, kind).toEqual([]);
    }
  });

  it.each(KINDS)('read %s as it reads alone, before and behind each other type', async (kind) => {
    for (const other of KINDS) {
      if (other === kind) continue;
      expect(await nodes([kind, other]), `${kind}, ${other}`).toEqual([alone.get(kind), alone.get(other)]);
    }
  });

  it('read all types together, in either order', async () => {
    expect(await nodes(KINDS)).toEqual(KINDS.map((kind) => alone.get(kind)));
    const reversed = KINDS.toReversed();
    expect(await nodes(reversed)).toEqual(reversed.map((kind) => alone.get(kind)));
  });
});

describe('a field that needs less than another of the same thing', () => {
  it.each([
    [
      'behind',
      'more: service(cluster: "prod", service: "web") { tags { key } } less: service(cluster: "prod", service: "web") { status }',
    ],
    [
      'before',
      'less: service(cluster: "prod", service: "web") { status } more: service(cluster: "prod", service: "web") { tags { key } }',
    ],
  ])('stands %s one whose include is refused', async (_place, fields) => {
    await using fake = await createFakeWorld((operation, input) => {
      if (((input.include ?? []) as string[]).includes('TAGS')) throw new FakeException('AccessDeniedException');
      return answer(operation, input);
    });
    const { data, errors } = await fake.query(`{ ${fields} }`);
    expect(data).toEqual({ more: null, less: { status: 'ACTIVE' } });
    expect(errors).toEqual([expect.objectContaining({ path: ['more'] })]);
  });
});
