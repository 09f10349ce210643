import {
  AssociateGatewayWithClusterCommand,
  type CapacityProviderStrategyItem,
  CreateCapacityProviderCommand,
  CreateClusterCommand,
  CreateDaemonCommand,
  CreateGatewayCommand,
  DeleteClusterCommand,
  DeleteDaemonCommand,
  DescribeCapacityProvidersCommand,
  DescribeClustersCommand,
  ListClustersCommand,
  ListGatewayClusterAssociationsCommand,
  PutClusterCapacityProvidersCommand,
  RegisterDaemonTaskDefinitionCommand,
  RunTaskCommand,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { NETWORK, registerTaskDefinition, withCluster } from '../../support/sandbox-world.ts';
import { withSandbox } from '../../support/start-sandbox.ts';

const MINUTE = 60_000;

describe('clusters', () => {
  it('come and go as in AWS', async () => {
    await using s = await withSandbox();
    const created = await s.ecs.send(new CreateClusterCommand({}));
    expect(created.cluster).toMatchObject({
      clusterArn: 'arn:aws:ecs:eu-west-1:123456789012:cluster/default',
      status: 'ACTIVE',
    });
    const described = await s.ecs.send(new DescribeClustersCommand({ clusters: ['default', 'nope'] }));
    expect(described.clusters).toHaveLength(1);
    expect(described.failures).toEqual([{ arn: 'arn:aws:ecs:eu-west-1:123456789012:cluster/nope', reason: 'MISSING' }]);
    await s.ecs.send(new DeleteClusterCommand({ cluster: 'default' }));
    expect((await s.ecs.send(new ListClustersCommand({}))).clusterArns).toEqual([]);
    await expect(s.ecs.send(new DeleteClusterCommand({ cluster: 'default' }))).rejects.toMatchObject({
      name: 'ClusterNotFoundException',
      message: 'The referenced cluster was inactive.',
    });
    expect(s.sandbox.calls()).toEqual({ CreateCluster: 1, DeleteCluster: 2, DescribeClusters: 1, ListClusters: 1 });
  });

  it('are paged with tokens that fit only their own request', async () => {
    await using s = await withSandbox();
    for (const clusterName of ['a', 'b', 'c']) await s.ecs.send(new CreateClusterCommand({ clusterName }));
    const first = await s.ecs.send(new ListClustersCommand({ maxResults: 2 }));
    expect(first.clusterArns).toHaveLength(2);
    await s.ecs.send(new DeleteClusterCommand({ cluster: 'b' }));
    const second = await s.ecs.send(new ListClustersCommand({ maxResults: 2, nextToken: first.nextToken }));
    expect(second.clusterArns).toEqual(['arn:aws:ecs:eu-west-1:123456789012:cluster/c']);
    expect(second.nextToken).toBeUndefined();
    await expect(s.ecs.send(new ListClustersCommand({ nextToken: 'made-up' }))).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
  });

  it('of one Region are unknown in another', async () => {
    await using s = await withSandbox();
    await s.ecs.send(new CreateClusterCommand({}));
    const elsewhere = s.client({ region: 'ap-south-1' });
    expect((await elsewhere.send(new ListClustersCommand({}))).clusterArns).toEqual([]);
  });
});

describe('a cluster that is there', () => {
  it('is answered when it is created again as it is, and refused otherwise', async () => {
    await using s = await withSandbox();
    const settings = [{ name: 'containerInsights' as const, value: 'enabled' }];
    const tags = [{ key: 'team', value: 'web' }];
    const create = (more: object) => s.ecs.send(new CreateClusterCommand({ clusterName: 'main', ...more }));
    await create({ settings, tags, capacityProviders: ['FARGATE'] });
    for (const same of [{}, { settings }, { tags, capacityProviders: ['FARGATE'] }]) {
      expect((await create(same)).cluster).toMatchObject({ settings, tags, capacityProviders: ['FARGATE'] });
    }
    for (const other of [{ tags: [] }, { capacityProviders: ['FARGATE_SPOT'] }, { configuration: {} }]) {
      await expect(create(other)).rejects.toMatchObject({
        name: 'InvalidParameterException',
        message: 'Arguments on this idempotent request are inconsistent with arguments used in previous request(s).',
      });
    }
  });
});

describe('a deleted cluster', () => {
  it('has no daemons, and no gateway any more', async () => {
    await using s = await withSandbox();
    await withCluster(s);
    const autoScalingGroupProvider = { autoScalingGroupArn: 'arn:aws:autoscaling:eu-west-1:123456789012:x:y' };
    await s.ecs.send(new CreateCapacityProviderCommand({ name: 'own', autoScalingGroupProvider }));
    const containerDefinitions = [{ name: 'agent', image: 'agent:1', memory: 64 }];
    const register = new RegisterDaemonTaskDefinitionCommand({ family: 'agent', containerDefinitions });
    const { daemonTaskDefinitionArn } = await s.ecs.send(register);
    const prefix = 'arn:aws:ecs:eu-west-1:123456789012';
    const daemon = { daemonName: 'agent', clusterArn: `${prefix}:cluster/main`, daemonTaskDefinitionArn };
    const capacityProviderArns = [`${prefix}:capacity-provider/own`];
    const { daemonArn } = await s.ecs.send(new CreateDaemonCommand({ ...daemon, capacityProviderArns }));
    const infrastructureRoleArn = 'arn:aws:iam::123456789012:role/x';
    const configuration = { hostSharedAlb: {} };
    await s.ecs.send(new CreateGatewayCommand({ name: 'front', infrastructureRoleArn, configuration }));
    await s.ecs.send(new AssociateGatewayWithClusterCommand({ gateway: 'front', cluster: 'main' }));
    const remove = () => s.ecs.send(new DeleteClusterCommand({ cluster: 'main' }));
    await expect(remove()).rejects.toMatchObject({ name: 'ClusterContainsServicesException' });
    await s.ecs.send(new DeleteDaemonCommand({ daemonArn }));
    s.sandbox.clock.advance(MINUTE);
    expect((await remove()).cluster?.status).toBe('INACTIVE');
    const listed = await s.ecs.send(new ListGatewayClusterAssociationsCommand({ gateway: 'front' }));
    expect(listed.gatewayClusterAssociations).toEqual([]);
  });
});

describe('a cluster with an Auto Scaling group', () => {
  it('is PROVISIONING until it has its scaling policy, and DEPROVISIONING until that is gone', async () => {
    await using s = await withSandbox();
    const autoScalingGroupProvider = {
      autoScalingGroupArn: 'arn:aws:autoscaling:eu-west-1:123456789012:x:y',
      managedScaling: { status: 'ENABLED' },
    } as const;
    await s.ecs.send(new CreateCapacityProviderCommand({ name: 'own', autoScalingGroupProvider }));
    const made = await s.ecs.send(new CreateClusterCommand({ clusterName: 'main', capacityProviders: ['own'] }));
    expect(made.cluster).toMatchObject({ status: 'PROVISIONING', attachmentsStatus: 'UPDATE_IN_PROGRESS' });
    const remove = () => s.ecs.send(new DeleteClusterCommand({ cluster: 'main' }));
    await expect(remove()).rejects.toMatchObject({ name: 'UpdateInProgressException' });
    const read = async () => {
      const describing = new DescribeClustersCommand({ clusters: ['main'], include: ['ATTACHMENTS'] });
      return (await s.ecs.send(describing)).clusters?.[0];
    };
    s.sandbox.clock.advance(MINUTE);
    expect(await read()).toMatchObject({
      status: 'ACTIVE',
      attachmentsStatus: 'UPDATE_COMPLETE',
      attachments: [{ type: 'as_policy', status: 'CREATED' }],
    });
    expect((await remove()).cluster).toMatchObject({ status: 'DEPROVISIONING', attachments: [{ status: 'DELETING' }] });
    await expect(remove()).rejects.toThrow('The referenced cluster was inactive.');
    s.sandbox.clock.advance(MINUTE);
    expect(await read()).toMatchObject({ status: 'INACTIVE', attachments: [] });
  });
});

describe('capacity providers', () => {
  const managedInstancesProvider = {
    infrastructureRoleArn: 'arn:aws:iam::123456789012:role/x',
    instanceLaunchTemplate: {
      ec2InstanceProfileArn: 'arn:aws:iam::123456789012:instance-profile/x',
      networkConfiguration: { subnets: ['subnet-1'] },
    },
  };

  it('of a cluster are described by it, and serve no other', async () => {
    await using s = await withSandbox();
    await withCluster(s);
    await s.ecs.send(new CreateClusterCommand({ clusterName: 'other', capacityProviders: ['FARGATE'] }));
    await s.ecs.send(new CreateCapacityProviderCommand({ name: 'own', cluster: 'main', managedInstancesProvider }));
    const namesOf = async (cluster?: string) => {
      const answer = await s.ecs.send(new DescribeCapacityProvidersCommand({ cluster }));
      expect(answer.failures).toEqual([]);
      return answer.capacityProviders?.map(({ name }) => name);
    };
    expect(await namesOf()).toEqual(['FARGATE', 'FARGATE_SPOT', 'own']);
    expect(await namesOf('main')).toEqual(['own']);
    expect(await namesOf('other')).toEqual(['FARGATE']);
    const put = { cluster: 'other', capacityProviders: ['own'], defaultCapacityProviderStrategy: [] };
    await expect(s.ecs.send(new PutClusterCapacityProvidersCommand(put))).rejects.toThrow('only in the cluster main');
  });

  it('are named once in a strategy, by name or ARN, of a cluster or a task', async () => {
    await using s = await withSandbox();
    await withCluster(s);
    const taskDefinition = await registerTaskDefinition(s, { fargate: true });
    const arn = 'arn:aws:ecs:eu-west-1:123456789012:capacity-provider/FARGATE';
    const twice = [
      { capacityProvider: 'FARGATE', weight: 1 },
      { capacityProvider: arn, weight: 2 },
    ];
    const put = (defaultCapacityProviderStrategy: CapacityProviderStrategyItem[]) =>
      s.ecs.send(
        new PutClusterCapacityProvidersCommand({
          cluster: 'main',
          capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
          defaultCapacityProviderStrategy,
        }),
      );
    await expect(put(twice)).rejects.toThrow('contains a capacity provider more than once');
    await put(twice.slice(1));
    const run = (capacityProviderStrategy: CapacityProviderStrategyItem[]) =>
      s.ecs.send(
        new RunTaskCommand({
          cluster: 'main',
          taskDefinition,
          networkConfiguration: NETWORK,
          capacityProviderStrategy,
        }),
      );
    await expect(run(twice)).rejects.toThrow('contains a capacity provider more than once');
    expect((await run(twice.slice(1))).tasks).toHaveLength(1);
  });

  it('that a late read does not see yet are missing without a word', async () => {
    await using s = await withSandbox();
    await withCluster(s);
    s.sandbox.faults.set({ staleReadsMs: 5000 });
    await s.ecs.send(new CreateCapacityProviderCommand({ name: 'own', cluster: 'main', managedInstancesProvider }));
    const { capacityProviders, failures } = await s.ecs.send(new DescribeCapacityProvidersCommand({}));
    expect([capacityProviders?.map(({ name }) => name), failures]).toEqual([['FARGATE', 'FARGATE_SPOT'], []]);
  });
});
