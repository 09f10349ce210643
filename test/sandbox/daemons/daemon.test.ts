import {
  CreateCapacityProviderCommand,
  CreateDaemonCommand,
  type CreateDaemonCommandInput,
  DeleteDaemonCommand,
  DeleteDaemonTaskDefinitionCommand,
  DescribeDaemonCommand,
  DescribeDaemonDeploymentsCommand,
  DescribeDaemonRevisionsCommand,
  ListDaemonDeploymentsCommand,
  ListDaemonsCommand,
  PutClusterCapacityProvidersCommand,
  RegisterContainerInstanceCommand,
  RegisterDaemonTaskDefinitionCommand,
  UpdateDaemonCommand,
  waitUntilDaemonActive,
  waitUntilDaemonDeploymentStopped,
  waitUntilDaemonDeploymentSuccessful,
  waitUntilDaemonTaskDefinitionActive,
  waitUntilDaemonTaskDefinitionDeleted,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { readTasks } from '../support/read.ts';
import { withCluster } from '../support/sandbox-world.ts';
import { type SandboxUnderTest, withSandbox } from '../support/start-sandbox.ts';

const MINUTE = 60_000;

async function registerDefinition(s: SandboxUnderTest, image = 'agent:1'): Promise<string> {
  const { daemonTaskDefinitionArn } = await s.ecs.send(
    new RegisterDaemonTaskDefinitionCommand({
      family: 'agent',
      containerDefinitions: [{ name: 'agent', image, memory: 64 }],
    }),
  );
  return daemonTaskDefinitionArn ?? '';
}

async function addInstance(s: SandboxUnderTest): Promise<void> {
  const attributes = [{ name: 'sandbox.capacity-provider', value: 'own' }];
  await s.ecs.send(new RegisterContainerInstanceCommand({ cluster: 'main', attributes }));
}

/** A cluster with three instances of the capacity provider `own`. */
async function withInstances(s: SandboxUnderTest): Promise<void> {
  await withCluster(s);
  const autoScalingGroupProvider = { autoScalingGroupArn: 'arn:aws:autoscaling:eu-west-1:123456789012:x:y' };
  await s.ecs.send(new CreateCapacityProviderCommand({ name: 'own', autoScalingGroupProvider }));
  await s.ecs.send(
    new PutClusterCapacityProvidersCommand({
      cluster: 'main',
      capacityProviders: ['own'],
      defaultCapacityProviderStrategy: [],
    }),
  );
  for (let index = 0; index < 3; index += 1) await addInstance(s);
}

async function createDaemon(s: SandboxUnderTest, rest: Partial<CreateDaemonCommandInput> = {}) {
  const daemonTaskDefinitionArn = await registerDefinition(s);
  const created = await s.ecs.send(
    new CreateDaemonCommand({
      daemonName: 'logs',
      clusterArn: 'main',
      daemonTaskDefinitionArn,
      capacityProviderArns: ['own'],
      ...rest,
    }),
  );
  return { daemonArn: created.daemonArn ?? '', deploymentArn: created.deploymentArn ?? '', daemonTaskDefinitionArn };
}

async function deployment(s: SandboxUnderTest, arn: string | undefined) {
  const input = { daemonDeploymentArns: [arn ?? ''] };
  const { daemonDeployments = [] } = await s.ecs.send(new DescribeDaemonDeploymentsCommand(input));
  return daemonDeployments[0];
}

describe('a daemon', () => {
  it('runs one task on each instance of its providers, also on those that come later', async () => {
    await using s = await withSandbox();
    await withInstances(s);
    const { daemonArn, deploymentArn, daemonTaskDefinitionArn } = await createDaemon(s);
    const waiter = { client: s.ecs, maxWaitTime: 20 };
    await waitUntilDaemonTaskDefinitionActive(waiter, { daemonTaskDefinition: daemonTaskDefinitionArn });
    await waitUntilDaemonActive(waiter, { daemonArn });
    s.sandbox.clock.advance(2 * MINUTE);
    await waitUntilDaemonDeploymentSuccessful(waiter, { daemonDeploymentArns: [deploymentArn] });
    expect(await readTasks(s, { daemonName: 'logs' })).toHaveLength(3);
    await addInstance(s);
    s.sandbox.clock.advance(MINUTE);
    const tasks = await readTasks(s, { daemonName: 'logs' });
    expect(new Set(tasks.map((task) => task.containerInstanceArn)).size).toBe(4);
    expect(tasks[0]).toMatchObject({ group: 'daemon:logs', lastStatus: 'RUNNING', capacityProviderName: 'own' });
    const { daemon } = await s.ecs.send(new DescribeDaemonCommand({ daemonArn }));
    expect(daemon).toMatchObject({ status: 'ACTIVE', currentRevisions: [{ totalRunningCount: 4 }] });
  });

  it('rolls a new revision out in batches, and bakes before it succeeds', async () => {
    await using s = await withSandbox();
    await withInstances(s);
    const { daemonArn } = await createDaemon(s);
    s.sandbox.clock.advance(2 * MINUTE);
    const { deploymentArn } = await s.ecs.send(
      new UpdateDaemonCommand({
        daemonArn,
        daemonTaskDefinitionArn: await registerDefinition(s, 'agent:2'),
        capacityProviderArns: ['own'],
        deploymentConfiguration: { drainPercent: 34, bakeTimeInMinutes: 5 },
      }),
    );
    const running: number[] = [];
    for (let second = 0; second < 60; second += 1) {
      s.sandbox.clock.advance(1000);
      const tasks = await readTasks(s, { daemonName: 'logs' });
      running.push(tasks.filter((task) => task.lastStatus === 'RUNNING').length);
    }
    expect(Math.min(...running)).toBe(2);
    expect(await deployment(s, deploymentArn)).toMatchObject({
      status: 'IN_PROGRESS',
      targetDaemonRevision: { totalRunningInstanceCount: 3 },
      sourceDaemonRevisions: [{ totalRunningInstanceCount: 0 }],
    });
    s.sandbox.clock.advance(5 * MINUTE);
    expect(await deployment(s, deploymentArn)).toMatchObject({ status: 'SUCCESSFUL' });
    const { daemonDeployments = [] } = await s.ecs.send(new ListDaemonDeploymentsCommand({ daemonArn }));
    expect(daemonDeployments.map((item) => item.status)).toEqual(['SUCCESSFUL', 'SUCCESSFUL']);
    const daemonRevisionArns = [daemonDeployments[0]?.targetDaemonRevisionArn ?? ''];
    const { daemonRevisions } = await s.ecs.send(new DescribeDaemonRevisionsCommand({ daemonRevisionArns }));
    expect(daemonRevisions).toMatchObject([{ containerImages: [{ image: 'agent:2' }], critical: true }]);
  });

  it('is rolled back by its circuit breaker, and stopped where there is nothing to go back to', async () => {
    await using s = await withSandbox();
    await withInstances(s);
    const { daemonArn } = await createDaemon(s);
    s.sandbox.clock.advance(2 * MINUTE);
    const broken = await registerDefinition(s, 'sandbox/exit:1');
    const update = { daemonArn, daemonTaskDefinitionArn: broken, capacityProviderArns: ['own'] };
    const { deploymentArn } = await s.ecs.send(new UpdateDaemonCommand(update));
    s.sandbox.clock.advance(30 * MINUTE);
    expect(await deployment(s, deploymentArn)).toMatchObject({
      status: 'ROLLBACK_SUCCESSFUL',
      circuitBreaker: { status: 'TRIGGERED' },
      rollback: { rollbackTargetDaemonRevisionArn: expect.stringContaining(':daemon-revision/main/logs/') },
    });
    expect(await readTasks(s, { daemonName: 'logs' })).toMatchObject(Array(3).fill({ lastStatus: 'RUNNING' }));
    const first = await createDaemon(s, { daemonName: 'broken', daemonTaskDefinitionArn: broken });
    s.sandbox.clock.advance(30 * MINUTE);
    const input = { daemonDeploymentArns: [first.deploymentArn] };
    await waitUntilDaemonDeploymentStopped({ client: s.ecs, maxWaitTime: 20 }, input);
    expect(await readTasks(s, { daemonName: 'broken' })).toEqual([]);
  });

  it('takes its tasks along when it is deleted, and then its task definition can go', async () => {
    await using s = await withSandbox();
    await withInstances(s);
    const { daemonArn, daemonTaskDefinitionArn } = await createDaemon(s);
    s.sandbox.clock.advance(2 * MINUTE);
    const daemonTaskDefinition = daemonTaskDefinitionArn;
    await s.ecs.send(new DeleteDaemonTaskDefinitionCommand({ daemonTaskDefinition }));
    const { status, deploymentArn } = await s.ecs.send(new DeleteDaemonCommand({ daemonArn }));
    expect(status).toBe('DELETE_IN_PROGRESS');
    s.sandbox.clock.advance(3 * MINUTE);
    expect(await readTasks(s, { daemonName: 'logs' })).toEqual([]);
    expect(await deployment(s, deploymentArn)).toMatchObject({ status: 'SUCCESSFUL' });
    expect((await s.ecs.send(new ListDaemonsCommand({ clusterArn: 'main' }))).daemonSummariesList).toEqual([]);
    const gone = s.ecs.send(new DescribeDaemonCommand({ daemonArn }));
    await expect(gone).rejects.toMatchObject({ name: 'DaemonNotFoundException' });
    const waiter = { client: s.ecs, maxWaitTime: 20 };
    await waitUntilDaemonTaskDefinitionDeleted(waiter, { daemonTaskDefinition });
  });
});
