import { describe, expect, it } from 'vitest';
import { ARN, createPolicedWorld, type Nodes, POLICIES } from '../../policy/support/policy-world.ts';

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

  it('is explained for an action that is denied', async () => {
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
