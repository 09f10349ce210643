import {
  DescribeTasksCommand,
  type ECSClient,
  ListClustersCommand,
  ListServicesCommand,
  ListTasksCommand,
} from '@aws-sdk/client-ecs';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import { type SandboxUnderTest, withSandbox } from '../support/start-sandbox.ts';

const REGIONS = ['eu-west-1', 'eu-central-1', 'us-east-1'];
const ACCOUNTS = Array.from({ length: 8 }, (_, index) => `20000000000${index + 1}`);
const KEYS = { accessKeyId: 'any', secretAccessKey: 'any' };

async function sessionOf(s: SandboxUnderTest, RoleArn: string, more: object = {}, credentials = KEYS) {
  const sts = new STSClient({ endpoint: s.sandbox.url, region: 'eu-west-1', credentials, maxAttempts: 1 });
  const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'test', ...more }));
  return {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  };
}

async function tasksOf(ecs: ECSClient, cluster: string, desiredStatus: 'RUNNING' | 'STOPPED' = 'RUNNING') {
  const { taskArns = [] } = await ecs.send(new ListTasksCommand({ cluster, desiredStatus }));
  if (taskArns.length === 0) return [];
  return (await ecs.send(new DescribeTasksCommand({ cluster, tasks: taskArns }))).tasks ?? [];
}

describe('the organization', () => {
  it('has 24 worlds in eight accounts, which the hub reads, and each of them its own ids', async () => {
    await using s = await withSandbox({ seed: 'organization' });
    const arns = new Set<string>();
    for (const account of ACCOUNTS) {
      const credentials = await sessionOf(s, `arn:aws:iam::${account}:role/EcsReader`);
      for (const region of REGIONS) {
        const ecs = s.client({ region, credentials });
        const { clusterArns } = await ecs.send(new ListClustersCommand({}));
        expect(clusterArns).toEqual(['web', 'jobs'].map((name) => `arn:aws:ecs:${region}:${account}:cluster/${name}`));
        const { serviceArns } = await ecs.send(new ListServicesCommand({ cluster: 'web' }));
        expect(serviceArns).toHaveLength(2);
        const tasks = [...(await tasksOf(ecs, 'web')), ...(await tasksOf(ecs, 'jobs'))];
        expect(tasks.map(({ lastStatus }) => lastStatus)).toEqual(Array.from({ length: 10 }, () => 'RUNNING'));
        for (const { taskArn } of tasks) arns.add(taskArn ?? '');
        const stopped = await tasksOf(ecs, 'jobs', 'STOPPED');
        expect(stopped.map(({ containers }) => containers?.[0]?.exitCode)).toEqual([137]);
      }
    }
    expect(arns.size).toBe(240);
    expect((await s.ecs.send(new ListClustersCommand({}))).clusterArns).toEqual([]);
  });

  it('differs from Region to Region and from account to account', async () => {
    await using s = await withSandbox({ seed: 'organization' });
    const imagesOf = async (account: string, region: string) => {
      const credentials = await sessionOf(s, `arn:aws:iam::${account}:role/EcsReader`);
      const tasks = await tasksOf(s.client({ region, credentials }), 'web');
      return [...new Set(tasks.map(({ containers }) => containers?.[0]?.image))].sort();
    };
    const at = (name: string) => `registry.example.com/${name}`;
    expect(await imagesOf('200000000001', 'eu-west-1')).toEqual([at('proxy:4.2.0'), at('storefront:1.0.0')]);
    expect(await imagesOf('200000000001', 'us-east-1')).toEqual([at('proxy:4.1.7'), at('storefront:1.0.0')]);
    expect(await imagesOf('200000000002', 'eu-west-1')).toEqual([at('checkout:1.0.0'), at('proxy:4.2.0')]);
    const credentials = await sessionOf(s, 'arn:aws:iam::200000000005:role/EcsReader');
    const failed = await tasksOf(s.client({ credentials }), 'web', 'STOPPED');
    expect(failed.map(({ stoppedReason }) => stoppedReason)).toEqual([
      expect.stringMatching(/^CannotPullContainerError/),
    ]);
  });

  it('lets operators in by the hub’s role and with the external id only', async () => {
    await using s = await withSandbox({ seed: 'organization' });
    const role = 'arn:aws:iam::200000000003:role/EcsOperator';
    const hub = await sessionOf(s, 'arn:aws:iam::123456789012:role/EcsHub', { DurationSeconds: 43_200 });
    const ExternalId = 'organization';
    await expect(sessionOf(s, role, { ExternalId })).rejects.toThrow('is not authorized to perform: sts:AssumeRole');
    await expect(sessionOf(s, role, {}, hub)).rejects.toThrow('is not authorized to perform: sts:AssumeRole');
    const credentials = await sessionOf(s, role, { ExternalId }, hub);
    const { clusterArns } = await s.client({ credentials }).send(new ListClustersCommand({}));
    expect(clusterArns).toHaveLength(2);
  });

  it('is made as its parts are asked for, and its roles go with a reset to another seed', async () => {
    await using s = await withSandbox({ seed: 'organization' });
    expect(s.sandbox.exportWorld().worlds).toEqual([]);
    await s.ecs.send(new ListClustersCommand({}));
    expect(s.sandbox.exportWorld().worlds.map(({ account, region }) => `${account}/${region}`)).toEqual([
      '123456789012/eu-west-1',
    ]);
    const unknown = 'arn:aws:iam::200000000001:role/none';
    await expect(sessionOf(s, unknown)).rejects.toThrow('is not authorized');
    s.sandbox.reset('empty');
    expect((await sessionOf(s, unknown)).accessKeyId).toMatch(/^ASIA/);
    s.sandbox.reset('organization');
    await expect(sessionOf(s, unknown)).rejects.toThrow('is not authorized');
  });
});
