import { describe, expect, it } from 'vitest';
import { createWorld } from '../support/world.ts';
import { initWs } from '../support/ws-client.ts';
import { createPolicedWorld, guardedSchema } from './world.ts';

const ARN = 'arn:aws:ecs:eu-west-1:123456789012';
/** `one` reads a cluster; `two` reads clusters, and reads and operates what is of team web. */
const POLICIES = `
@id("one-cluster") permit(principal in Ecs::Role::"one", action in Ecs::Action::"read", resource in Ecs::Cluster::"${ARN}:cluster/storefront");
@id("two-clusters") permit(principal in Ecs::Role::"two", action in Ecs::Action::"read", resource is Ecs::Cluster);
@id("two-team") permit(principal in Ecs::Role::"two", action in [Ecs::Action::"read", Ecs::Action::"operate", Ecs::Action::"deploy"], resource)
when { resource.hasTag("team") && resource.getTag("team") == "web" };
@id("no-gpu") forbid(principal, action in Ecs::Action::"deploy", resource) when { resource.hasTag("team") && resource.getTag("team") == "gpu" };
`;

interface Nodes<Node> {
  readonly nodes: readonly Node[];
}

describe('reads', () => {
  it('of what a name or ARN already denies cost no call', async () => {
    await using policed = await createPolicedWorld(POLICIES);
    const other = `arn:aws:ecs:eu-west-1:999999999999:service/storefront/cart`;
    const china = `arn:aws-cn:ecs:eu-west-1:123456789012:service/storefront/cart`;
    const node = Buffer.from(`Service|${ARN}:service/platform/orders-api`).toString('base64url');
    await policed.as('one', '{ cluster(cluster: "storefront") { status } }');
    for (const query of [
      '{ cluster(cluster: "platform") { status } }',
      '{ service(cluster: "platform", service: "orders-api") { status } }',
      `{ service(service: "${ARN}:service/platform/orders-api") { status } }`,
      `{ task(task: "${ARN}:task/platform/0123456789abcdef0123456789abcdef") { lastStatus } }`,
      `{ node(id: "${node}") { id } }`,
      '{ services(clusters: ["platform"]) { nodes { serviceName } } }',
      '{ taskDefinition(taskDefinition: "cart") { family } }',
      `{ tags(resourceArn: "${ARN}:service/platform/orders-api") { key } }`,
    ]) {
      const { errors, calls } = await policed.as('one', query);
      expect([query, errors?.[0]?.extensions, calls]).toEqual([
        query,
        expect.objectContaining({ code: 'FORBIDDEN', policies: [] }),
        {},
      ]);
    }
    for (const id of [other, china]) {
      const { errors, calls } = await policed.as('one', `{ service(service: "${id}") { status } }`);
      expect([errors?.[0]?.extensions.code, calls]).toEqual(['BAD_USER_INPUT', {}]);
    }
  });

  it('leave out of lists what is denied, and of no cluster that is', async () => {
    await using policed = await createPolicedWorld(POLICIES);
    const { data, calls } = await policed.as<{
      clusters: Nodes<object>;
      services: Nodes<object> & { edges: object[] };
    }>(
      'one',
      '{ clusters { nodes { clusterName } } services { nodes { cluster { clusterName } } edges { node { serviceName } } pageInfo { hasNextPage } } }',
    );
    expect(data?.clusters.nodes).toEqual([{ clusterName: 'storefront' }]);
    expect(data?.services.nodes).toHaveLength(5);
    expect(data?.services.edges).toHaveLength(5);
    expect(data?.services.nodes).toContainEqual({ cluster: { clusterName: 'storefront' } });
    expect(calls).toEqual({ ListClusters: 1, ListServices: 1 });
    expect((await policed.as('one', '{ taskDefinitionFamilies { nodes { family } } }')).data).toEqual({
      taskDefinitionFamilies: { nodes: [] },
    });
  });

  it('tell no count of what lists leave out, and no name in a search', async () => {
    await using policed = await createPolicedWorld(POLICIES);
    const count = '{ services(clusters: ["storefront"]) { totalCount { value } } }';
    expect((await policed.as('viewer', count)).data).toEqual({ services: { totalCount: { value: 5 } } });
    const denied = await policed.as('one', count);
    expect([denied.data, denied.errors?.[0]?.extensions.code]).toEqual([
      { services: { totalCount: null } },
      'FORBIDDEN',
    ]);
    const search = '{ search(text: "or") { nodes { kind name } edges { node { name } } } }';
    interface Found {
      readonly search: { readonly nodes: readonly { kind: string; name: string }[]; readonly edges: readonly object[] };
    }
    const seen = await policed.as<Found>('one', search);
    expect(seen.data?.search.nodes).toEqual([
      { kind: 'CLUSTER', name: 'storefront' },
      { kind: 'SERVICE', name: 'storefront' },
    ]);
    expect(seen.data?.search.edges).toHaveLength(2);
    const all = await policed.as<Found>('viewer', search);
    expect(all.data?.search.nodes).toContainEqual({ kind: 'SERVICE', name: 'orders-api' });
    const typed = await policed.as<{ search: { nodes: { node: object | null }[] } }>(
      'viewer',
      '{ search(text: "orders", kinds: [TASK_DEFINITION_FAMILY]) { nodes { node { __typename } } } }',
    );
    expect(typed.errors).toBeUndefined();
    expect(typed.data?.search.nodes).toContainEqual({ node: { __typename: 'TaskDefinition' } });
    expect((await policed.as('nobody', search)).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  });

  it('give null with FORBIDDEN for links, and their siblings stay', async () => {
    await using policed = await createPolicedWorld(POLICIES);
    const { data, errors, calls } = await policed.as(
      'one',
      '{ service(cluster: "storefront", service: "cart") { serviceName taskDefinition { family } } }',
    );
    expect(data).toEqual({ service: { serviceName: 'cart', taskDefinition: null } });
    expect(errors).toMatchObject([
      {
        path: ['service', 'taskDefinition'],
        message: 'You may not call DescribeTaskDefinition here: no policy allows it.',
        extensions: { code: 'FORBIDDEN', action: 'DescribeTaskDefinition' },
      },
    ]);
    expect(calls).toEqual({ DescribeServices: 1 });
  });

  it('by tags are decided after one read, and what is denied then seems not to exist', async () => {
    const policies = `permit(principal in Ecs::Role::"one", action in Ecs::Action::"read", resource is Ecs::Service)
      when { resource.hasTag("team") && resource.getTag("team") == "web" };`;
    await using policed = await createPolicedWorld(policies);
    const look = (cluster: string, service: string) =>
      policed.as('one', `{ service(cluster: "${cluster}", service: "${service}") { serviceName } }`);
    expect(await look('storefront', 'cart')).toMatchObject({
      data: { service: { serviceName: 'cart' } },
      calls: { DescribeServices: 1 },
    });
    for (const name of ['orders-api', 'no-such-service']) {
      const { data, errors } = await look('platform', name);
      expect([data, errors]).toEqual([{ service: null }, undefined]);
    }
    const { data, calls } = await policed.as<{ services: Nodes<{ serviceName: string }> }>(
      'one',
      '{ services(clusters: ["storefront", "platform"]) { nodes { serviceName } } }',
    );
    expect(data?.services.nodes.map(({ serviceName }) => serviceName).sort()).toEqual([
      'cart',
      'checkout',
      'recommendations',
      'search-api',
      'storefront',
    ]);
    expect(calls).toEqual({ ListServices: 2, DescribeServices: 2 });
  });

  it('of tasks by their service are decided for each task', async () => {
    const policies = `permit(principal in Ecs::Role::"one", action in Ecs::Action::"read", resource in Ecs::Service::"${ARN}:service/storefront/cart");`;
    await using policed = await createPolicedWorld(policies);
    const { data } = await policed.as<{ tasks: Nodes<{ service: { serviceName: string } }> }>(
      'one',
      '{ tasks(clusters: ["storefront"]) { nodes { service { serviceName } } } }',
    );
    expect(new Set(data?.tasks.nodes.map(({ service }) => service.serviceName))).toEqual(new Set(['cart']));
    const denied = await policed.as('one', '{ tasks(clusters: ["platform"]) { nodes { taskArn } } }');
    expect([denied.errors?.[0]?.extensions.code, denied.calls]).toEqual(['FORBIDDEN', {}]);
  });

  it('never show one principal what was cached for another', async () => {
    await using policed = await createPolicedWorld(POLICIES, { MEMORY_TTL: '1h' });
    const query = '{ services(clusters: ["platform"]) { nodes { serviceName } } }';
    expect((await policed.as<{ services: Nodes<object> }>('viewer', query)).data?.services.nodes).toHaveLength(5);
    for (const role of ['one', 'nobody']) {
      expect((await policed.as(role, query)).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
    }
    expect((await policed.as<{ services: Nodes<object> }>('two', query)).data?.services.nodes).toEqual([]);
  });

  it('are refused for a list that a policy forbids, and for the metrics', async () => {
    await using policed = await createPolicedWorld(
      '@id("no-lists") forbid(principal in Ecs::Role::"viewer", action == Ecs::Action::"ListTasks", resource);',
    );
    const { errors, calls } = await policed.as('viewer', '{ tasks { nodes { taskArn } } }');
    expect([errors?.[0]?.extensions, calls]).toEqual([expect.objectContaining({ policies: ['no-lists'] }), {}]);
    const scrape = async (role: string) => {
      const headers = { authorization: policed.authorization(role) };
      return (await policed.world.app.fetch(new Request('http://localhost/metrics', { headers }))).status;
    };
    expect([await scrape('viewer'), await scrape('nobody')]).toEqual([200, 403]);
  });
});

describe('writes', () => {
  const update = (service: string, input: string) =>
    `mutation { updateService(input: { service: "${ARN}:service/${service}", ${input} }) { service { desiredCount } } }`;

  it('are decided on their target and on the members that they set', async () => {
    await using policed = await createPolicedWorld(POLICIES);
    expect((await policed.as('operator', update('storefront/cart', 'desiredCount: 4'))).data).toEqual({
      updateService: { service: { desiredCount: 4 } },
    });
    const deploy = await policed.as('operator', update('storefront/cart', 'taskDefinition: "cart"'));
    expect([deploy.errors?.[0]?.extensions, deploy.calls]).toEqual([
      expect.objectContaining({ code: 'FORBIDDEN', action: 'UpdateService', policies: [] }),
      {},
    ]);
    expect((await policed.as('deployer', update('storefront/cart', 'taskDefinition: "cart"'))).errors).toBeUndefined();
    for (const role of ['viewer', 'nobody', 'one']) {
      const { errors, calls } = await policed.as(role, update('storefront/cart', 'desiredCount: 1'));
      expect([role, errors?.[0]?.extensions.code, calls]).toEqual([role, 'FORBIDDEN', {}]);
    }
  });

  it('by tags read them anew, once, and say which policy forbids', async () => {
    await using policed = await createPolicedWorld(POLICIES, { MEMORY_TTL: '1h' });
    expect((await policed.as('two', update('storefront/cart', 'desiredCount: 1'))).calls).toMatchObject({
      DescribeServices: expect.any(Number),
      UpdateService: 1,
    });
    const denied = await policed.as('two', update('platform/orders-api', 'desiredCount: 1'));
    expect([denied.errors?.[0]?.extensions.code, denied.calls]).toEqual(['FORBIDDEN', { DescribeServices: 1 }]);
    const tag = (role: string, value: string) =>
      policed.as(
        role,
        `mutation { tagResource(input: { resourceArn: "${ARN}:service/storefront/cart", tags: [{ key: "team", value: "${value}" }] }) { tags { value } } }`,
      );
    // Tagging is administration: it changes what policies on tags say.
    expect((await tag('two', 'x')).errors?.[0]?.extensions).toMatchObject({ action: 'TagResource' });
    expect((await tag('admin', 'gpu')).errors).toBeUndefined();
    const forbidden = await policed.as('deployer', update('storefront/cart', 'desiredCount: 2'));
    expect(forbidden.errors?.[0]).toMatchObject({
      message: 'You may not call UpdateService here: policy "no-gpu" forbids it.',
      extensions: { policies: ['no-gpu'], resource: `${ARN}:service/storefront/cart` },
    });
    expect((await policed.as('admin', update('storefront/cart', 'desiredCount: 2'))).errors).toHaveLength(1);
  });

  it('that create with tags need the right to tag', async () => {
    await using policed = await createPolicedWorld(POLICIES);
    const run = (role: string, tags: string) =>
      policed.as(
        role,
        `mutation { runTask(input: { cluster: "storefront", taskDefinition: "cart" ${tags} }) { failures { reason } } }`,
      );
    const tags = ', tags: [{ key: "team", value: "web" }]';
    expect((await run('deployer', '')).errors?.[0]?.extensions.code).not.toBe('FORBIDDEN');
    expect((await run('deployer', tags)).errors?.[0]?.extensions).toMatchObject({
      code: 'FORBIDDEN',
      action: 'TagResource',
    });
    expect((await run('admin', tags)).errors?.[0]?.extensions.code).not.toBe('FORBIDDEN');
  });

  it('of several targets need all of them, before any is sent', async () => {
    await using policed = await createPolicedWorld(
      `permit(principal in Ecs::Role::"one", action in [Ecs::Action::"read", Ecs::Action::"operate"], resource in Ecs::Cluster::"${ARN}:cluster/storefront");`,
    );
    const drain =
      'mutation($ids: [ID!]!) { drainContainerInstances(input: { cluster: "platform", containerInstances: $ids }) { failedInstanceCount } }';
    const { errors, calls } = await policed.as('one', drain, { ids: ['a'.repeat(32), 'b'.repeat(32)] });
    expect([errors?.[0]?.extensions.action, calls]).toEqual(['UpdateContainerInstancesState', {}]);
  });

  it('of several operations are decided before they begin, and each again', async () => {
    await using policed = await createPolicedWorld(POLICIES);
    const scale = (cluster: string) =>
      `mutation { scaleService(cluster: "${cluster}", service: "${cluster === 'platform' ? 'orders-api' : 'cart'}", desiredCount: 2) { __typename } }`;
    expect((await policed.as('operator', scale('storefront'))).errors).toBeUndefined();
    const denied = await policed.as('one', scale('platform'));
    expect([denied.errors?.[0]?.extensions, denied.calls]).toEqual([
      expect.objectContaining({ code: 'FORBIDDEN', action: 'UpdateService' }),
      {},
    ]);
  });

  it('under a key that was used are not answered once they are forbidden', async () => {
    await using policed = await createPolicedWorld(POLICIES);
    const scale = `mutation { updateService(idempotencyKey: "k", input: { cluster: "storefront", service: "cart", desiredCount: 2 }) { service { desiredCount } } }`;
    expect((await policed.as('operator', scale)).errors).toBeUndefined();
    expect((await policed.as('operator', scale)).extensions?.replayed).toBe(true);
    expect(
      await policed.change(
        'forbid(principal in Ecs::Role::"operator", action == Ecs::Action::"UpdateService", resource);',
      ),
    ).toBe(true);
    expect((await policed.as('operator', scale)).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  });

  it('are all refused where the gateway is read-only, with and without policies', async () => {
    await using policed = await createPolicedWorld(POLICIES, { READ_ONLY: 'on' });
    const scale = update('storefront/cart', 'desiredCount: 1');
    expect(await policed.as('admin', scale)).toMatchObject({
      calls: {},
      errors: [
        {
          message: 'You may not call UpdateService here: this gateway only reads (READ_ONLY).',
          extensions: { code: 'FORBIDDEN', policies: ['READ_ONLY'] },
        },
      ],
    });
    const world = await createWorld({}, { READ_ONLY: 'on' }, { schema: guardedSchema() });
    const plain = await world.count<{ service: { viewerActions: string[] } }>(scale);
    expect([plain.errors?.[0]?.extensions.code, plain.calls]).toEqual(['FORBIDDEN', {}]);
    expect(
      await world.data('{ service(cluster: "storefront", service: "cart") { serviceName viewerActions } }'),
    ).toEqual({
      service: { serviceName: 'cart', viewerActions: [] },
    });
    await world.dispose();
  });
});

describe('what a viewer may do', () => {
  it('is answered for each noun without another call', async () => {
    await using policed = await createPolicedWorld(POLICIES);
    const query =
      '{ viewer { principal roles } services(clusters: ["storefront", "platform"]) { nodes { serviceName viewerActions } } }';
    const { data, calls } = await policed.as<{
      viewer: object;
      services: Nodes<{ serviceName: string; viewerActions: string[] }>;
    }>('operator', query);
    expect(data?.viewer).toEqual({ principal: 'operator', roles: ['operator'] });
    expect(new Set(data?.services.nodes.map(({ viewerActions }) => viewerActions.join()))).toEqual(
      new Set(['UPDATE_SERVICE']),
    );
    expect(calls).toEqual({ ListServices: 2, DescribeServices: 2 });
    const admin = await policed.as<{ cluster: { viewerActions: string[] } }>(
      'admin',
      '{ cluster(cluster: "storefront") { viewerActions } }',
    );
    expect(admin.data?.cluster.viewerActions).toEqual(
      expect.arrayContaining(['CREATE_SERVICE', 'DELETE_CLUSTER', 'RUN_TASK', 'TAG_RESOURCE']),
    );
    expect(
      (
        await policed.as<{ cluster: { viewerActions: string[] } }>(
          'viewer',
          '{ cluster(cluster: "storefront") { viewerActions } }',
        )
      ).data?.cluster.viewerActions,
    ).toEqual([]);
  });

  it('and why not', async () => {
    await using policed = await createPolicedWorld(POLICIES);
    const why = async (role: string, action: string, id: string | null) => {
      const query =
        'query($action: EcsAction!, $id: ID) { viewer { denied(action: $action, id: $id) { action policies message } } }';
      const { data, errors } = await policed.as<{ viewer: { denied: unknown } }>(role, query, { action, id });
      return errors?.[0]?.message ?? data?.viewer.denied;
    };
    const cart = `${ARN}:service/storefront/cart`;
    expect(await why('operator', 'UPDATE_SERVICE', cart)).toBeNull();
    expect(await why('operator', 'DELETE_SERVICE', cart)).toEqual({
      action: 'DELETE_SERVICE',
      policies: [],
      message: 'You may not call DeleteService here: no policy allows it.',
    });
    expect(await why('two', 'UPDATE_SERVICE', `${ARN}:service/platform/orders-api`)).toMatchObject({ policies: [] });
    expect(await why('viewer', 'CREATE_CLUSTER', null)).toMatchObject({ policies: [] });
    expect(await why('viewer', 'FlyAway', null)).toMatch(/Value "FlyAway" does not exist in "EcsAction" enum/);
    expect(await why('viewer', 'UpdateService', null)).toMatch(/UPDATE_SERVICE/);
  });
});

describe('subscriptions', () => {
  const FOLLOW = (args: string) => `subscription { deployments(${args}) { type cursor } }`;

  it('need the right to read what they follow', async () => {
    await using policed = await createPolicedWorld(POLICIES);
    const { url } = await policed.world.app.listen();
    const first = async (role: string, query: string) => {
      const peer = await initWs(`${url}/graphql`, { authorization: policed.authorization(role) });
      peer.send({ id: '1', type: 'subscribe', payload: { query } });
      const { payload } = (await peer.next()) as { payload: { errors?: { extensions: { code: string } }[] } };
      peer.socket.terminate();
      return payload.errors?.[0]?.extensions.code ?? 'followed';
    };
    expect(await first('one', FOLLOW('clusters: ["storefront"]'))).toBe('followed');
    expect(await first('one', FOLLOW('clusters: ["storefront", "platform"]'))).toBe('FORBIDDEN');
    expect(await first('one', 'subscription { deployments { type } }')).toBe('FORBIDDEN');
    expect(await first('viewer', 'subscription { deployments { type } }')).toBe('followed');
    const events = (cluster: string) =>
      `subscription { serviceEvents(cluster: "${cluster}", service: "${cluster === 'platform' ? 'orders-api' : 'cart'}") { type } }`;
    expect(await first('one', events('storefront'))).toBe('followed');
    expect(await first('one', events('platform'))).toBe('FORBIDDEN');
    expect(await first('two', events('storefront'))).toBe('followed');
    expect(await first('two', events('platform'))).toBe('FORBIDDEN');
  });

  it('end with the last cursor when a new policy denies them, and the others go on', async () => {
    await using policed = await createPolicedWorld(POLICIES);
    const { url } = await policed.world.app.listen();
    const follow = async (role: string) => {
      const peer = await initWs(`${url}/graphql`, { authorization: policed.authorization(role) });
      peer.send({ id: '1', type: 'subscribe', payload: { query: FOLLOW('clusters: ["storefront"]') } });
      const { payload } = (await peer.next()) as { payload: { data: { deployments: { cursor: string } } } };
      return { peer, cursor: payload.data.deployments.cursor };
    };
    const [one, viewer] = [await follow('one'), await follow('viewer')];
    expect(
      await policed.change('permit(principal in Ecs::Role::"one", action == Ecs::Action::"NoSuch", resource);'),
    ).toBe(false);
    expect(await policed.change('')).toBe(true);
    expect(await one.peer.next()).toMatchObject({
      type: 'next',
      payload: { errors: [{ extensions: { code: 'FORBIDDEN', cursor: one.cursor } }] },
    });
    expect((await one.peer.next()).type).toBe('complete');
    viewer.peer.send({ type: 'ping' });
    expect((await viewer.peer.next()).type).toBe('pong');
    for (const { peer } of [one, viewer]) peer.socket.terminate();
  });
});
