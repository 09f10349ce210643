import { expect, it } from 'vitest';
import { createFakeWorld } from '../support/ecs/fake-ecs.ts';

const arn = (resource: string) => `arn:aws:ecs:eu-west-1:123456789012:${resource}`;
const WEB = arn('service/web');

/** Before 2018 the ARN of a service did not name its cluster, and services keep theirs: of the same name, they have the same. */
it('services of the same name in two clusters are two, though they have one ARN of the old format', async () => {
  const counts: Record<string, number> = { a: 1, b: 2 };
  const service = (cluster: string) => ({
    serviceArn: WEB,
    serviceName: 'web',
    clusterArn: arn(`cluster/${cluster}`),
    desiredCount: counts[cluster],
    createdAt: 1_700_000_000,
    status: 'ACTIVE',
    taskDefinition: arn('task-definition/web:1'),
  });
  await using world = await createFakeWorld((operation, input) => {
    const cluster = String(input.cluster ?? '').replace(/^.*\//, '');
    switch (operation) {
      case 'ListClusters':
        return { clusterArns: [arn('cluster/a'), arn('cluster/b')] };
      case 'ListServices':
        return { serviceArns: [WEB] };
      case 'DescribeServices':
        return { services: [service(cluster)] };
      case 'DescribeTaskDefinition':
        return { taskDefinition: { taskDefinitionArn: arn('task-definition/web:1'), family: 'web', revision: 1 } };
      case 'UpdateService':
        return { service: { ...service(cluster), desiredCount: 7 } };
      default:
        return {};
    }
  });
  const LISTED = '{ clusters { nodes { services { nodes { id serviceArn desiredCount } } } } }';
  interface Listed {
    readonly clusters: { readonly nodes: { readonly services: { readonly nodes: Record<string, unknown>[] } }[] };
  }
  const listed = async () => {
    const { data } = await world.query<Listed>(LISTED);
    return data?.clusters.nodes.flatMap(({ services }) => services.nodes) ?? [];
  };
  const services = await listed();
  expect(services).toMatchObject([
    { serviceArn: WEB, desiredCount: 1 },
    { serviceArn: WEB, desiredCount: 2 },
  ]);
  const [one, other] = services.map(({ id }) => id);
  expect(one).not.toBe(other);
  const { data } = await world.query('query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Service { desiredCount } } }', {
    ids: [other, one],
  });
  expect(data).toEqual({ nodes: [{ desiredCount: 2 }, { desiredCount: 1 }] });
  const uses = await world.query(
    '{ taskDefinition(taskDefinition: "web:1") { services(clusters: ["b"]) { nodes { desiredCount cluster { clusterName } } } } }',
  );
  expect(uses.data).toEqual({
    taskDefinition: { services: { nodes: [{ desiredCount: 2, cluster: { clusterName: 'b' } }] } },
  });
  await world.query(
    'mutation { updateService(input: { cluster: "a", service: "web", desiredCount: 7 }) { service { id } } }',
  );
  expect(await listed()).toMatchObject([{ desiredCount: 7 }, { desiredCount: 2 }]);
});
