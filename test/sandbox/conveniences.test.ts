import {
  CreateCapacityProviderCommand,
  CreateServiceCommand,
  CreateTaskSetCommand,
  DeleteClusterCommand,
  DeleteServiceCommand,
  DeleteTaskSetCommand,
  DescribeClustersCommand,
  DescribeServicesCommand,
  ListContainerInstancesCommand,
  PutClusterCapacityProvidersCommand,
  RunTaskCommand,
  StopTaskCommand,
  UpdateContainerInstancesStateCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { startSandbox } from '../../src/sandbox/index.ts';
import { readTasks } from './support/read.ts';
import { NETWORK, registerInstance, registerTaskDefinition, withCluster } from './support/sandbox-world.ts';
import { type SandboxUnderTest, withSandbox } from './support/start-sandbox.ts';

const FARGATE = { launchType: 'FARGATE', networkConfiguration: NETWORK } as const;

describe('any capacity', () => {
  it('runs tasks for EC2 in a cluster without instances, and these do not count as any', async () => {
    await using s = await withSandbox({ anyCapacity: true });
    await withCluster(s);
    const taskDefinition = await registerTaskDefinition(s);
    const { tasks, failures } = await s.ecs.send(new RunTaskCommand({ cluster: 'main', taskDefinition, count: 2 }));
    expect([tasks?.length, failures]).toEqual([2, []]);
    await s.ecs.send(
      new CreateServiceCommand({ cluster: 'main', serviceName: 'web', taskDefinition, desiredCount: 3 }),
    );
    s.sandbox.clock.advance(120_000);
    const all = await readTasks(s);
    expect(all).toHaveLength(5);
    for (const task of all) {
      expect(task).toMatchObject({ launchType: 'EC2', lastStatus: 'RUNNING' });
      expect(task.containerInstanceArn).toBeUndefined();
      expect(task.containers).toMatchObject([{ name: 'app', lastStatus: 'RUNNING' }]);
      expect(task.overrides?.containerOverrides).toHaveLength(1);
    }
    expect((await s.ecs.send(new ListContainerInstancesCommand({ cluster: 'main' }))).containerInstanceArns).toEqual(
      [],
    );
    const { clusters } = await s.ecs.send(new DescribeClustersCommand({ clusters: ['main'] }));
    expect(clusters?.[0]).toMatchObject({ registeredContainerInstancesCount: 0, runningTasksCount: 5 });
  });

  it('serves capacity providers without instances too', async () => {
    await using s = await withSandbox({ anyCapacity: true });
    const autoScalingGroupArn =
      'arn:aws:autoscaling:eu-west-1:123456789012:autoScalingGroup:1:autoScalingGroupName/own';
    await s.ecs.send(
      new CreateCapacityProviderCommand({ name: 'own', autoScalingGroupProvider: { autoScalingGroupArn } }),
    );
    await withCluster(s);
    const capacityProviderStrategy = [{ capacityProvider: 'own', weight: 1 }];
    await s.ecs.send(
      new PutClusterCapacityProvidersCommand({
        cluster: 'main',
        capacityProviders: ['own'],
        defaultCapacityProviderStrategy: capacityProviderStrategy,
      }),
    );
    const taskDefinition = await registerTaskDefinition(s);
    const { tasks } = await s.ecs.send(
      new RunTaskCommand({ cluster: 'main', taskDefinition, capacityProviderStrategy }),
    );
    expect(tasks).toMatchObject([{ capacityProviderName: 'own' }]);
    s.sandbox.clock.advance(60_000);
    expect(await readTasks(s)).toMatchObject([{ lastStatus: 'RUNNING' }]);
  });

  it('is an option of the sandbox, not of a world that it reads', async () => {
    await using from = await withSandbox();
    await withCluster(from);
    await registerTaskDefinition(from);
    await using s = await withSandbox({ anyCapacity: true });
    s.sandbox.importWorld(JSON.parse(JSON.stringify(from.sandbox.exportWorld())));
    const { tasks } = await s.ecs.send(new RunTaskCommand({ cluster: 'main', taskDefinition: 'web' }));
    expect(tasks).toHaveLength(1);
  });

  it('leaves placement as it is where an instance is registered, and is off by default', async () => {
    await using s = await withSandbox({ anyCapacity: true });
    await withCluster(s);
    await registerInstance(s, 'a');
    const taskDefinition = await registerTaskDefinition(s, { memory: 100_000 });
    const { failures } = await s.ecs.send(new RunTaskCommand({ cluster: 'main', taskDefinition }));
    expect(failures).toMatchObject([{ reason: 'RESOURCE:MEMORY' }]);
    await using usual = await withSandbox();
    await withCluster(usual);
    await registerTaskDefinition(usual);
    await expect(usual.ecs.send(new RunTaskCommand({ cluster: 'main', taskDefinition: 'web' }))).rejects.toThrow(
      'No Container Instances were found in your cluster.',
    );
  });
});

describe('a sandbox that is instant', () => {
  const instant = (): Promise<SandboxUnderTest> => withSandbox({ instant: true });

  it('answers with tasks that run, or have stopped', async () => {
    await using s = await instant();
    await withCluster(s);
    await registerTaskDefinition(s, { fargate: true });
    const { tasks } = await s.ecs.send(
      new RunTaskCommand({ cluster: 'main', taskDefinition: 'web', count: 3, ...FARGATE }),
    );
    expect(tasks?.map(({ lastStatus }) => lastStatus)).toEqual(['RUNNING', 'RUNNING', 'RUNNING']);
    const { task } = await s.ecs.send(new StopTaskCommand({ cluster: 'main', task: tasks?.[0]?.taskArn }));
    expect(task).toMatchObject({ lastStatus: 'STOPPED', stopCode: 'UserInitiated' });
    await registerTaskDefinition(s, { fargate: true, labels: { 'sandbox.exit-code': '3' } });
    const failed = await s.ecs.send(new RunTaskCommand({ cluster: 'main', taskDefinition: 'web', ...FARGATE }));
    expect(failed.tasks).toMatchObject([{ lastStatus: 'STOPPED', containers: [{ exitCode: 3 }] }]);
  });

  it('answers with services at their counts, and with those that are gone', async () => {
    await using s = await instant();
    await withCluster(s);
    await registerTaskDefinition(s, { fargate: true });
    const named = { cluster: 'main', service: 'web' };
    const created = await s.ecs.send(
      new CreateServiceCommand({
        cluster: 'main',
        serviceName: 'web',
        taskDefinition: 'web',
        desiredCount: 2,
        ...FARGATE,
      }),
    );
    const steady = (desiredCount: number) => ({
      desiredCount,
      runningCount: desiredCount,
      pendingCount: 0,
      deployments: [{ rolloutState: 'COMPLETED', runningCount: desiredCount }],
    });
    expect(created.service).toMatchObject(steady(2));
    const scaled = await s.ecs.send(new UpdateServiceCommand({ ...named, desiredCount: 5 }));
    expect(scaled.service).toMatchObject(steady(5));
    const deployed = await s.ecs.send(new UpdateServiceCommand({ ...named, forceNewDeployment: true }));
    expect(deployed.service).toMatchObject(steady(5));
    expect(deployed.service?.deployments).toHaveLength(1);
    const deleted = await s.ecs.send(new DeleteServiceCommand({ ...named, force: true }));
    expect(deleted.service).toMatchObject({ status: 'INACTIVE', runningCount: 0 });
    const gone = await s.ecs.send(new DeleteClusterCommand({ cluster: 'main' }));
    expect(gone.cluster).toMatchObject({ status: 'INACTIVE' });
  });

  it('answers when task sets are steady or gone, and instances are drained', async () => {
    await using s = await instant();
    await withCluster(s);
    const instance = await registerInstance(s, 'a');
    await registerInstance(s, 'b', 'i-2');
    await registerTaskDefinition(s);
    const place = { cluster: 'main', service: 'sets' };
    await s.ecs.send(
      new CreateServiceCommand({
        cluster: 'main',
        serviceName: 'sets',
        desiredCount: 2,
        deploymentController: { type: 'EXTERNAL' },
      }),
    );
    const scale = { value: 100, unit: 'PERCENT' } as const;
    const { taskSet } = await s.ecs.send(new CreateTaskSetCommand({ ...place, taskDefinition: 'web', scale }));
    const taskSetsOf = async () =>
      (await s.ecs.send(new DescribeServicesCommand({ cluster: 'main', services: ['sets'] }))).services?.[0]?.taskSets;
    expect(await taskSetsOf()).toMatchObject([{ stabilityStatus: 'STEADY_STATE', runningCount: 2 }]);
    const drained = await s.ecs.send(
      new UpdateContainerInstancesStateCommand({ cluster: 'main', containerInstances: [instance], status: 'DRAINING' }),
    );
    expect(drained.containerInstances).toMatchObject([{ status: 'DRAINING', runningTasksCount: 0 }]);
    await s.ecs.send(new DeleteTaskSetCommand({ ...place, taskSet: taskSet?.id, force: true }));
    expect(await taskSetsOf()).toEqual([]);
  });

  it('does not wait forever for a world that never settles', async () => {
    await using s = await instant();
    await withCluster(s);
    await registerTaskDefinition(s, { fargate: true, labels: { 'sandbox.exit-code': '1' } });
    const start = s.sandbox.clock.now();
    const { service } = await s.ecs.send(
      new CreateServiceCommand({
        cluster: 'main',
        serviceName: 'web',
        taskDefinition: 'web',
        desiredCount: 1,
        ...FARGATE,
      }),
    );
    expect(service).toMatchObject({ status: 'ACTIVE', desiredCount: 1 });
    const unplaced = await s.ecs.send(
      new CreateServiceCommand({
        cluster: 'main',
        serviceName: 'ec2',
        taskDefinition: await registerTaskDefinition(s, { family: 'ec2' }),
        desiredCount: 1,
      }),
    );
    expect(unplaced.service).toMatchObject({ runningCount: 0, desiredCount: 1 });
    // Neither waits for the other, nor until the end of what is allowed.
    expect(s.sandbox.clock.now() - start).toBeLessThan(20 * 60_000);
  });

  it('leaves time alone for reads, and starts early enough for many writes', async () => {
    const before = Date.now();
    const sandbox = await startSandbox({ speed: 1, instant: true });
    expect(before - sandbox.clock.now()).toBeGreaterThan(29 * 24 * 3600_000);
    await sandbox.close();
    await using s = await instant();
    await withCluster(s);
    const now = s.sandbox.clock.now();
    await s.ecs.send(new DescribeClustersCommand({ clusters: ['main'] }));
    expect(s.sandbox.clock.now()).toBe(now);
    const both = await withSandbox({ instant: true, anyCapacity: true, defaultCluster: true });
    await registerTaskDefinition(both);
    const { tasks } = await both.ecs.send(new RunTaskCommand({ taskDefinition: 'web' }));
    expect(tasks).toMatchObject([{ lastStatus: 'RUNNING', launchType: 'EC2' }]);
    await both[Symbol.asyncDispose]();
  });
});
