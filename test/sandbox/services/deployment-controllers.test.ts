import {
  CreateServiceCommand,
  CreateTaskSetCommand,
  DeleteTaskSetCommand,
  type DeploymentControllerType,
  DescribeTaskSetsCommand,
  ListServiceDeploymentsCommand,
  UpdateServiceCommand,
  type UpdateServiceCommandInput,
  UpdateServicePrimaryTaskSetCommand,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { readService, readTasks } from '../support/read.ts';
import { MINUTE } from '../support/rollout.ts';
import { NETWORK, registerTaskDefinition, withCluster } from '../support/sandbox-world.ts';
import { type SandboxUnderTest, withSandbox } from '../support/start-sandbox.ts';

const PLACE = { cluster: 'main', service: 'web' };
const GROUP = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/blue/0123456789abcdef';
const OTHER = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/green/0123456789abcdef';
const balanced = (more: object = {}) => [{ targetGroupArn: GROUP, containerName: 'app', containerPort: 80, ...more }];

async function withService(s: SandboxUnderTest, type: DeploymentControllerType, more: object = {}): Promise<void> {
  await withCluster(s);
  const container = { portMappings: [{ containerPort: 80 }] };
  const taskDefinition = await registerTaskDefinition(s, { fargate: true, container });
  await s.ecs.send(
    new CreateServiceCommand({
      cluster: 'main',
      serviceName: 'web',
      desiredCount: 2,
      deploymentController: { type },
      ...(type === 'EXTERNAL' ? {} : { taskDefinition, launchType: 'FARGATE', networkConfiguration: NETWORK }),
      ...more,
    }),
  );
  s.sandbox.clock.advance(5 * MINUTE);
}

async function give(
  s: SandboxUnderTest,
  type: DeploymentControllerType,
  more: Partial<UpdateServiceCommandInput> = {},
) {
  const { service } = await s.ecs.send(new UpdateServiceCommand({ ...PLACE, deploymentController: { type }, ...more }));
  return service;
}

async function addTaskSet(s: SandboxUnderTest, value = 100): Promise<string> {
  const { taskSet } = await s.ecs.send(
    new CreateTaskSetCommand({
      ...PLACE,
      taskDefinition: 'web',
      launchType: 'FARGATE',
      networkConfiguration: NETWORK,
      scale: { value, unit: 'PERCENT' },
    }),
  );
  return taskSet?.id ?? '';
}

const arns = async (s: SandboxUnderTest) => (await readTasks(s)).map((task) => task.taskArn).sort();
const listed = async (s: SandboxUnderTest) =>
  (await s.ecs.send(new ListServiceDeploymentsCommand(PLACE))).serviceDeployments ?? [];

describe('a service of CodeDeploy', () => {
  it('is taken over by ECS with its tasks, which stay, and stands there as a deployment that is complete', async () => {
    await using s = await withSandbox();
    await withService(s, 'CODE_DEPLOY', { loadBalancers: balanced() });
    const before = await arns(s);
    const id = (await readService(s)).taskSets?.[0]?.id;
    const service = await give(s, 'ECS');
    expect(service?.taskSets).toBeUndefined();
    expect(service).toMatchObject({
      deploymentController: { type: 'ECS' },
      runningCount: 2,
      deployments: [{ id, status: 'PRIMARY', rolloutState: 'COMPLETED', runningCount: 2, desiredCount: 2 }],
    });
    s.sandbox.clock.advance(30 * MINUTE);
    expect(await arns(s)).toEqual(before);
    expect(await listed(s)).toEqual([]);
    await expect(s.ecs.send(new DescribeTaskSetsCommand(PLACE))).rejects.toMatchObject({
      name: 'UnsupportedFeatureException',
    });
  });

  it('is deployed by ECS at once where the same call changes what it runs, and can be rolled back to', async () => {
    await using s = await withSandbox();
    await withService(s, 'CODE_DEPLOY', { loadBalancers: balanced() });
    const id = (await readService(s)).taskSets?.[0]?.id;
    const container = { portMappings: [{ containerPort: 80 }] };
    const taskDefinition = await registerTaskDefinition(s, {
      fargate: true,
      container,
      labels: { 'sandbox.pull-error': 'true' },
    });
    const deploymentConfiguration = { deploymentCircuitBreaker: { enable: true, rollback: true } };
    const service = await give(s, 'ECS', { taskDefinition, deploymentConfiguration });
    expect(service?.deployments).toMatchObject([{ rolloutState: 'IN_PROGRESS' }, { id, status: 'ACTIVE' }]);
    s.sandbox.clock.advance(60 * MINUTE);
    expect((await readService(s)).deployments).toMatchObject([
      { id, status: 'PRIMARY', rolloutState: 'COMPLETED', runningCount: 2 },
    ]);
    expect((await listed(s)).map(({ status }) => status)).toEqual(['ROLLBACK_SUCCESSFUL']);
  });

  it('can be deployed blue/green by ECS, with the old tasks as blue', async () => {
    await using s = await withSandbox();
    await withService(s, 'CODE_DEPLOY', { loadBalancers: balanced() });
    const before = await arns(s);
    await give(s, 'ECS', {
      forceNewDeployment: true,
      deploymentConfiguration: { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 1 },
      loadBalancers: balanced({
        advancedConfiguration: {
          alternateTargetGroupArn: OTHER,
          productionListenerRule: 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener-rule/app/a/b/c/d',
          roleArn: 'arn:aws:iam::123456789012:role/ecs',
        },
      }),
    });
    s.sandbox.clock.advance(30_000);
    expect(await readService(s)).toMatchObject({ deployments: [{ status: 'PRIMARY' }, { runningCount: 2 }] });
    s.sandbox.clock.advance(30 * MINUTE);
    expect(await readService(s)).toMatchObject({ runningCount: 2, deployments: [{ rolloutState: 'COMPLETED' }] });
    const after = await arns(s);
    expect(after.filter((arn) => before.includes(arn))).toEqual([]);
  });

  it('is not given away while CodeDeploy deploys', async () => {
    await using s = await withSandbox();
    await withService(s, 'CODE_DEPLOY', { loadBalancers: balanced() });
    await addTaskSet(s);
    const refusal = {
      name: 'InvalidParameterException',
      message: expect.stringMatching(/during a service deployment/),
    };
    await expect(give(s, 'ECS')).rejects.toMatchObject(refusal);
    await expect(give(s, 'EXTERNAL')).rejects.toMatchObject(refusal);
  });

  it('goes to an external controller with its task sets as they are', async () => {
    await using s = await withSandbox();
    await withService(s, 'CODE_DEPLOY', { loadBalancers: balanced() });
    const [primary] = (await readService(s)).taskSets ?? [];
    const given = await give(s, 'EXTERNAL');
    expect(given).toMatchObject({ taskSets: [{ id: primary?.id, status: 'PRIMARY' }] });
    expect(given?.deployments).toBeUndefined();
  });
});

describe('a service of ECS', () => {
  it('moves to an external controller with its deployment as the PRIMARY task set, still shown as a deployment', async () => {
    await using s = await withSandbox();
    await withService(s, 'ECS');
    const before = await arns(s);
    const id = (await readService(s)).deployments?.[0]?.id ?? '';
    const service = await give(s, 'EXTERNAL');
    expect(service).toMatchObject({ deployments: [{ id, status: 'PRIMARY', runningCount: 2 }], runningCount: 2 });
    expect(service?.taskSets).toBeUndefined();
    s.sandbox.clock.advance(10 * MINUTE);
    expect(await arns(s)).toEqual(before);
    const taskSet = await addTaskSet(s);
    s.sandbox.clock.advance(5 * MINUTE);
    expect(await readService(s)).toMatchObject({ runningCount: 4, deployments: [{ id }, { id: taskSet }] });
    await s.ecs.send(new UpdateServicePrimaryTaskSetCommand({ ...PLACE, primaryTaskSet: taskSet }));
    await s.ecs.send(new DeleteTaskSetCommand({ ...PLACE, taskSet: id, force: true }));
    s.sandbox.clock.advance(5 * MINUTE);
    const described = await s.ecs.send(new DescribeTaskSetsCommand(PLACE));
    expect(described.taskSets).toMatchObject([{ id: taskSet, status: 'PRIMARY', runningCount: 2 }]);
    expect(await arns(s)).not.toEqual(before);
  });

  it('comes back to ECS, which stops what belongs to no PRIMARY task set', async () => {
    await using s = await withSandbox();
    await withService(s, 'ECS');
    const before = await arns(s);
    await give(s, 'EXTERNAL');
    await addTaskSet(s, 50);
    s.sandbox.clock.advance(5 * MINUTE);
    expect(await arns(s)).toHaveLength(3);
    await give(s, 'ECS');
    s.sandbox.clock.advance(5 * MINUTE);
    expect(await arns(s)).toEqual(before);
    expect(await readService(s)).toMatchObject({ deployments: [{ status: 'PRIMARY', rolloutState: 'COMPLETED' }] });
    await s.ecs.send(new UpdateServiceCommand({ ...PLACE, forceNewDeployment: true }));
    s.sandbox.clock.advance(10 * MINUTE);
    expect(await readService(s)).toMatchObject({ runningCount: 2, deployments: [{ rolloutState: 'COMPLETED' }] });
  });

  it('is not given to CodeDeploy, nor away during a deployment or with what others cannot do', async () => {
    await using s = await withSandbox();
    await withService(s, 'ECS');
    await expect(give(s, 'CODE_DEPLOY')).rejects.toMatchObject({ name: 'UnsupportedFeatureException' });
    const refusal = (message: RegExp) => ({
      name: 'InvalidParameterException',
      message: expect.stringMatching(message),
    });
    const breaker = { deploymentCircuitBreaker: { enable: true, rollback: true } };
    await expect(give(s, 'EXTERNAL', { deploymentConfiguration: breaker })).rejects.toMatchObject(
      refusal(/circuit breaker/),
    );
    const alarms = { alarms: { enable: true, rollback: true, alarmNames: ['errors'] } };
    await expect(give(s, 'EXTERNAL', { deploymentConfiguration: alarms })).rejects.toMatchObject(refusal(/alarms/));
    await expect(give(s, 'EXTERNAL', { taskDefinition: 'web' })).rejects.toMatchObject(
      refusal(/EXTERNAL deployment controller/),
    );
    await s.ecs.send(new UpdateServiceCommand({ ...PLACE, forceNewDeployment: true }));
    await expect(give(s, 'EXTERNAL')).rejects.toMatchObject(refusal(/during a service deployment/));
    expect(await give(s, 'ECS')).toMatchObject({ deployments: [{}, {}] });
  });
});

describe('a service of an external controller', () => {
  it('needs a task definition to come to ECS where it has no PRIMARY task set, and is then deployed', async () => {
    await using s = await withSandbox();
    await withService(s, 'EXTERNAL');
    await expect(give(s, 'ECS')).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await give(s, 'ECS', { taskDefinition: 'web', networkConfiguration: NETWORK, capacityProviderStrategy: undefined });
    expect(await readService(s)).toMatchObject({ deployments: [{ rolloutState: 'IN_PROGRESS' }] });
  });
});
