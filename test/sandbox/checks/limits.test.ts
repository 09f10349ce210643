import {
  CreateServiceCommand,
  type CreateServiceCommandInput,
  RegisterContainerInstanceCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  UpdateServiceCommand,
  UpdateTaskProtectionCommand,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { readService, readTasks } from '../support/read.ts';
import { NETWORK, registerInstance, registerTaskDefinition, withCluster } from '../support/sandbox-world.ts';
import { type SandboxUnderTest, withSandbox } from '../support/start-sandbox.ts';

const MINUTE = 60_000;
const GROUP = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/web/0123456789abcdef';

async function create(s: SandboxUnderTest, input: Partial<CreateServiceCommandInput>): Promise<void> {
  const container = { portMappings: [{ containerPort: 80 }] };
  const taskDefinition = await registerTaskDefinition(s, { fargate: true, container });
  const service = {
    cluster: 'main',
    serviceName: 'web',
    taskDefinition,
    desiredCount: 2,
    launchType: 'FARGATE' as const,
  };
  await s.ecs.send(new CreateServiceCommand({ ...service, networkConfiguration: NETWORK, ...input }));
}

function breaker(thresholdConfiguration: object): Partial<CreateServiceCommandInput> {
  const deploymentCircuitBreaker = { enable: true, rollback: true, thresholdConfiguration };
  return { deploymentConfiguration: { deploymentCircuitBreaker } } as Partial<CreateServiceCommandInput>;
}

describe('limits', () => {
  it.each<[string, Partial<CreateServiceCommandInput>, string]>([
    ['a platform that there is not', { platformVersion: '9.9.9' }, 'PlatformUnknownException'],
    ['more tasks than a service may have', { desiredCount: 5001 }, 'InvalidParameterException'],
    ['a grace period below zero', { healthCheckGracePeriodSeconds: -1 }, 'InvalidParameterException'],
    ['a threshold above 100 percent', breaker({ type: 'BOUNDED_PERCENT', value: 101 }), 'InvalidParameterException'],
    ['a threshold of nothing', breaker({ type: 'COUNT', value: 0 }), 'InvalidParameterException'],
    [
      'too many subnets',
      { networkConfiguration: { awsvpcConfiguration: { subnets: Array(17).fill('subnet-1') } } },
      'InvalidParameterException',
    ],
  ])('refuse a service with %s', async (_what, input, name) => {
    await using s = await withSandbox();
    await withCluster(s);
    await expect(create(s, input)).rejects.toMatchObject({ name });
  });

  it('refuse a platform that is too old for the task definition', async () => {
    await using s = await withSandbox();
    await withCluster(s);
    const { taskDefinition } = await s.ecs.send(
      new RegisterTaskDefinitionCommand({
        family: 'large',
        networkMode: 'awsvpc',
        requiresCompatibilities: ['FARGATE'],
        cpu: '256',
        memory: '512',
        ephemeralStorage: { sizeInGiB: 50 },
        containerDefinitions: [{ name: 'app', image: 'app:1' }],
      }),
    );
    const run = (platformVersion: string) =>
      s.ecs.send(
        new RunTaskCommand({
          cluster: 'main',
          taskDefinition: taskDefinition?.taskDefinitionArn,
          launchType: 'FARGATE',
          networkConfiguration: NETWORK,
          platformVersion,
        }),
      );
    const name = 'PlatformTaskDefinitionIncompatibilityException';
    await expect(run('1.3.0')).rejects.toMatchObject({ name });
    expect((await run('LATEST')).tasks).toMatchObject([{ platformVersion: '1.4.0' }]);
  });

  it('let a service without tasks complete under a breaker with a percentage of zero', async () => {
    await using s = await withSandbox();
    await withCluster(s);
    await create(s, { desiredCount: 0, ...breaker({ type: 'UNBOUNDED_PERCENT', value: 50 }) });
    s.sandbox.clock.advance(MINUTE);
    expect((await readService(s)).deployments).toMatchObject([{ rolloutState: 'COMPLETED' }]);
  });

  it('refuse a stopTimeout above that of Fargate', async () => {
    await using s = await withSandbox();
    const made = registerTaskDefinition(s, { fargate: true, container: { stopTimeout: 121 } });
    await expect(made).rejects.toMatchObject({ name: 'ClientException' });
  });
});

describe('task protection', () => {
  it('cannot be renewed while it is all that holds a deployment up', async () => {
    await using s = await withSandbox();
    await withCluster(s);
    await create(s, {});
    s.sandbox.clock.advance(2 * MINUTE);
    const tasks = (await readTasks(s)).map((task) => task.taskArn ?? '');
    const protect = (expiresInMinutes: number) => {
      const input = { cluster: 'main', tasks, protectionEnabled: true, expiresInMinutes };
      return s.ecs.send(new UpdateTaskProtectionCommand(input));
    };
    expect((await protect(30)).protectedTasks).toHaveLength(2);
    await s.ecs.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', forceNewDeployment: true }));
    s.sandbox.clock.advance(10 * MINUTE);
    expect((await readService(s)).deployments).toMatchObject([
      { runningCount: 2, rolloutState: 'IN_PROGRESS' },
      { runningCount: 2 },
    ]);
    const { failures } = await protect(60);
    expect(failures?.map(({ reason }) => reason)).toEqual(['DEPLOYMENT_BLOCKED', 'DEPLOYMENT_BLOCKED']);
    s.sandbox.clock.advance(25 * MINUTE);
    expect((await readService(s)).deployments).toMatchObject([{ runningCount: 2, rolloutState: 'COMPLETED' }]);
  });
});

describe('an instance that registers again', () => {
  it('is the one it was, with what is new of its agent', async () => {
    await using s = await withSandbox();
    await withCluster(s);
    const containerInstanceArn = await registerInstance(s, 'a');
    s.sandbox.accidents.cause({ accident: 'agent-disconnected', containerInstance: 'i-1', region: 'eu-west-1' });
    const { containerInstance } = await s.ecs.send(
      new RegisterContainerInstanceCommand({
        cluster: 'main',
        containerInstanceArn,
        versionInfo: { agentVersion: '1.99.0' },
        attributes: [{ name: 'stack', value: 'blue' }],
      }),
    );
    expect(containerInstance).toMatchObject({
      containerInstanceArn,
      agentConnected: true,
      ec2InstanceId: 'i-1',
      versionInfo: { agentVersion: '1.99.0' },
    });
    expect(containerInstance?.attributes).toContainEqual({ name: 'stack', value: 'blue' });
  });

  it('has the GPUs that it registers as devices', async () => {
    await using s = await withSandbox();
    await withCluster(s);
    const platformDevices = [{ id: 'GPU-1', type: 'GPU' as const }];
    const register = new RegisterContainerInstanceCommand({ cluster: 'main', platformDevices });
    const { containerInstance } = await s.ecs.send(register);
    expect(containerInstance?.registeredResources).toContainEqual(
      expect.objectContaining({ name: 'GPU', stringSetValue: ['GPU-1'] }),
    );
  });
});

describe('a service behind a load balancer', () => {
  // Recorded in 4 of 4 pairs of 2026: deregistered first, draining 4 to 6 ms later.
  it('reports that its targets are deregistered, and then that their tasks drain', async () => {
    await using s = await withSandbox();
    await withCluster(s);
    await create(s, { loadBalancers: [{ targetGroupArn: GROUP, containerName: 'app', containerPort: 80 }] });
    s.sandbox.clock.advance(2 * MINUTE);
    const { deployments } = await readService(s);
    await s.ecs.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', desiredCount: 0 }));
    s.sandbox.clock.advance(MINUTE);
    const { events = [] } = await readService(s);
    const emitted = events.filter(({ message }) => /draining connections|deregistered/.test(message ?? '')).reverse();
    const [deregistered, draining] = emitted;
    expect(Number(draining?.createdAt) - Number(deregistered?.createdAt)).toBe(5);
    expect(draining?.message).toMatch(
      new RegExp(
        `^\\(service web, taskSet ${deployments?.[0]?.id}\\) has begun draining connections on [12] tasks\\.$`,
      ),
    );
    expect(deregistered?.message).toMatch(/^\(service web\) deregistered [12] targets in \(target-group arn:/);
  });
});

describe('a fault of the kind `error`', () => {
  it('answers any error of ECS, also those that the sandbox itself never has', async () => {
    await using s = await withSandbox();
    await withCluster(s);
    const rule = {
      operations: ['RunTask'],
      fault: 'error',
      code: 'BlockedException',
      message: 'Your account is blocked.',
    };
    const response = await fetch(`${s.sandbox.url}/_sandbox/faults`, {
      method: 'POST',
      body: JSON.stringify({ rules: [rule] }),
    });
    expect(response.status).toBe(200);
    const run = s.ecs.send(new RunTaskCommand({ cluster: 'main', taskDefinition: 'web' }));
    await expect(run).rejects.toMatchObject({ name: 'BlockedException', message: 'Your account is blocked.' });
  });
});
