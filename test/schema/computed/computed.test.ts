import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toImageReference } from '../../../src/schema/computed/image-reference.ts';
import { toCpuUnits, toMemoryMiB } from '../../../src/schema/computed/sizes.ts';
import { createWorld, type World } from '../../support/gateway/world.ts';

describe('the parts of an image', () => {
  it.each([
    ['nginx', null, 'nginx', null, null],
    ['nginx:1.27', null, 'nginx', '1.27', null],
    ['shop/web:7', null, 'shop/web', '7', null],
    ['localhost/web', 'localhost', 'web', null, null],
    ['registry.example:5000/shop/web', 'registry.example:5000', 'shop/web', null, null],
    ['registry.example:5000/shop/web:7', 'registry.example:5000', 'shop/web', '7', null],
    ['public.ecr.aws/x/y:1@sha256:abc', 'public.ecr.aws', 'x/y', '1', 'sha256:abc'],
    [
      '123456789012.dkr.ecr.eu-west-1.amazonaws.com/web@sha256:abc',
      '123456789012.dkr.ecr.eu-west-1.amazonaws.com',
      'web',
      null,
      'sha256:abc',
    ],
    ['sha256:abc', null, '', null, 'sha256:abc'],
    ['', null, '', null, null],
  ])('%s', (raw, registry, repository, tag, digest) => {
    expect(toImageReference(raw)).toEqual({ raw, registry, repository, tag, digest });
  });

  it('have the digest that ECS resolved the tag to, unless the name has one', () => {
    expect(toImageReference('web:7', 'sha256:def').digest).toBe('sha256:def');
    expect(toImageReference('web@sha256:abc', 'sha256:def').digest).toBe('sha256:abc');
  });
});

it('sizes are numbers, in the spellings that ECS takes', () => {
  expect(['512', '.5 vCPU', '1 vcpu', '0.25vCPU', undefined, 'much'].map(toCpuUnits)).toEqual([
    512,
    512,
    1024,
    256,
    null,
    null,
  ]);
  expect(['1024', '1 GB', '.5 gb', '30GB', undefined, 'much'].map(toMemoryMiB)).toEqual([
    1024,
    1024,
    512,
    30720,
    null,
    null,
  ]);
});

