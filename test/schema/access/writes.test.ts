import { describe, expect, it } from 'vitest';
import { ARN, createPolicedWorld, guardedSchema, POLICIES } from '../../policy/support/policy-world.ts';
import { createWorld } from '../../support/gateway/world.ts';

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
