import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeNodeId } from '../../../src/schema/core/node-id.ts';
import { createWorld, type World } from '../../support/gateway/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.dispose());

interface Shown {
  readonly id: string;
}

/** A Node, and what it costs. */
const node = (id: string, fields: string) =>
  world.count<{ node: Record<string, unknown> | null }>(`{ node(id: "${id}") { __typename id ${fields} } }`);

describe('what ECS embeds in services and tasks has an id', () => {
  it('a deployment slot, read with its service', async () => {
    const { service } = await world.data<{
      service: { deployments: (Shown & { deploymentId: string; runningCount: number })[] };
    }>('{ service(cluster: "storefront", service: "checkout") { deployments { id deploymentId runningCount } } }');
    expect(service.deployments.length).toBeGreaterThan(1);
    for (const { id, ...rest } of service.deployments) {
      const { data, calls } = await node(
        id,
        '... on DeploymentSlot { deploymentId runningCount service { serviceName } }',
      );
      expect(data?.node).toEqual({ __typename: 'DeploymentSlot', id, ...rest, service: { serviceName: 'checkout' } });
      expect(calls).toEqual({ DescribeServices: 1 });
    }
    const [{ id } = { id: '' }] = service.deployments;
    const arn = Buffer.from(id, 'base64url').toString().split('|')[1] ?? '';
    expect(
      (await node(encodeNodeId({ type: 'DeploymentSlot', parts: [arn, '', 'ecs-svc/1'] }), '')).data?.node,
    ).toBeNull();
  });

  it('a container, read with its task', async () => {
    const { tasks } = await world.data<{
      tasks: { nodes: { containers: (Shown & { name: string; containerArn: string })[] }[] };
    }>('{ tasks(clusters: ["storefront"], first: 3) { nodes { containers { id name containerArn } } } }');
    const containers = tasks.nodes.flatMap((task) => task.containers);
    expect(new Set(containers.map(({ id }) => id)).size).toBe(containers.length);
    for (const { id, ...rest } of containers.slice(0, 3)) {
      const { data, calls } = await node(id, '... on Container { name containerArn }');
      expect(data?.node).toEqual({ __typename: 'Container', id, ...rest });
      expect(calls).toEqual({ DescribeTasks: 1 });
    }
    const [first] = containers;
    const [, , taskArn = ''] = Buffer.from(first?.id ?? '', 'base64url')
      .toString()
      .split('|');
    expect((await node(encodeNodeId({ type: 'Container', parts: ['nobody', taskArn] }), '')).data?.node).toBeNull();
  });

  it('a family', async () => {
    const { taskDefinitionFamilies } = await world.data<{
      taskDefinitionFamilies: { nodes: (Shown & { family: string })[] };
    }>('{ taskDefinitionFamilies(first: 2) { nodes { id family } } }');
    const [family] = taskDefinitionFamilies.nodes;
    const { data, calls } = await node(family?.id ?? '', '... on TaskDefinitionFamily { family latest { revision } }');
    expect(data?.node).toEqual({
      __typename: 'TaskDefinitionFamily',
      ...family,
      latest: { revision: expect.any(Number) },
    });
    expect(calls).toEqual({ ListTaskDefinitionFamilies: 1, DescribeTaskDefinition: 1 });
    const gone = encodeNodeId({ type: 'TaskDefinitionFamily', parts: ['nobody'] });
    expect((await node(gone, '')).data?.node).toBeNull();
  });

  it('and the progress of a deployment leads to its service deployment', async () => {
    const { data, errors } = await world.count<{
      service: {
        deploymentProgress: {
          progress: {
            serviceDeploymentArn: string;
            serviceDeployment: { serviceDeploymentArn: string; status: string };
          };
        };
      };
    }>(`{ service(cluster: "storefront", service: "checkout") { deploymentProgress { progress {
      serviceDeploymentArn serviceDeployment { serviceDeploymentArn status } } } } }`);
    expect(errors).toBeUndefined();
    const { serviceDeployment, serviceDeploymentArn } = data?.service.deploymentProgress.progress ?? {};
    expect(serviceDeployment).toEqual({ serviceDeploymentArn, status: 'IN_PROGRESS' });
  });

  it('also where ARNs of the old format do not contain the cluster', async () => {
    const old = await createWorld();
    await old.data(
      'mutation { putAccountSettingDefault(input: { name: TASK_LONG_ARN_FORMAT, value: "disabled" }) { setting { value } } }',
    );
    const { runTask } = await old.data<{
      runTask: { tasks: { taskArn: string; containers: (Shown & { name: string })[] }[] };
    }>(
      `mutation { runTask(input: { cluster: "platform", taskDefinition: "cart", launchType: FARGATE,
        networkConfiguration: { awsvpcConfiguration: { subnets: ["subnet-0a1b2c3d4e5f60001"] } } }) {
          tasks { taskArn containers { id name } } } }`,
    );
    const [task] = runTask.tasks;
    expect(task?.taskArn).toMatch(/:task\/[0-9a-f-]+$/);
    for (const { id, name } of task?.containers ?? []) {
      const query = `{ node(id: "${id}") { id ... on Container { name } } }`;
      expect((await old.count(query)).data).toEqual({ node: { id, name } });
    }
    expect(task?.containers.length).toBeGreaterThan(0);
    await old.dispose();
  });
});