describe('computed fields', () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld();
  });
  afterAll(() => world.dispose());

  it('say how five services roll out in the call that describes them', async () => {
    const first = await world.data<{ cluster: { services: { nodes: { id: string }[] } } }>(
      '{ cluster(cluster: "storefront") { services(first: 5) { nodes { id } } } }',
    );
    const ids = first.cluster.services.nodes.map(({ id }) => id);
    expect(ids).toHaveLength(5);
    const { data, calls, errors } = await world.count<{ nodes: object[] }>(
      'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Service { serviceName rollout rolloutSince } } }',
      { ids },
    );
    expect(errors).toBeUndefined();
    expect(calls).toEqual({ DescribeServices: 1 });
    expect(data?.nodes).toEqual(
      expect.arrayContaining([expect.objectContaining({ serviceName: 'checkout', rollout: 'DEPLOYING' })]),
    );
    const listed = await world.count(
      '{ services(clusters: ["storefront"], first: 5) { nodes { serviceName rollout } } }',
    );
    expect(listed.calls).toEqual({ ListServices: 1, DescribeServices: 1 });
  });

  it('show images of a service for one call a revision, and of a task without a call', async () => {
    const { data, calls } = await world.count<{
      service: { images: { repository: string; tag: string }[]; tasks: { nodes: object[] } };
    }>(`{ service(cluster: "storefront", service: "cart") {
      images { registry repository tag } taskDefinition { images { repository } cpuUnits memoryMiB }
      tasks(first: 1) { nodes { taskId taskArn cpu cpuUnits memoryMiB startDuration containers { cpuUnits imageReference { repository tag digest } } } } } }`);
    expect(calls).toEqual({ DescribeServices: 1, DescribeTaskDefinition: 1, ListTasks: 1, DescribeTasks: 1 });
    const [image] = data?.service.images ?? [];
    expect(image?.repository).toMatch(/cart/);
    expect(data?.service.tasks.nodes).toEqual([
      expect.objectContaining({
        taskId: expect.stringMatching(/^[0-9a-f]{32}$/),
        cpuUnits: expect.any(Number),
        memoryMiB: expect.any(Number),
        startDuration: expect.stringMatching(/^PT[\d.]+S$/),
        containers: expect.arrayContaining([
          expect.objectContaining({
            imageReference: {
              repository: image?.repository,
              tag: image?.tag,
              digest: expect.stringMatching(/^sha256:/),
            },
          }),
        ]),
      }),
    ]);
  });

  it('name the deployment under way for no call, and the last one for a list', async () => {
    const select = 'lastDeployment { serviceDeploymentArn }';
    const under = await world.count<{ service: { lastDeployment: { serviceDeploymentArn: string } } }>(
      `{ service(cluster: "storefront", service: "checkout") { ${select} currentServiceDeploymentArn } }`,
    );
    expect(under.calls).toEqual({ DescribeServices: 1 });
    expect(under.data?.service.lastDeployment.serviceDeploymentArn).toMatch(
      /:service-deployment\/storefront\/checkout\//,
    );
    const last = await world.count<{ service: { lastDeployment: object } }>(
      '{ service(cluster: "storefront", service: "cart") { lastDeployment { status duration strategy } } }',
    );
    expect(last.calls).toEqual({ DescribeServices: 1, ListServiceDeployments: 1, DescribeServiceDeployments: 1 });
    expect(last.data?.service.lastDeployment).toEqual({
      status: 'SUCCESSFUL',
      duration: expect.stringMatching(/^PT/),
      strategy: 'ROLLING',
    });
  });

  it('name the tasks that a deployment started, for no call', async () => {
    const { data, calls } = await world.count<{ service: { lastDeployment: { startedBy: string } } }>(
      '{ service(cluster: "storefront", service: "cart") { lastDeployment { startedBy } } }',
    );
    expect(calls).toEqual({ DescribeServices: 1, ListServiceDeployments: 1, DescribeServiceDeployments: 1 });
    const startedBy = data?.service.lastDeployment.startedBy ?? '';
    expect(startedBy).toMatch(/^ecs-svc\/\d+$/);
    const { data: started } = await world.count<{ tasks: { nodes: { startedBy: string; group: string }[] } }>(
      `{ tasks(clusters: ["storefront"], startedBy: "${startedBy}") { nodes { startedBy group } } }`,
    );
    expect(started?.tasks.nodes.length).toBeGreaterThan(0);
    for (const task of started?.tasks.nodes ?? []) expect(task).toEqual({ startedBy, group: 'service:cart' });
  });

  it('show type, zone and room of instances without a call of their own', async () => {
    const { data, calls } = await world.count<{ containerInstances: { nodes: Record<string, unknown>[] } }>(
      `{ containerInstances(clusters: ["platform"]) { nodes { instanceType availabilityZone cpuCapacity { total used free } memoryCapacity { total used free } } } }`,
    );
    expect(calls).toEqual({ ListContainerInstances: 1, DescribeContainerInstances: 1 });
    const nodes = data?.containerInstances.nodes ?? [];
    expect(nodes.length).toBeGreaterThan(2);
    for (const { instanceType, availabilityZone, cpuCapacity, memoryCapacity } of nodes) {
      expect(instanceType).toMatch(/^[a-z]\w+\.\w+$/);
      expect(availabilityZone).toMatch(/^eu-west-1[a-z]$/);
      for (const amount of [cpuCapacity, memoryCapacity] as { total: number; used: number; free: number }[]) {
        expect(amount.total).toBeGreaterThan(0);
        expect(amount.used + amount.free).toBe(amount.total);
      }
    }
    const managed = await world.count('{ containerInstances(clusters: ["platform"]) { nodes { isManaged } } }');
    expect(managed.errors).toBeUndefined();
    expect(managed.calls.DescribeCapacityProviders ?? 0).toBeLessThanOrEqual(1);
  });
});
