import {
  CreateServiceCommand,
  DeleteServiceCommand,
  DescribeServiceDeploymentsCommand,
  ListServiceDeploymentsCommand,
  ListServicesCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { messagesOf, readService, readTasks } from '../support/read.ts';
import { NETWORK, registerTaskDefinition, withCluster } from '../support/sandbox-world.ts';
import { type SandboxUnderTest, withSandbox } from '../support/start-sandbox.ts';

async function createFargate(s: SandboxUnderTest, input: Partial<CreateServiceCommand['input']> = {}): Promise<void> {
  await withCluster(s);
  const taskDefinition = await registerTaskDefinition(s, { fargate: true });
  await s.ecs.send(
    new CreateServiceCommand({
      cluster: 'main',
      serviceName: 'web',
      taskDefinition,
      desiredCount: 2,
      launchType: 'FARGATE',
      networkConfiguration: NETWORK,
      ...input,
    }),
  );
}

describe('a service on Fargate', () => {
  it('starts its tasks and becomes steady', async () => {
    await using s = await withSandbox();
    await createFargate(s);
    expect(await readService(s)).toMatchObject({ runningCount: 0, deployments: [{ rolloutState: 'IN_PROGRESS' }] });
    s.sandbox.clock.advance(120_000);
    const service = await readService(s);
    expect(service).toMatchObject({
      status: 'ACTIVE',
      runningCount: 2,
      pendingCount: 0,
      deployments: [{ status: 'PRIMARY', rolloutState: 'COMPLETED', runningCount: 2, desiredCount: 2 }],
    });
    const [started, completed, steady] = messagesOf(service);
    expect(started).toMatch(/^\(service web\) has started 2 tasks: \(task \w{32}\) \(task \w{32}\)\.$/);
    expect(completed).toMatch(/^\(service web\) \(deployment ecs-svc\/\d{19}\) deployment completed\.$/);
    expect(steady).toBe('(service web) has reached a steady state.');
    const [task] = await readTasks(s);
    expect(task).toMatchObject({ lastStatus: 'RUNNING', group: 'service:web', launchType: 'FARGATE' });
    expect(task?.startedAt?.getTime()).toBeGreaterThan(task?.createdAt?.getTime() ?? Number.NaN);
  });

  it('rolls a new revision out without ever falling below or rising above its percentages', async () => {
    await using s = await withSandbox();
    await createFargate(s, {
      desiredCount: 4,
      deploymentConfiguration: { minimumHealthyPercent: 50, maximumPercent: 125 },
    });
    s.sandbox.clock.advance(300_000);
    const taskDefinition = await registerTaskDefinition(s, { fargate: true });
    await s.ecs.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', taskDefinition }));
    let deployments = 2;
    for (let steps = 0; deployments > 1 && steps < 500; steps += 1) {
      s.sandbox.clock.advance(1000);
      const service = await readService(s);
      deployments = service.deployments?.length ?? 0;
      expect((service.runningCount ?? 0) + (service.pendingCount ?? 0)).toBeLessThanOrEqual(5);
      expect(service.runningCount).toBeGreaterThanOrEqual(2);
    }
    const service = await readService(s);
    expect(service).toMatchObject({ runningCount: 4, taskDefinition });
    expect((await readTasks(s)).every((task) => task.taskDefinitionArn === taskDefinition)).toBe(true);
  });

  it('is rolled back to the old deployment id when the circuit breaker fires', async () => {
    await using s = await withSandbox();
    const deploymentConfiguration = { deploymentCircuitBreaker: { enable: true, rollback: true } };
    await createFargate(s, { deploymentConfiguration });
    s.sandbox.clock.advance(300_000);
    const good = (await readService(s)).deployments?.[0]?.id;
    const taskDefinition = await registerTaskDefinition(s, { fargate: true, labels: { 'sandbox.pull-error': 'true' } });
    await s.ecs.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', taskDefinition }));
    s.sandbox.clock.advance(60 * 60_000);
    const service = await readService(s);
    expect(service.deployments).toMatchObject([{ id: good, status: 'PRIMARY', rolloutState: 'COMPLETED' }]);
    const said = messagesOf(service).join('\n');
    expect(said).toMatch(/deployment failed: tasks failed to start\.\n\(service web\) rolling back to deployment/);
    const listed = await s.ecs.send(new ListServiceDeploymentsCommand({ cluster: 'main', service: 'web' }));
    expect(listed.serviceDeployments?.map((item) => item.status)).toEqual(['ROLLBACK_SUCCESSFUL', 'SUCCESSFUL']);
    const described = await s.ecs.send(
      new DescribeServiceDeploymentsCommand({
        serviceDeploymentArns: [listed.serviceDeployments?.[0]?.serviceDeploymentArn ?? ''],
      }),
    );
    expect(described.serviceDeployments?.[0]).toMatchObject({
      deploymentCircuitBreaker: { status: 'TRIGGERED', threshold: 3 },
      rollback: { reason: 'ECS deployment circuit breaker: tasks failed to start.' },
    });
    const stopped = await readTasks(s, { desiredStatus: 'STOPPED' });
    expect(stopped.some((task) => task.stopCode === 'TaskFailedToStart')).toBe(true);
  });

  it('drains and becomes INACTIVE when it is deleted', async () => {
    await using s = await withSandbox();
    await createFargate(s);
    s.sandbox.clock.advance(300_000);
    await expect(s.ecs.send(new DeleteServiceCommand({ cluster: 'main', service: 'web' }))).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'The service cannot be stopped while it is scaled above 0.',
    });
    await s.ecs.send(new DeleteServiceCommand({ cluster: 'main', service: 'web', force: true }));
    expect(await readService(s)).toMatchObject({ status: 'DRAINING' });
    expect((await s.ecs.send(new ListServicesCommand({ cluster: 'main' }))).serviceArns).toEqual([]);
    s.sandbox.clock.advance(60_000);
    expect(await readService(s)).toMatchObject({ status: 'INACTIVE', runningCount: 0 });
    const [task] = await readTasks(s, { desiredStatus: 'STOPPED' });
    expect(task).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'ServiceSchedulerInitiated',
      stoppedReason: expect.stringMatching(/^Scaling activity initiated by \(deployment ecs-svc\/\d+\)$/),
      containers: [{ exitCode: 0, lastStatus: 'STOPPED' }],
    });
  });
});
