import { describe, expect, it } from 'vitest';
import { ARN, createPolicedWorld, type Nodes, POLICIES } from '../../policy/support/policy-world.ts';

describe('reads', () => {
  it('cost no call if a name or ARN already shows that they are denied', async () => {
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

  it('leave denied resources out of lists, and list nothing of a denied cluster', async () => {
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

  it('show no count of items that lists leave out, and no name in a search', async () => {
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
