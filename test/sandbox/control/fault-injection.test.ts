import {
  AssociateGatewayWithClusterCommand,
  CreateClusterCommand,
  CreateGatewayCommand,
  CreateServiceCommand,
  DeleteAccountSettingCommand,
  DescribeClustersCommand,
  DescribeContainerInstancesCommand,
  DisassociateGatewayFromClusterCommand,
  ListAccountSettingsCommand,
  ListClustersCommand,
  ListGatewayClusterAssociationsCommand,
  ListTasksCommand,
  PutAccountSettingCommand,
  PutAccountSettingDefaultCommand,
  RunTaskCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { readService } from '../support/read.ts';
import { registerInstance, registerTaskDefinition, withCluster } from '../support/sandbox-world.ts';
import { withSandbox } from '../support/start-sandbox.ts';

const MINUTE = 60_000;

describe('faults', () => {
  it('answer chosen operations with errors, as often as asked', async () => {
    await using s = await withSandbox();
    s.sandbox.faults.set({ rules: [{ operations: ['ListClusters'], fault: 'serverError', times: 1 }] });
    await s.ecs.send(new CreateClusterCommand({}));
    await expect(s.ecs.send(new ListClustersCommand({}))).rejects.toMatchObject({
      name: 'ServerException',
      $metadata: { httpStatusCode: 500 },
    });
    expect((await s.ecs.send(new ListClustersCommand({}))).clusterArns).toHaveLength(1);
  });

  it.each([
    ['throttle', 'ThrottlingException'],
    ['expiredCredentials', 'ExpiredTokenException'],
    ['accessDenied', 'AccessDeniedException'],
  ] as const)('%s reads as %s', async (fault, name) => {
    await using s = await withSandbox();
    s.sandbox.faults.set({ rules: [{ fault }] });
    await expect(s.ecs.send(new ListClustersCommand({}))).rejects.toMatchObject({ name });
  });

  it.each(['reset', 'lostAnswer', 'truncate'] as const)('%s breaks the connection', async (fault) => {
    await using s = await withSandbox();
    s.sandbox.faults.set({ rules: [{ fault }] });
    await expect(s.ecs.send(new CreateClusterCommand({}))).rejects.toThrow();
    s.sandbox.faults.clear();
    const { clusterArns } = await s.ecs.send(new ListClustersCommand({}));
    expect(clusterArns).toHaveLength(fault === 'reset' ? 0 : 1);
  });

  it.each(['lostAnswer', 'truncate'] as const)('%s breaks the connection on an error too', async (fault) => {
    await using s = await withSandbox();
    s.sandbox.faults.set({ rules: [{ fault }] });
    const failing = s.ecs.send(new ListTasksCommand({ cluster: 'none' }));
    await expect(failing).rejects.not.toMatchObject({ name: 'ClusterNotFoundException' });
  });

  it('throttle by the documented buckets', async () => {
    await using s = await withSandbox();
    s.sandbox.faults.set({ throttling: { enabled: true, scale: 0.1 } });
    const calls = Array.from({ length: 20 }, () => s.ecs.send(new CreateClusterCommand({})));
    const results = await Promise.allSettled(calls);
    // A tenth of 20 is 2; what drips in meanwhile is at most one more.
    const passed = results.filter((result) => result.status === 'fulfilled').length;
    expect(passed).toBeGreaterThanOrEqual(2);
    expect(passed).toBeLessThanOrEqual(4);
  });

  it('let reads lag behind writes', async () => {
    await using s = await withSandbox();
    s.sandbox.faults.set({ staleReadsMs: 2000 });
    await s.ecs.send(new CreateClusterCommand({ clusterName: 'late' }));
    const describeIt = () => s.ecs.send(new DescribeClustersCommand({ clusters: ['late'] }));
    expect(await describeIt()).toMatchObject({ clusters: [], failures: [{ reason: 'MISSING' }] });
    s.sandbox.clock.advance(2000);
    expect((await describeIt()).clusters).toHaveLength(1);
  });

  it('let account settings and what gateways are associated with lag too', async () => {
    await using s = await withSandbox();
    await withCluster(s);
    const infrastructureRoleArn = 'arn:aws:iam::123456789012:role/gateway';
    const configuration = { hostSharedAlb: {} };
    await s.ecs.send(new CreateGatewayCommand({ name: 'edge', infrastructureRoleArn, configuration }));
    await s.ecs.send(new PutAccountSettingCommand({ name: 'containerInsights', value: 'enhanced' }));
    s.sandbox.clock.advance(MINUTE);
    s.sandbox.faults.set({ staleReadsMs: 2000 });
    const association = { gateway: 'edge', cluster: 'main' };
    await s.ecs.send(new AssociateGatewayWithClusterCommand(association));
    await s.ecs.send(new PutAccountSettingCommand({ name: 'containerInsights', value: 'enabled' }));
    await s.ecs.send(new PutAccountSettingDefaultCommand({ name: 'awsvpcTrunking', value: 'enabled' }));
    const look = async () => {
      const { gatewayClusterAssociations: found } = await s.ecs.send(new ListGatewayClusterAssociationsCommand({}));
      const value = async (name: 'containerInsights' | 'awsvpcTrunking') =>
        (await s.ecs.send(new ListAccountSettingsCommand({ name, effectiveSettings: true }))).settings?.[0]?.value;
      const associations = found?.map(({ status }) => status);
      return { associations, insights: await value('containerInsights'), trunking: await value('awsvpcTrunking') };
    };
    expect(await look()).toEqual({ associations: [], insights: 'enhanced', trunking: 'disabled' });
    s.sandbox.clock.advance(2000);
    expect(await look()).toEqual({ associations: ['ACTIVE'], insights: 'enabled', trunking: 'enabled' });
    await s.ecs.send(new DeleteAccountSettingCommand({ name: 'containerInsights' }));
    await s.ecs.send(new DisassociateGatewayFromClusterCommand(association));
    expect(await look()).toMatchObject({ associations: ['ACTIVE'], insights: 'enabled' });
    s.sandbox.clock.advance(2000);
    expect(await look()).toMatchObject({ associations: [], insights: 'disabled' });
  });

  it('let lists and counts lag as well', async () => {
    await using s = await withSandbox();
    await withCluster(s);
    const containerInstance = await registerInstance(s, 'a');
    const taskDefinition = await registerTaskDefinition(s);
    const service = { cluster: 'main', serviceName: 'web', taskDefinition, desiredCount: 2 };
    await s.ecs.send(new CreateServiceCommand(service));
    s.sandbox.clock.advance(2 * MINUTE);
    s.sandbox.faults.set({ staleReadsMs: 60_000 });
    await s.ecs.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', desiredCount: 0 }));
    await s.ecs.send(new RunTaskCommand({ cluster: 'main', taskDefinition }));
    const look = async () => {
      const { clusters } = await s.ecs.send(new DescribeClustersCommand({ clusters: ['main'] }));
      const instances = { cluster: 'main', containerInstances: [containerInstance] };
      const { containerInstances } = await s.ecs.send(new DescribeContainerInstancesCommand(instances));
      const { desiredCount, runningCount, deployments } = await readService(s);
      const listed = async (filter: object) =>
        (await s.ecs.send(new ListTasksCommand({ cluster: 'main', ...filter }))).taskArns?.length;
      return {
        cluster: [clusters?.[0]?.runningTasksCount, clusters?.[0]?.pendingTasksCount],
        instance: [
          containerInstances?.[0]?.runningTasksCount,
          containerInstances?.[0]?.remainingResources?.find(({ name }) => name === 'CPU')?.integerValue,
        ],
        service: [desiredCount, runningCount, deployments?.[0]?.runningCount],
        tasks: [await listed({}), await listed({ serviceName: 'web' }), await listed({ containerInstance })],
      };
    };
    const before = { cluster: [2, 0], instance: [2, 1536], service: [2, 2, 2], tasks: [2, 2, 2] };
    expect(await look()).toEqual(before);
    // The tasks of the service stopped long ago, but the change was not seen.
    s.sandbox.clock.advance(59_000);
    expect(await look()).toEqual(before);
    s.sandbox.clock.advance(60_000);
    const after = { cluster: [1, 0], instance: [1, 1792], service: [0, 0, 0], tasks: [1, 0, 1] };
    expect(await look()).toEqual(after);
    s.sandbox.faults.clear();
    expect(await look()).toEqual(after);
  });

  it('are set over HTTP too, and refused with a reason', async () => {
    await using s = await withSandbox();
    const post = (body: unknown) =>
      fetch(`${s.sandbox.url}/_sandbox/faults`, { method: 'POST', body: JSON.stringify(body) });
    expect((await post({ rules: [{ fault: 'throttle', rate: 0.5 }] })).status).toBe(200);
    expect(s.sandbox.faults.settings.rules).toEqual([{ fault: 'throttle', rate: 0.5 }]);
    const refused = await post({ rules: [{ fault: 'flood' }] });
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({ error: expect.stringContaining('fault must be one of') });
    for (const [body, error] of [
      [
        { staleReads: 5 },
        /staleReads is not a setting; there are rules, throttling, launchRates, staleReadsMs, duplicateEvents/,
      ],
      [{ rules: [{ operations: ['ListNothing'], fault: 'reset' }] }, /ECS has no operation ListNothing/],
      [{ rules: [{ faults: 'reset' }] }, /faults is not a setting/],
      [{ throttling: { enable: true } }, /enable is not a setting; there are enabled, scale/],
      [{ throttling: { enabled: 'false' } }, /throttling.enabled must be true or false/],
      [{ rules: [{ fault: 'reset', code: 'BlockedException' }] }, /code and message are those of the fault error/],
      [{ rules: [{ operations: ['ListTasks'] }] }, /a rule needs a fault or latencyMs/],
    ] as const) {
      expect(await (await post(body)).json()).toEqual({ error: expect.stringMatching(error) });
    }
    await fetch(`${s.sandbox.url}/_sandbox/faults?staleReadsMs=500`, { method: 'POST' });
    expect(s.sandbox.faults.settings.staleReadsMs).toBe(500);
  });
});
