import { describe, expect, it } from 'vitest';
import { createFakeWorld, FakeException, type FakeWorld } from '../../support/ecs/fake-ecs.ts';
import { ANSWERS, ARNS } from '../../support/ecs/one-of-each.ts';

type Answers = Readonly<Record<string, (input: Readonly<Record<string, unknown>>) => object>>;

function worldWith(answers: Answers = {}): Promise<FakeWorld> {
  return createFakeWorld((operation, input) => (answers[operation] ?? ANSWERS[operation])?.(input) ?? {});
}

/** Each kind's root look-up. */
const LOOK_UPS: Readonly<Record<Exclude<keyof typeof ARNS, 'TaskSet'>, string>> = {
  Cluster: 'cluster(cluster: "prod")',
  Service: 'service(cluster: "prod", service: "web")',
  Task: `task(task: "${ARNS.Task}")`,
  ContainerInstance: `containerInstance(containerInstance: "${ARNS.ContainerInstance}")`,
  TaskDefinition: 'taskDefinition(taskDefinition: "web:2")',
  CapacityProvider: 'capacityProvider(capacityProvider: "spot")',
  ServiceDeployment: `serviceDeployment(serviceDeploymentArn: "${ARNS.ServiceDeployment}")`,
  ServiceRevision: `serviceRevision(serviceRevisionArn: "${ARNS.ServiceRevision}")`,
  Daemon: `daemon(daemonArn: "${ARNS.Daemon}")`,
  DaemonDeployment: `daemonDeployment(daemonDeploymentArn: "${ARNS.DaemonDeployment}")`,
  DaemonRevision: `daemonRevision(daemonRevisionArn: "${ARNS.DaemonRevision}")`,
  DaemonTaskDefinition: 'daemonTaskDefinition(daemonTaskDefinition: "agent:1")',
  ExpressGatewayService: `expressGatewayService(serviceArn: "${ARNS.ExpressGatewayService}")`,
  Gateway: 'ecsGateway(gateway: "edge")',
  GatewayRoute: `gatewayRoute(gatewayRouteArn: "${ARNS.GatewayRoute}")`,
};

describe('every noun', () => {
  it.each(Object.entries(LOOK_UPS))('%s has an id by which it is found again', async (type, lookUp) => {
    await using world = await worldWith();
    const { data } = await world.query<{ found: { id: string } | [{ id: string }] }>(`{ found: ${lookUp} { id } }`);
    const found = [data?.found].flat()[0];
    const again = await world.query(`query ($id: ID!) { node(id: $id) { __typename id } }`, { id: found?.id });
    expect(again.data).toEqual({ node: { __typename: type, id: found?.id } });
  });

  it.each(Object.entries(LOOK_UPS))('%s that does not exist is null', async (_type, lookUp) => {
    await using world = await createFakeWorld((operation) => {
      if (/Daemon$|Gateway$|GatewayRoute|Express/.test(operation)) throw new FakeException('ResourceNotFoundException');
      if (operation.endsWith('TaskDefinition'))
        throw new FakeException('ClientException', 'Unable to describe task definition.');
      return { failures: [{ reason: 'MISSING' }] };
    });
    expect(await world.query(`{ found: ${lookUp} { id } }`)).toMatchObject({ data: { found: null } });
  });
});

