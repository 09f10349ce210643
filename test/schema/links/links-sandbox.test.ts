import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorld, type World } from '../../support/gateway/world.ts';

/** The same links over the simulated ECS, held against what one would compute by hand. */
describe('in the demo world', () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld({ seed: 'demo' });
  });
  afterAll(() => world.dispose());

  it('a task runs the revision that has its task definition, and its service deployment brought that in', async () => {
    const { data, errors, calls } = await world.count<{ tasks: { nodes: TaskNode[] } }>(`{
      tasks(clusters: ["storefront"], first: 500) { nodes {
        startedBy
        taskDefinitionArn
        deploymentSlot { deploymentId }
        serviceRevision { serviceRevisionArn taskDefinitionArn }
        serviceDeployment { targetServiceRevision { serviceRevisionArn } }
      } }
    }`);
    expect(errors).toBeUndefined();
    const linked = (data?.tasks.nodes ?? []).filter(({ serviceRevision }) => serviceRevision !== null);
    expect(linked.length).toBeGreaterThan(10);
    for (const task of linked) {
      expect(task.deploymentSlot?.deploymentId).toBe(task.startedBy);
      expect(task.serviceRevision?.taskDefinitionArn).toBe(task.taskDefinitionArn);
      const { serviceRevisionArn } = task.serviceRevision ?? {};
      expect(task.serviceDeployment?.targetServiceRevision).toEqual({ serviceRevisionArn });
    }
    expect(calls).toMatchObject({ ListTasks: 1, DescribeTasks: 1 });
    expect(calls.DescribeServices).toBeLessThanOrEqual(2);
  });

  it('an image is used by the tasks whose containers have it', async () => {
    type Data = { tasks: { nodes: { taskArn: string; containers: { image: string }[] }[] } };
    const { data } = await world.query<Data>(
      '{ tasks(clusters: ["storefront"], first: 500) { nodes { taskArn containers { image } } } }',
    );
    const nodes = data?.tasks.nodes ?? [];
    const image = nodes[0]?.containers[0]?.image ?? '';
    const expected = nodes.filter(({ containers }) => containers.some((container) => container.image === image));
    const usage = await world.query<{ imageUsage: { tasks: { nodes: { taskArn: string }[] } } }>(
      'query ($image: String!) { imageUsage(image: $image) { tasks(clusters: ["storefront"]) { nodes { taskArn } } } }',
      { image },
    );
    expect(usage.data?.imageUsage.tasks.nodes.map(({ taskArn }) => taskArn)).toEqual(
      expected.map(({ taskArn }) => taskArn).sort(),
    );
  });

  it('an instance has the services that have tasks on it', async () => {
    type Data = {
      containerInstances: {
        nodes: {
          tasks: { nodes: { service: { serviceName: string } | null }[] };
          services: { nodes: { serviceName: string }[] };
        }[];
      };
    };
    const { data, calls } = await world.count<Data>(
      '{ containerInstances(clusters: ["platform"]) { nodes { tasks { nodes { service { serviceName } } } services { nodes { serviceName } } } } }',
    );
    const nodes = data?.containerInstances.nodes ?? [];
    expect(nodes.length).toBeGreaterThan(1);
    for (const { tasks, services } of nodes) {
      const names = new Set(tasks.nodes.flatMap(({ service }) => service?.serviceName ?? []));
      expect(services.nodes.map(({ serviceName }) => serviceName)).toEqual([...names].sort());
    }
    expect(calls).not.toHaveProperty('DescribeServices');
  });

  it('a write of tags is read back at once', async () => {
    const { data } = await world.query<{ services: { nodes: { serviceArn: string }[] } }>(
      '{ services(clusters: ["platform"], first: 1) { nodes { serviceArn } } }',
    );
    const arn = data?.services.nodes[0]?.serviceArn;
    const tagged = await world.query(
      'mutation ($input: TagResourceInput!) { tagResource(input: $input) { tags { key value } resource { ... on Service { serviceArn } } } }',
      { input: { resourceArn: arn, tags: [{ key: 'checked', value: 'yes' }] } },
    );
    expect(tagged.data).toMatchObject({
      tagResource: {
        tags: expect.arrayContaining([{ key: 'checked', value: 'yes' }]),
        resource: { serviceArn: arn },
      },
    });
  });
});

interface TaskNode {
  readonly startedBy: string;
  readonly taskDefinitionArn: string;
  readonly deploymentSlot: { readonly deploymentId: string } | null;
  readonly serviceRevision: { readonly serviceRevisionArn: string; readonly taskDefinitionArn: string } | null;
  readonly serviceDeployment: { readonly targetServiceRevision: { readonly serviceRevisionArn: string } } | null;
}
