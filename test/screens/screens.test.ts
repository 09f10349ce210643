import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPolicedWorld } from '../policy/support/policy-world.ts';
import { createWorld, type World } from '../support/gateway/world.ts';
import { generateTypes, readScreens } from './generate-types.ts';
import type {
  DeploymentTimelineQuery,
  DrainPageQuery,
  FleetOverviewQuery,
  PermissionsQuery,
  ServicePageQuery,
  StoppedTasksQuery,
} from './generated/graphql.ts';
import { renderDeploymentTimeline } from './render/deployment-timeline.ts';
import { renderDrainPage } from './render/drain-page.ts';
import { renderFleetOverview } from './render/fleet-overview.ts';
import { renderServicePage } from './render/service-page.ts';
import { renderStoppedTasks } from './render/stopped-tasks.ts';

const screens = readScreens();

describe('types', () => {
  it('of the screens are in step with the schema: `npx vitest run test/screens -u` writes them', async () => {
    await expect(await generateTypes()).toMatchFileSnapshot('generated/graphql.ts');
  });

  it('let five render functions do with fewer than 45 guards; 0.1.0 needed 118', () => {
    const folder = 'test/screens/render';
    const code = readdirSync(folder)
      .filter((file) => file !== 'text.ts')
      .map((file) => readFileSync(join(folder, file), 'utf8'));
    expect(code).toHaveLength(5);
    const guards = code.flatMap((text) => [...text.matchAll(/\?\.|\?\?/g)]);
    expect(guards.length).toBeGreaterThan(0);
    expect(guards.length).toBeLessThan(45);
  });
});