describe('lists that contain more than ARNs', () => {
  it.each([
    ['ecsGateways', 'name status createdAt', 'updatedAt', 'DescribeGateway'],
    ['gatewayRoutes', 'status serviceArn gateway { name }', 'serviceUrl', 'DescribeGatewayRoute'],
    [`daemons(clusters: "${ARNS.Cluster}")`, 'daemonName status updatedAt', 'deploymentArn', 'DescribeDaemon'],
    ['daemonTaskDefinitions', 'family revision status registeredBy', 'cpu', 'DescribeDaemonTaskDefinition'],
    [
      `daemonDeployments(daemonArn: "${ARNS.Daemon}")`,
      'status daemon { daemonName }',
      'alarms { status }',
      'DescribeDaemonDeployments',
    ],
    [
      'serviceDeployments(service: "web")',
      'status createdAt service { serviceName }',
      'updatedAt',
      'DescribeServiceDeployments',
    ],
  ])('%s: describes only for more than %s', async (list, known, more, describe) => {
    await using world = await worldWith();
    expect((await world.query(`{ ${list} { nodes { ${known} } } }`)).errors).toBeUndefined();
    expect(world.calls.map(({ operation }) => operation)).toEqual([expect.stringMatching(/^List/)]);
    expect((await world.query(`{ ${list} { nodes { ${known} ${more} } } }`)).errors).toBeUndefined();
    expect(world.counts()[describe]).toBe(1);
  });

  it.each([
    ['serviceDeployments(service: "gone")', 'ServiceNotFoundException', 'service'],
    ['serviceDeployments(cluster: "gone", service: "web")', 'ClusterNotFoundException', 'cluster'],
    ['taskSets(cluster: "gone", service: "web")', 'ClusterNotFoundException', 'cluster'],
    ['taskSets(service: "gone")', 'ServiceNotFoundException', 'service'],
    [`daemonDeployments(daemonArn: "${ARNS.Daemon}")`, 'DaemonNotFoundException', 'daemonArn'],
    ['gatewayRoutes(gateway: "gone")', 'GatewayNotFoundException', 'gateway'],
    ['capacityProviders(cluster: "gone")', 'ClusterNotFoundException', 'cluster'],
    ['tasks(clusters: "gone")', 'ClusterNotFoundException', 'clusters'],
    ['daemons(clusters: "arn:aws:ecs:eu-west-1:123456789012:cluster/gone")', 'ClusterNotFoundException', 'clusters'],
    ['tasks(clusters: "prod", serviceName: "gone")', 'ServiceNotFoundException', 'serviceName'],
  ])(
    '%s: NOT_FOUND that names the argument, where what it belongs to does not exist',
    async (list, exception, argument) => {
      await using world = await createFakeWorld(() => {
        throw new FakeException(exception);
      });
      expect(await world.query(`{ found: ${list} { nodes { __typename } } }`)).toMatchObject({
        data: { found: null },
        errors: [{ extensions: { code: 'NOT_FOUND', argument } }],
      });
    },
  );

  it('take the filters of ECS, with times as ECS has them', async () => {
    await using world = await worldWith();
    const createdAt = '{ before: "2026-03-01T12:00:00Z" }';
    await world.query(
      `{ service(cluster: "prod", service: "web") { serviceDeployments(status: [SUCCESSFUL, STOPPED], createdAt: ${createdAt}) { nodes { status } } } }`,
    );
    expect(world.calls.at(-1)).toEqual({
      operation: 'ListServiceDeployments',
      input: {
        service: ARNS.Service,
        cluster: 'prod',
        status: ['SUCCESSFUL', 'STOPPED'],
        createdAt: { before: 1_772_366_400 },
        maxResults: 100,
      },
    });
  });
});

describe('lists without a paginator in the SDK', () => {
  const pages = (key: (items: object[]) => object, size: number) => (input: Readonly<Record<string, unknown>>) => {
    const start = Number(input.nextToken ?? 0);
    const items = Array.from({ length: size }, (_, index) => ({
      name: `cp${start + index}`,
      capacityProviderArn: `${ARNS.CapacityProvider}${start + index}`,
      tags: [],
      securityGroup: `sg-${start + index}`,
    }));
    return { ...key(items), nextToken: String(start + size) };
  };

  it('capacity providers go in 10s, with tags only where they are read', async () => {
    await using world = await worldWith({
      DescribeCapacityProviders: pages((capacityProviders) => ({ capacityProviders }), 10),
    });
    type Data = { capacityProviders: { nodes: { name: string }[]; pageInfo: { endCursor: string } } };
    const text = (args: string) =>
      `{ capacityProviders(${args}) { nodes { name tags { key } } pageInfo { endCursor } } }`;
    const first = await world.query<Data>(text('first: 15'));
    expect(first.data?.capacityProviders.nodes).toHaveLength(15);
    expect(world.calls.map(({ input }) => input)).toEqual([
      { include: ['TAGS'], maxResults: 10 },
      { include: ['TAGS'], maxResults: 10, nextToken: '10' },
    ]);
    const next = await world.query<Data>(
      text(`first: 2, after: "${first.data?.capacityProviders.pageInfo.endCursor}"`),
    );
    expect(next.data?.capacityProviders.nodes.map(({ name }) => name)).toEqual(['cp15', 'cp16']);
  });

  it("a gateway's resources go in 20s", async () => {
    await using world = await worldWith({
      DescribeGatewayResources: pages(
        (hostSharedAlb) => ({ gatewayResources: { gatewayArn: ARNS.Gateway, resources: { hostSharedAlb } } }),
        20,
      ),
    });
    const { data } = await world.query<{ ecsGateway: { resources: { nodes: object[] } } }>(
      '{ ecsGateway(gateway: "edge") { resources(first: 30) { nodes { securityGroup } } } }',
    );
    expect(data?.ecsGateway.resources.nodes).toHaveLength(30);
    expect(world.counts()).toEqual({ DescribeGateway: 1, DescribeGatewayResources: 2 });
  });
});

