import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorld, type World } from '../support/gateway/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld({ seed: 'demo' });
});
afterAll(() => world.dispose());

const ACCOUNT = 'arn:aws:ecs:eu-west-1:123456789012';

describe('look-ups', () => {
  it.each([
    '{ found: cluster(cluster: "nowhere") { id } }',
    '{ found: service(cluster: "nowhere", service: "web") { id } }',
    '{ found: service(cluster: "platform", service: "nothing") { id } }',
    '{ found: task(cluster: "platform", task: "0123456789abcdef0123456789abcdef") { id } }',
    '{ found: task(cluster: "nowhere", task: "0123456789abcdef0123456789abcdef") { id } }',
    '{ found: containerInstance(cluster: "platform", containerInstance: "0123456789abcdef0123456789abcdef") { id } }',
    '{ found: taskDefinition(taskDefinition: "nothing") { id } }',
    '{ found: taskDefinition(taskDefinition: "orders-api:999") { id } }',
  ])('read what does not exist as null: %s', async (query) => {
    expect(await world.query(query)).toMatchObject({ data: { found: null } });
    expect((await world.query(query)).errors).toBeUndefined();
  });

  it.each([
    [
      '{ cluster(cluster: "arn:aws:ecs:eu-west-1:1:cluster/x") { id } }',
      'cluster',
      /not a well-formed ECS ARN such as arn:aws:ecs:eu-west-1:<account>:cluster\/<name>/,
    ],
    ['{ cluster(cluster: "") { id } }', 'cluster', /must not be empty/],
    ['{ cluster(cluster: "a b") { id } }', 'cluster', /neither an id, nor a name, nor an ARN such as arn:aws:ecs:/],
    [`{ cluster(cluster: "${ACCOUNT}:service/platform/orders-api") { id } }`, 'cluster', /ARN of a service/],
    [`{ task(task: "${ACCOUNT}:task/platform/abc", cluster: "default") { id } }`, 'task', /in cluster "platform"/],
    ['{ cluster(cluster: "arn:aws:ecs:eu-north-1:123456789012:cluster/x") { id } }', 'cluster', /region eu-north-1/],
    [
      `{ node(id: "${btoa('Cluster|arn:aws:ecs:eu-north-1:123456789012:cluster/x').replaceAll('=', '')}") { id } }`,
      'id',
      /region eu-north-1/,
    ],
    ['{ serviceDeployment(serviceDeploymentArn: "x") { id } }', 'serviceDeploymentArn', /<cluster>\/<service>\/<id>/],
    ['{ serviceRevision(serviceRevisionArn: "x") { id } }', 'serviceRevisionArn', /neither an id nor an ARN such as/],
    ['{ daemonRevision(daemonRevisionArn: "x") { id } }', 'daemonRevisionArn', /neither an id nor an ARN such as/],
    ['{ gatewayRoute(gatewayRouteArn: "x") { id } }', 'gatewayRouteArn', /neither an id nor an ARN such as/],
    ['{ clusters(first: -1) { nodes { id } } }', 'first', /from 0 to 1000, not -1/],
    ['{ clusters(first: 5000) { nodes { id } } }', 'first', /from 0 to 1000, not 5000/],
    ['{ clusters(after: "x") { nodes { id } } }', 'after', /not a cursor/],
    ['{ node(id: "x") { id } }', 'id', /not an id/],
  ])('name the argument that is wrong: %s', async (query, argument, message) => {
    const { errors, calls } = await world.count(query);
    expect(errors).toHaveLength(1);
    expect(errors?.[0]).toMatchObject({ extensions: { code: 'BAD_USER_INPUT', argument } });
    expect(errors?.[0]?.message).toMatch(message);
    expect(calls).toEqual({});
  });

  it.each([
    ['account 999999999999', 'arn:aws:ecs:eu-west-1:999999999999'],
    ['partition aws-cn', 'arn:aws-cn:ecs:eu-west-1:123456789012'],
  ])('of another account or partition cost no call once an answer has shown the account: %s', async (name, base) => {
    await world.query('{ clusters { nodes { status } } }');
    const serviceId = btoa(`Service|${base}:service/platform/orders-api`).replaceAll('=', '');
    for (const [query, argument] of [
      [`{ cluster(cluster: "${base}:cluster/platform") { status } }`, 'cluster'],
      [`{ service(cluster: "${base}:cluster/platform", service: "orders-api") { status } }`, 'cluster'],
      [`{ service(service: "${base}:service/platform/orders-api") { status } }`, 'service'],
      [`{ tasks(clusters: ["${base}:cluster/platform"]) { nodes { id } } }`, 'clusters'],
      [`{ node(id: "${serviceId}") { id } }`, 'id'],
      [`{ tags(resourceArn: "${base}:cluster/platform") { key } }`, 'resourceArn'],
    ] as const) {
      const { errors, calls } = await world.count(query);
      expect(errors?.[0]).toMatchObject({
        message: `Argument "${argument}" is in ${name}, which this gateway does not serve.`,
        extensions: { code: 'BAD_USER_INPUT', argument, retryable: false },
      });
      expect(calls).toEqual({});
    }
  });

  it('take what a failure names for nothing of their own account', async () => {
    const fresh = await createWorld({ seed: 'demo' });
    try {
      const foreign = 'arn:aws:ecs:eu-west-1:999999999999:cluster/platform';
      for (const _time of [1, 2]) {
        expect((await fresh.query(`{ cluster(cluster: "${foreign}") { status } }`)).data).toEqual({ cluster: null });
      }
      expect((await fresh.query('{ cluster(cluster: "platform") { status } }')).data).toEqual({
        cluster: { status: 'ACTIVE' },
      });
      expect((await fresh.query(`{ cluster(cluster: "${foreign}") { status } }`)).errors).toHaveLength(1);
    } finally {
      await fresh.dispose();
    }
  });

  it('take a name and an ARN alike, and find the cluster in the ARN', async () => {
    const arn = `${ACCOUNT}:service/platform/orders-api`;
    const { data } = await world.query(`{
      byName: service(cluster: "platform", service: "orders-api") { id serviceArn }
      byArn: service(service: "${arn}") { id serviceArn }
    }`);
    expect(data).toMatchObject({ byName: { serviceArn: arn }, byArn: { serviceArn: arn } });
  });

  it('by ARN are in one call with look-ups by name', async () => {
    const arn = `${ACCOUNT}:service/platform/orders-api`;
    const { data, calls } = await world.count(`{
      byName: service(cluster: "platform", service: "orders-api") { desiredCount }
      byArn: service(service: "${arn}") { serviceName desiredCount }
      byBoth: service(cluster: "${ACCOUNT}:cluster/platform", service: "${arn}") { serviceName }
    }`);
    expect(data).toMatchObject({ byArn: { serviceName: 'orders-api' }, byBoth: { serviceName: 'orders-api' } });
    expect(calls).toEqual({ DescribeServices: 1 });
  });

  it('take an ARN without a revision for the latest one of its family, as ECS does', async () => {
    const { data } = await world.query(`{
      byFamily: taskDefinition(taskDefinition: "orders-api") { taskDefinitionArn revision status }
      byArn: taskDefinition(taskDefinition: "${ACCOUNT}:task-definition/orders-api") { taskDefinitionArn revision status }
    }`);
    const { byFamily, byArn } = data as Record<string, unknown>;
    expect(byArn).toMatchObject({ status: 'ACTIVE' });
    expect(byArn).toEqual(byFamily);
  });

  it('default to the cluster that ECS defaults to', async () => {
    const { data } = await world.query('{ cluster { clusterName } }');
    expect(data).toMatchObject({ cluster: { clusterName: 'default' } });
  });
});

