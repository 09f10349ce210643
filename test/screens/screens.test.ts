import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPolicedWorld } from '../policy/support/policy-world.ts';
import { createWorld, type World } from '../support/gateway/world.ts';
import { generateTypes, readScreens } from './generate-types.ts';
import type {
  ByTagQuery,
  DefinitionHistoryQuery,
  DeployDialogMutation,
  DeploymentTimelineQuery,
  DrainPageQuery,
  FleetOverviewQuery,
  HeaderQuery,
  ImageUsageQuery,
  PermissionsQuery,
  RunJobMutation,
  ScaleDialogMutation,
  SearchQuery,
  ServicePageQuery,
  StalledRolloutsSubscription,
  StoppedTasksQuery,
} from './generated/graphql.ts';
import { renderDeploymentTimeline } from './render/deployment-timeline.ts';
import { renderDeployDialog, renderRunJob, renderScaleDialog } from './render/dialogs.ts';
import { renderDrainPage } from './render/drain-page.ts';
import { renderFleetOverview } from './render/fleet-overview.ts';
import { renderByTag, renderDefinitionHistory, renderImageUsage, renderSearch } from './render/lists.ts';
import { renderServicePage } from './render/service-page.ts';
import { renderHeader, renderPermissions, renderStalledRollouts } from './render/status.ts';
import { renderStoppedTasks } from './render/stopped-tasks.ts';

const screens = readScreens();

/** The guards of the five screens that 0.1.0 was measured by, and of all. */
const GUARDS = { five: 40, fifteen: 53 };

