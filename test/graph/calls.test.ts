import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorld, type World } from '../support/gateway/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld({ seed: 'demo' }, { MAX_COST: '0', MAX_OBJECTS: '0' });
});
afterAll(() => world.dispose());

interface Tree {
  clusters: {
    nodes: {
      clusterName: string;
      services: { nodes: { serviceName: string; runningCount: number; tasks: { nodes: TreeTask[] } }[] };
    }[];
  };
}
interface TreeTask {
  taskArn: string;
  lastStatus: string;
  containerInstance: { ec2InstanceId: string } | null;
  taskDefinition: { taskDefinitionArn: string; status: string };
}

describe('a query over the whole tree', () => {
  it('describes everything once, in as few calls as the batch limits allow', async () => {
    const { data, errors, calls, extensions } = await world.count<Tree>(`{
      clusters { nodes { clusterName status
        services { nodes { serviceName runningCount
          tasks { nodes { taskArn lastStatus containerInstance { ec2InstanceId } taskDefinition { taskDefinitionArn status } } }
        } }
      } }
    }`);
    expect(errors).toBeUndefined();
    const clusters = data?.clusters.nodes ?? [];
    const services = clusters.flatMap((cluster) => cluster.services.nodes);
    const tasks = services.flatMap((service) => service.tasks.nodes);
    const revisions = new Set(tasks.map((task) => task.taskDefinition.taskDefinitionArn));
    expect(clusters.map(({ clusterName }) => clusterName).sort()).toEqual(['default', 'platform', 'storefront']);
    expect(services).toHaveLength(12);
    expect(tasks.length).toBeGreaterThan(50);
    expect(calls).toEqual({
      ListClusters: 1,
      DescribeClusters: 1,
      ListServices: 3,
      DescribeServices: 3,
      ListTasks: 3,
      DescribeTasks: 3,
      DescribeContainerInstances: 2,
      DescribeTaskDefinition: revisions.size,
    });
    expect(extensions?.ecs.byOperation).toEqual(calls);
  });

  it('says the same of a service whichever way its tasks were listed', async () => {
    const selection = 'tasks { nodes { taskArn } pageInfo { endCursor } }';
    const all = await world.query<{ services: { nodes: { serviceName: string }[] } }>(
      `{ services(clusters: ["platform"]) { nodes { serviceName ${selection} } } }`,
    );
    for (const service of all.data?.services.nodes ?? []) {
      const { serviceName } = service;
      const one = await world.count(
        `{ service(cluster: "platform", service: "${serviceName}") { serviceName ${selection} } }`,
      );
      expect(one.data).toEqual({ service });
      expect(one.calls).toEqual({ DescribeServices: 1, ListTasks: 1 });
    }
  });
});

describe('the members in an ARN', () => {
  it.each([
    ['{ clusters { nodes { id clusterArn clusterName } } }', { ListClusters: 1 }],
    [
      '{ services(clusters: ["platform"]) { nodes { id serviceArn serviceName clusterArn cluster { clusterName } } } }',
      { ListServices: 1 },
    ],
    ['{ tasks(clusters: ["platform"]) { nodes { id taskArn cluster { clusterName clusterArn } } } }', { ListTasks: 1 }],
    [
      '{ containerInstances(clusters: ["platform"]) { nodes { containerInstanceArn cluster { id } } } }',
      { ListContainerInstances: 1 },
    ],
    ['{ taskDefinitions { nodes { family revision } } }', { ListTaskDefinitions: 1 }],
    ['{ taskDefinitionFamilies { nodes { family } } }', { ListTaskDefinitionFamilies: 1 }],
    [
      '{ services(clusters: ["platform"]) { pageInfo { hasNextPage } edges { cursor node { serviceName } } } }',
      { ListServices: 1 },
    ],
    [
      '{ service(cluster: "platform", service: "orders-api") { taskDefinition { family revision } cluster { clusterName } } }',
      { DescribeServices: 1 },
    ],
    [
      '{ tasks(clusters: ["platform"]) { nodes { service { serviceName cluster { clusterName } } } } }',
      { ListTasks: 1, DescribeTasks: 1 },
    ],
  ])('costs no Describe call: %s', async (query, calls) => {
    const answer = await world.count(query);
    expect(answer.errors).toBeUndefined();
    expect(answer.calls).toEqual(calls);
  });

  it('is not described for what a variable leaves out', async () => {
    const query = `query ($more: Boolean!) {
      clusters { nodes { clusterName ...More @include(if: $more) } }
    }
    fragment More on Cluster { status }`;
    expect((await world.count(query, { more: false })).calls).toEqual({ ListClusters: 1 });
    expect((await world.count(query, { more: true })).calls).toEqual({ ListClusters: 1, DescribeClusters: 1 });
  });
});

describe('includes', () => {
  it('are asked for only where something selected needs them, and once for all who do', async () => {
    const plain = await world.count('{ cluster(cluster: "platform") { status } }');
    expect(plain.calls).toEqual({ DescribeClusters: 1 });
    const tagged = await world.count<{ services: { nodes: { tags: { key: string }[] }[] } }>(
      '{ services(clusters: ["platform"]) { nodes { serviceName tags { key value } } } }',
    );
    expect(tagged.calls).toEqual({ ListServices: 1, DescribeServices: 1 });
    expect(tagged.data?.services.nodes[0]?.tags.map(({ key }) => key)).toContain('team');
  });

  it('do not make a second call for the same thing within a request', async () => {
    const { calls } = await world.count(
      '{ a: cluster(cluster: "platform") { status } b: cluster(cluster: "platform") { tags { key } statistics { name } } }',
    );
    expect(calls).toEqual({ DescribeClusters: 1 });
  });
});

describe('requests at the same time', () => {
  it('share the calls of one', async () => {
    world.sandbox.resetCalls();
    const query = '{ services(clusters: ["platform"]) { nodes { serviceName runningCount } } }';
    const answers = await Promise.all(Array.from({ length: 10 }, () => world.query(query)));
    expect(new Set(answers.map(({ data }) => JSON.stringify(data))).size).toBe(1);
    expect(world.sandbox.calls()).toEqual({ ListServices: 1, DescribeServices: 1 });
  });
});