describe('links', () => {
  it('lead both ways', async () => {
    const { data, errors } = await world.query<{
      service: {
        tasks: { nodes: { service: object; cluster: object; containerInstance: { tasks: { nodes: object[] } } }[] };
      };
    }>(`{
      service(cluster: "platform", service: "orders-api") {
        tasks(first: 1) { nodes {
          taskArn
          service { serviceName }
          cluster { clusterName }
          containerInstance { cluster { clusterName } tasks { nodes { taskArn } } }
        } }
      }
    }`);
    expect(errors).toBeUndefined();
    const task = data?.service.tasks.nodes[0];
    expect(task).toMatchObject({
      service: { serviceName: 'orders-api' },
      cluster: { clusterName: 'platform' },
      containerInstance: { cluster: { clusterName: 'platform' } },
    });
    const { taskArn } = task as unknown as { taskArn: string };
    expect(task?.containerInstance.tasks.nodes).toContainEqual({ taskArn });
  });
});

describe('node', () => {
  it('finds every kind of thing again by its id, in shared calls', async () => {
    const first = await world.query<Record<string, { nodes: { id: string }[] }>>(`{
      clusters(first: 1) { nodes { id } }
      services(clusters: ["platform"], first: 2) { nodes { id } }
      tasks(clusters: ["platform"], first: 2) { nodes { id } }
      containerInstances(clusters: ["platform"], first: 1) { nodes { id } }
      taskDefinitions(first: 1) { nodes { id } }
    }`);
    const ids = Object.values(first.data ?? {}).flatMap(({ nodes }) => nodes.map(({ id }) => id));
    const { data, calls } = await world.count<{ nodes: { id: string; __typename: string }[] }>(
      'query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }',
      { ids },
    );
    expect(data?.nodes.map(({ id }) => id)).toEqual(ids);
    expect(data?.nodes.map(({ __typename }) => __typename)).toEqual([
      'Cluster',
      'Service',
      'Service',
      'Task',
      'Task',
      'ContainerInstance',
      'TaskDefinition',
    ]);
    expect(calls).toEqual({
      DescribeClusters: 1,
      DescribeServices: 1,
      DescribeTasks: 1,
      DescribeContainerInstances: 1,
      DescribeTaskDefinition: 1,
    });
  });

  it('is null for what is gone', async () => {
    const id = Buffer.from(`Service|${ACCOUNT}:service/platform/never-was`).toString('base64url');
    expect(await world.query('query ($id: ID!) { node(id: $id) { id } }', { id })).toMatchObject({
      data: { node: null },
    });
  });
});