describe('writes', () => {
  it('of tags return the resource and what tags it has now', async () => {
    await using world = await worldWith();
    const { data } = await world.query(
      `mutation { tagResource(input: { resourceArn: "${ARNS.Service}", tags: [{ key: "team", value: "shop" }] }) {
        resource { id ... on Service { serviceName status } } tags { key value }
      } }`,
    );
    expect(data).toMatchObject({
      tagResource: { resource: { serviceName: 'web', status: 'ACTIVE' }, tags: [{ key: 'team', value: 'shop' }] },
    });
    expect(world.counts()).toEqual({ TagResource: 1, DescribeServices: 1, ListTagsForResource: 1 });
  });

  it('of Express services show the target, and describe only what ECS did not return', async () => {
    await using world = await worldWith();
    const update = (fields: string) =>
      `mutation { updateExpressGatewayService(input: { serviceArn: "${ARNS.Service}" }) { service { ${fields} } targetConfiguration { cpu } } }`;
    const { data } = await world.query(update('serviceName status { statusCode } clusterName'));
    expect(data).toEqual({
      updateExpressGatewayService: {
        service: { serviceName: 'web', status: { statusCode: 'ACTIVE' }, clusterName: 'prod' },
        targetConfiguration: { cpu: '256' },
      },
    });
    expect(world.counts()).toEqual({ UpdateExpressGatewayService: 1 });
    await world.query(update('serviceName infrastructureRoleArn'));
    expect(world.counts()).toEqual({ UpdateExpressGatewayService: 1, DescribeExpressGatewayService: 1 });
  });

  it("of a command's session keep its token", async () => {
    await using world = await worldWith({
      ExecuteCommand: () => ({ taskArn: ARNS.Task, session: { sessionId: 's-1', tokenValue: 'secret' } }),
    });
    const { data } = await world.query(
      `mutation { executeCommand(input: { task: "${ARNS.Task}", command: "sh", interactive: true }) {
        session { sessionId tokenValue } task { taskArn }
      } }`,
    );
    expect(data).toEqual({
      executeCommand: { session: { sessionId: 's-1', tokenValue: null }, task: { taskArn: ARNS.Task } },
    });
    expect(world.counts()).toEqual({ ExecuteCommand: 1 });
  });
});

describe('task sets', () => {
  it('are a list with ids by which each is found again', async () => {
    await using world = await worldWith();
    const { data } = await world.query<{ taskSets: { nodes: { id: string }[] } }>(
      `{ taskSets(service: "${ARNS.Service}") { nodes { id } } }`,
    );
    expect(world.calls.at(-1)?.input).toMatchObject({ cluster: 'prod', service: ARNS.Service });
    const again = await world.query('query ($ids: [ID!]!) { nodes(ids: $ids) { __typename } }', {
      ids: data?.taskSets.nodes.map(({ id }) => id),
    });
    expect(again.data).toEqual({ nodes: [{ __typename: 'TaskSet' }] });
  });

  it('come with their service, and their tags from one DescribeTaskSets', async () => {
    await using world = await worldWith({
      DescribeTaskSets: ({ include }) => ({
        taskSets: [
          {
            taskSetArn: ARNS.TaskSet,
            ...((include as string[]).includes('TAGS') && { tags: [{ key: 'color', value: 'blue' }] }),
          },
        ],
      }),
    });
    const { data } = await world.query(
      '{ service(cluster: "prod", service: "web") { taskSets { taskSetArn tags { key } service { serviceName } } } }',
    );
    expect(data).toEqual({
      service: { taskSets: [{ taskSetArn: ARNS.TaskSet, tags: [{ key: 'color' }], service: { serviceName: 'web' } }] },
    });
    expect(world.calls.map(({ operation, input }) => [operation, input])).toEqual([
      ['DescribeServices', expect.anything()],
      ['DescribeTaskSets', { cluster: 'prod', service: 'web', taskSets: [ARNS.TaskSet], include: ['TAGS'] }],
    ]);
  });
});