describe('on the demo seed', () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld();
  });
  afterAll(() => world.dispose());

  /** Runs a screen, which must succeed, and counts its calls. */
  async function show<Data>(name: string, variables: Record<string, unknown> = {}) {
    const answer = await world.count<Data>(screens.get(name) ?? '', variables);
    expect(answer.errors).toBeUndefined();
    return { data: answer.data as Data, calls: answer.calls };
  }
  const cart = { cluster: 'storefront', service: 'cart' };
  const idOf = async (service: string) => {
    const { service: found } = await world.data<{ service: { id: string; taskDefinition: { revision: number } } }>(
      `{ service(cluster: "storefront", service: "${service}") { id taskDefinition { revision } } }`,
    );
    return { id: found.id, revision: found.taskDefinition.revision };
  };

  it('1 fleet overview', async () => {
    const { data, calls } = await show<FleetOverviewQuery>('fleet-overview');
    const clusters = data.clusters.nodes.length;
    expect(calls).toMatchObject({ ListClusters: 1, DescribeClusters: 1, ListTasks: clusters });
    // Each cluster's services are listed for the page and for the count.
    expect(calls.ListServices).toBe(clusters);
    const text = renderFleetOverview(data);
    expect(text).toMatch(/^3 clusters, \d+ tasks failed in the last hour\n/);
    expect(text).toMatch(/storefront \| ACTIVE \| \d+ running, \d+ pending \| \d+ instances \| \d+ services/);
    expect(text).toMatch(/ {2}checkout \| DEPLOYING \| 20/);
  });

  it('2 service page', async () => {
    const { data, calls } = await show<ServicePageQuery>('service-page', cart);
    expect(calls).toEqual({
      DescribeServices: 1,
      DescribeTaskDefinition: 1,
      ListServiceDeployments: 1,
      DescribeServiceDeployments: 1,
      ListTasks: 1,
      DescribeTasks: 1,
    });
    const text = renderServicePage(data) ?? '';
    expect(text).toMatch(/^cart \| storefront \| ACTIVE/);
    expect(text).toContain('has reached a steady state');
    const missing = await show<ServicePageQuery>('service-page', { ...cart, service: 'nobody' });
    expect(renderServicePage(missing.data)).toBeNull();
  });

  it('3 deployment timeline', async () => {
    const { data, calls } = await show<DeploymentTimelineQuery>('deployment-timeline', {
      ...cart,
      service: 'checkout',
    });
    expect(calls).toEqual({ ListServiceDeployments: 1, DescribeServiceDeployments: 1, DescribeServiceRevisions: 1 });
    expect(renderDeploymentTimeline(data)).toMatch(
      /^\d+ deployments\n.*\| under way \| ROLLING \| checkout:\d+ \| \d of \d/,
    );
  });

  it('4 stopped tasks of the last hour, over all services', async () => {
    const { data, calls } = await show<StoppedTasksQuery>('stopped-tasks');
    expect(calls).toMatchObject({ ListClusters: 1, ListTasks: 3, DescribeTasks: 2 });
    expect(calls.DescribeServices).toBeUndefined();
    expect(renderStoppedTasks(data)).toMatch(/^\d+ tasks stopped\n\d+ \| [A-Z_]+ \| /);
  });

  it('5 drain page with a forecast', async () => {
    const { containerInstances } = await world.data<{ containerInstances: { nodes: { id: string }[] } }>(
      '{ containerInstances(clusters: ["platform"], first: 1) { nodes { id } } }',
    );
    const { data, calls } = await show<DrainPageQuery>('drain-page', {
      cluster: 'platform',
      instance: containerInstances.nodes[0]?.id,
    });
    expect(calls).toMatchObject({
      ListContainerInstances: expect.any(Number),
      DescribeContainerInstances: expect.any(Number),
    });
    expect(Object.values(calls).reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(20);
    expect(renderDrainPage(data)).toMatch(
      /^i-\w+ \| [A-Z]+ \| connected \| \w+\.\w+ \| eu-west-1[a-z] \| \d+ tasks \| \d+ of \d+ CPU \| \d+ of \d+ MiB\n/,
    );
  });

  it('6 revisions of a task definition with their images', async () => {
    const { data, calls } = await show<{ taskDefinitions: { nodes: object[] } }>('definition-history', {
      family: 'checkout',
    });
    expect(calls).toEqual({ ListTaskDefinitions: 1, DescribeTaskDefinition: data.taskDefinitions.nodes.length });
    expect(data.taskDefinitions.nodes[0]).toMatchObject({
      images: expect.arrayContaining([{ repository: 'checkout', tag: '5.2.0' }]),
    });
  });

  it('7 who uses an image, in all clusters', async () => {
    const { service } = await world.data<{ service: { images: { raw: string }[] } }>(
      '{ service(cluster: "storefront", service: "checkout") { images { raw } } }',
    );
    const { data, calls } = await show<{ imageUsage: object }>('image-usage', { image: service.images[0]?.raw });
    expect(data.imageUsage).toMatchObject({
      services: { nodes: [{ serviceName: 'checkout', cluster: { clusterName: 'storefront' } }] },
    });
    expect(calls).toMatchObject({ ListClusters: 1, ListServices: 3 });
  });

  it('8 deploy dialog: a preview, then the deployment', async () => {
    const { id, revision } = await idOf('cart');
    const variables = {
      service: id,
      images: [{ container: 'cart', image: 'shop/cart:next' }],
      expectedRevision: revision,
    };
    const preview = await show<{ deployImages: { plan: object[]; deploymentId: string | null } }>('deploy-dialog', {
      ...variables,
      dryRun: true,
    });
    expect(preview.calls).toEqual({ DescribeServices: 1, DescribeTaskDefinition: 1 });
    expect(preview.data.deployImages.plan).toHaveLength(2);
    const done = await show<{ deployImages: { plan: object[]; followCursor: string } }>('deploy-dialog', {
      ...variables,
      dryRun: false,
      key: 'dialog',
    });
    expect(done.calls).toEqual({
      DescribeServices: 1,
      DescribeTaskDefinition: 1,
      RegisterTaskDefinition: 1,
      UpdateService: 1,
      ListServiceDeployments: 1,
    });
    expect(done.data.deployImages.plan).toEqual(preview.data.deployImages.plan);
    expect(done.data.deployImages.followCursor).toMatch(/^\S+$/);
  });

  it('9 scale dialog', async () => {
    const { id } = await idOf('storefront');
    const { data, calls } = await show<{ scaleService: { service: object } }>('scale-dialog', {
      service: id,
      desiredCount: 8,
      dryRun: false,
    });
    expect(calls).toEqual({ DescribeServices: 1, UpdateService: 1 });
    expect(data.scaleService.service).toEqual({ id, desiredCount: 8 });
  });

  it('10 run a job', async () => {
    const { service } = await world.data<{ service: { networkConfiguration: { awsvpcConfiguration: object } } }>(
      '{ service(cluster: "storefront", service: "cart") { networkConfiguration { awsvpcConfiguration { subnets securityGroups assignPublicIp } } } }',
    );
    const input = {
      cluster: 'storefront',
      taskDefinition: 'cart',
      launchType: 'FARGATE',
      networkConfiguration: service.networkConfiguration,
    };
    const { data, calls } = await show<{ runTask: { tasks: object[] } }>('run-job', { input, key: 'job' });
    expect(calls).toEqual({ RunTask: 1 });
    expect(data.runTask.tasks).toHaveLength(1);
  });

  it('11 search by a part of a name', async () => {
    const { data, calls } = await show<{ search: { nodes: object[] } }>('search', { text: 'check' });
    expect(calls).toEqual({ ListClusters: 1, ListServices: 3 });
    expect(data.search.nodes).toEqual([expect.objectContaining({ name: 'checkout', clusterName: 'storefront' })]);
  });

  it('12 services by tag', async () => {
    const { data, calls } = await show<{ services: { nodes: object[]; totalCount: { value: number } } }>('by-tag', {
      key: 'team',
      value: 'platform',
    });
    expect(data.services.totalCount.value).toBe(data.services.nodes.length);
    expect(data.services.nodes.length).toBeGreaterThan(0);
    expect(calls).toMatchObject({ ListClusters: 1, ListServices: 3 });
  });

  it('13 counts in a header', async () => {
    const { data, calls } = await show<{ overview: { serviceCounts: object; failedTaskCount: number } }>('header');
    expect(data.overview).toEqual({
      serviceCounts: { steady: expect.any(Number), deploying: expect.any(Number), failed: expect.any(Number) },
      failedTaskCount: expect.any(Number),
    });
    expect(calls).toMatchObject({ ListClusters: 1, ListServices: 3, ListTasks: 3 });
  });

  it('14 buttons by permission: all without policies', async () => {
    const { data, calls } = await show<PermissionsQuery>('permissions', { clusters: ['storefront'] });
    expect(calls).toEqual({ ListServices: 1 });
    expect(data.viewer).toEqual({ principal: 'anonymous', roles: ['anonymous'], scale: null, delete: null });
    for (const { viewerActions } of data.services.nodes) {
      expect(viewerActions).toEqual(expect.arrayContaining(['UPDATE_SERVICE', 'DELETE_SERVICE', 'TAG_RESOURCE']));
    }
    expect(data.services.nodes).toHaveLength(5);
  });

  it('15 alert on stalled rollouts, in one stream for all clusters', async () => {
    const response = await world.app.fetch(
      new Request('http://127.0.0.1/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
        body: JSON.stringify({ query: screens.get('stalled-rollouts') }),
      }),
    );
    const reader = response.body?.getReader();
    let text = '';
    while (reader !== undefined && !/event: next\ndata: .*\n/.test(text)) {
      const { value, done } = await reader.read();
      if (done) break;
      text += new TextDecoder().decode(value);
    }
    await reader?.cancel();
    expect(text).toContain('"type":"SNAPSHOT"');
    expect(text).toContain('"serviceName":"checkout"');
    expect(text).not.toContain('"errors"');
  });
});

