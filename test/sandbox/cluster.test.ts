import {
  CreateClusterCommand,
  DeleteClusterCommand,
  DescribeClustersCommand,
  ListClustersCommand,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { withSandbox } from './support.ts';

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