describe('types', () => {
  it('of the screens are in step with the schema: `npx vitest run test/screens -u` writes them', async () => {
    await expect(await generateTypes()).toMatchFileSnapshot('generated/graphql.ts');
  });

  it('let the render functions of five screens do with fewer than 45 guards, where 0.1.0 needed 118', () => {
    const five = ['deployment-timeline', 'drain-page', 'fleet-overview', 'service-page', 'stopped-tasks'];
    const guardsOf = (files: readonly string[]) =>
      files.flatMap((file) => [...readFileSync(join('test/screens/render', file), 'utf8').matchAll(/\?\.|\?\?/g)]);
    expect(guardsOf(five.map((name) => `${name}.ts`))).toHaveLength(GUARDS.five);
    expect(GUARDS.five).toBeLessThan(45);
    const all = readdirSync('test/screens/render').filter((file) => file !== 'text.ts');
    expect(guardsOf(all)).toHaveLength(GUARDS.fifteen);
    const page = readFileSync('docs/clients.md', 'utf8');
    expect(page).toContain(`${GUARDS.five} guards (\`?.\`, \`??\`), and all fifteen with ${GUARDS.fifteen}`);
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
    const { data, calls } = await show<DefinitionHistoryQuery>('definition-history', {
      family: 'checkout',
    });
    expect(calls).toEqual({ ListTaskDefinitions: 1, DescribeTaskDefinition: data.taskDefinitions.nodes.length });
    expect(data.taskDefinitions.nodes[0]).toMatchObject({
      images: expect.arrayContaining([{ repository: 'checkout', tag: '5.2.0' }]),
    });
    expect(renderDefinitionHistory(data)).toMatch(/^\d+ revisions\n\d+ \| ACTIVE \| .*checkout:5\.2\.0/);
  });

  it('7 who uses an image, in all clusters', async () => {
    const { service } = await world.data<{ service: { images: { raw: string }[] } }>(
      '{ service(cluster: "storefront", service: "checkout") { images { raw } } }',
    );
    const { data, calls } = await show<ImageUsageQuery>('image-usage', { image: service.images[0]?.raw });
    expect(data.imageUsage).toMatchObject({
      services: { nodes: [{ serviceName: 'checkout', cluster: { clusterName: 'storefront' } }] },
    });
    expect(renderImageUsage(data)).toBe('1 services\nstorefront | checkout');
    expect(calls).toMatchObject({ ListClusters: 1, ListServices: 3 });
  });

  it('8 deploy dialog: a preview, then the deployment', async () => {
    const { id, revision } = await idOf('cart');
    const variables = {
      service: id,
      images: [{ container: 'cart', image: 'shop/cart:next' }],
      expectedRevision: revision,
    };
    const preview = await show<DeployDialogMutation>('deploy-dialog', {
      ...variables,
      dryRun: true,
    });
    expect(preview.calls).toEqual({ DescribeServices: 1, DescribeTaskDefinition: 1 });
    expect(preview.data.deployImages.plan).toHaveLength(2);
    const done = await show<DeployDialogMutation>('deploy-dialog', {
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
    expect(renderDeployDialog(preview.data)).toMatch(/^RegisterTaskDefinition\n[\s\S]*shop\/cart:next\nUpdateService/);
    expect(renderDeployDialog(done.data)).toMatch(/\nregistered cart:\d+\nstarted ecs-svc\/\d+$/);
  });

  it('9 scale dialog', async () => {
    const { id } = await idOf('storefront');
    const { data, calls } = await show<ScaleDialogMutation>('scale-dialog', {
      service: id,
      desiredCount: 8,
      dryRun: false,
    });
    expect(calls).toEqual({ DescribeServices: 1, UpdateService: 1 });
    expect(data.scaleService.service).toEqual({ id, desiredCount: 8 });
    expect(renderScaleDialog(data)).toMatch(/^UpdateService\n {2}desiredCount \| \d+ \| 8\n8 desired$/);
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
    const { data, calls } = await show<RunJobMutation>('run-job', { input, key: 'job' });
    expect(calls).toEqual({ RunTask: 1 });
    expect(data.runTask.tasks).toHaveLength(1);
    expect(renderRunJob(data)).toMatch(/^[0-9a-f]{32} \| PROVISIONING$/);
  });

  it('11 search by a part of a name', async () => {
    const { data, calls } = await show<SearchQuery>('search', { text: 'check' });
    expect(calls).toEqual({ ListClusters: 1, ListServices: 3 });
    expect(renderSearch(data)).toBe('1 found\nSERVICE | checkout | storefront');
  });

  it('12 services by tag', async () => {
    const { data, calls } = await show<ByTagQuery>('by-tag', {
      key: 'team',
      value: 'platform',
    });
    expect(data.services.totalCount.value).toBe(data.services.nodes.length);
    expect(data.services.nodes.length).toBeGreaterThan(0);
    expect(renderByTag(data)).toMatch(/^\d+ services\n[\w-]+ \| .*team=platform/);
    expect(calls).toMatchObject({ ListClusters: 1, ListServices: 3 });
  });

  it('13 counts in a header', async () => {
    const { data, calls } = await show<HeaderQuery>('header');
    expect(data.overview).toEqual({
      serviceCounts: { steady: expect.any(Number), deploying: expect.any(Number), failed: expect.any(Number) },
      failedTaskCount: expect.any(Number),
    });
    expect(calls).toMatchObject({ ListClusters: 1, ListServices: 3, ListTasks: 3 });
    expect(renderHeader(data)).toMatch(/^\d+ steady \| \d+ deploying \| \d+ failed \| \d+ tasks failed$/);
  });

  it('14 buttons by permission: all without policies', async () => {
    const { data, calls } = await show<PermissionsQuery>('permissions', { clusters: ['storefront'] });
    expect(calls).toEqual({ ListServices: 1 });
    expect(data.viewer).toEqual({ principal: 'anonymous', roles: ['anonymous'], scale: null, delete: null });
    for (const { viewerActions } of data.services.nodes) {
      expect(viewerActions).toEqual(expect.arrayContaining(['UPDATE_SERVICE', 'DELETE_SERVICE', 'TAG_RESOURCE']));
    }
    expect(data.services.nodes).toHaveLength(5);
    expect(renderPermissions(data)).toContain('\ncart | [scale] | [delete]');
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
    const [, event = '{}'] = /event: next\ndata: (.*)\n/.exec(text) ?? [];
    const { data } = JSON.parse(event) as { data: StalledRolloutsSubscription };
    expect(renderStalledRollouts(data)).toMatch(/^.+\npayments-worker \| stalled since \d{4}-\S+$/);
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