it('14 buttons by permission: as policies allow, at the calls of the list alone', async () => {
  await using policed = await createPolicedWorld(
    `permit(principal in Ecs::Role::"one", action in Ecs::Action::"read", resource);
     permit(principal in Ecs::Role::"one", action == Ecs::Action::"UpdateService", resource in Ecs::Cluster::"arn:aws:ecs:eu-west-1:123456789012:cluster/storefront");
     @id("freeze") forbid(principal, action == Ecs::Action::"DeleteService", resource);`,
  );
  const show = async (role: string) => {
    const variables = {
      clusters: ['platform', 'storefront'],
      service: 'arn:aws:ecs:eu-west-1:123456789012:service/platform/orders-api',
    };
    const { data, errors, calls } = await policed.as<PermissionsQuery>(
      role,
      screens.get('permissions') ?? '',
      variables,
    );
    expect(errors).toBeUndefined();
    expect(calls).toEqual({ ListServices: 2 });
    const actions = new Map(data?.services.nodes.map((node) => [node.serviceName, node.viewerActions]));
    return { viewer: data?.viewer, cart: actions.get('cart'), orders: actions.get('orders-api') };
  };
  const frozen = {
    message: 'You may not call DeleteService here: policy "freeze" forbids it.',
    policies: ['freeze'],
  };
  expect(await show('one')).toEqual({
    viewer: {
      principal: 'one',
      roles: ['one'],
      scale: { message: 'You may not call UpdateService here: no policy allows it.', policies: [] },
      delete: frozen,
    },
    cart: ['UPDATE_SERVICE'],
    orders: [],
  });
  const admin = await show('admin');
  expect(admin.viewer).toMatchObject({ scale: null, delete: frozen });
  expect(admin.cart).toContain('UPDATE_SERVICE');
  expect(admin.cart).not.toContain('DELETE_SERVICE');
  expect(admin.orders).toEqual(admin.cart);
});
