import { CreateServiceCommand, DescribeServicesCommand, type Service, type TaskSet } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { callJson } from '../support/aws-json.ts';
import { NETWORK, registerTaskDefinition, withCluster } from '../support/sandbox-world.ts';
import { type SandboxUnderTest, withSandbox } from '../support/start-sandbox.ts';

const MINUTE = 60_000;
const GROUP = { applicationName: 'AppECS-main-web', deploymentGroupName: 'DgpECS-main-web' };
const BLUE = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/web/0123456789abcdef';
const OWN = { applicationName: 'shop', deploymentGroupName: 'web' };

/** A service of CodeDeploy's, steady on its first task set. */
async function withService(s: SandboxUnderTest): Promise<void> {
  await withCluster(s);
  const container = { portMappings: [{ containerPort: 80 }] };
  await registerTaskDefinition(s, { fargate: true, container });
  await s.ecs.send(
    new CreateServiceCommand({
      cluster: 'main',
      serviceName: 'web',
      taskDefinition: 'web',
      desiredCount: 2,
      launchType: 'FARGATE',
      deploymentController: { type: 'CODE_DEPLOY' },
      networkConfiguration: NETWORK,
      loadBalancers: [{ targetGroupArn: BLUE, containerName: 'app', containerPort: 80 }],
    }),
  );
  s.sandbox.clock.advance(5 * MINUTE);
}

function call({ sandbox }: SandboxUnderTest, operation: string, input: object) {
  return callJson(sandbox, 'codedeploy', operation, input);
}

function revisionOf(taskDefinition: string, format: 'json' | 'yaml' = 'json') {
  const properties = { TaskDefinition: taskDefinition, LoadBalancerInfo: { ContainerName: 'app', ContainerPort: 80 } };
  const json = JSON.stringify({
    version: 0.0,
    Resources: [{ TargetService: { Type: 'AWS::ECS::Service', Properties: properties } }],
  });
  const yaml = `version: 0.0\nresources:\n  - web:\n      type: AWS::ECS::Service\n      properties:\n        taskDefinition: "${taskDefinition}"\n        loadBalancerInfo:\n          containerName: app\n          containerPort: 80\n`;
  return { revisionType: 'AppSpecContent', appSpecContent: { content: format === 'json' ? json : yaml } };
}

async function deploy(s: SandboxUnderTest, revision: object, more: object = {}): Promise<string> {
  const { body } = await call(s, 'CreateDeployment', { ...GROUP, revision, ...more });
  expect(body).toEqual({ deploymentId: expect.stringMatching(/^d-[A-Z0-9]{9}$/) });
  return String(body.deploymentId);
}

async function deployment(s: SandboxUnderTest, deploymentId: string): Promise<Record<string, unknown>> {
  return (await call(s, 'GetDeployment', { deploymentId })).body.deploymentInfo as Record<string, unknown>;
}

async function service(s: SandboxUnderTest): Promise<Service> {
  const { services } = await s.ecs.send(new DescribeServicesCommand({ cluster: 'main', services: ['web'] }));
  return services?.[0] ?? {};
}

function shown({ status, taskDefinition, loadBalancers, runningCount }: TaskSet): unknown[] {
  const group = loadBalancers?.[0]?.targetGroupArn?.split('/')[1];
  return [status, taskDefinition?.split('/')[1], group, runningCount];
}

async function taskSets(s: SandboxUnderTest): Promise<unknown[]> {
  return ((await service(s)).taskSets ?? []).map(shown);
}

async function withGroup(s: SandboxUnderTest, more: object = {}): Promise<void> {
  await call(s, 'CreateApplication', { applicationName: 'shop', computePlatform: 'ECS' });
  const { status } = await call(s, 'CreateDeploymentGroup', {
    ...OWN,
    serviceRoleArn: 'arn:aws:iam::123456789012:role/codedeploy',
    ecsServices: [{ clusterName: 'main', serviceName: 'web' }],
    loadBalancerInfo: { targetGroupPairInfoList: [{ targetGroups: [{ name: 'web' }, { name: 'web-b' }] }] },
    ...more,
  });
  expect(status).toBe(200);
}

describe('a deployment of CodeDeploy on ECS', () => {
  it.each(['json', 'yaml'] as const)(
    'replaces the task set and moves the traffic, from an AppSpec in %s',
    async (format) => {
      await using s = await withSandbox();
      await withService(s);
      await registerTaskDefinition(s, {
        fargate: true,
        container: { image: 'web:2', portMappings: [{ containerPort: 80 }] },
      });
      const id = await deploy(s, revisionOf('web:2', format));
      expect(await deployment(s, id)).toMatchObject({ status: 'InProgress', computePlatform: 'ECS', creator: 'user' });
      s.sandbox.clock.advance(10_000);
      expect(await taskSets(s)).toEqual([
        ['PRIMARY', 'web:1', 'web', 2],
        ['ACTIVE', 'web:2', 'web-green', 0],
      ]);
      s.sandbox.clock.advance(2 * MINUTE);
      expect(await taskSets(s)).toEqual([
        ['ACTIVE', 'web:1', 'web', 2],
        ['PRIMARY', 'web:2', 'web-green', 2],
      ]);
      expect((await service(s)).taskDefinition).toMatch(/web:2$/);
      expect(await deployment(s, id)).toMatchObject({ status: 'InProgress', instanceTerminationWaitTimeStarted: true });
      s.sandbox.clock.advance(6 * MINUTE);
      expect(await taskSets(s)).toEqual([['PRIMARY', 'web:2', 'web-green', 2]]);
      expect(await deployment(s, id)).toMatchObject({ status: 'Succeeded', completeTime: expect.any(Number) });
      // The next one goes back to the first target group.
      await deploy(s, revisionOf('web:1'));
      s.sandbox.clock.advance(10 * MINUTE);
      expect(await taskSets(s)).toEqual([['PRIMARY', 'web:1', 'web', 2]]);
    },
  );

  it('shifts traffic by the steps of its configuration', async () => {
    await using s = await withSandbox();
    await withService(s);
    const id = await deploy(s, revisionOf('web:1'), {
      deploymentConfigName: 'CodeDeployDefault.ECSCanary10Percent5Minutes',
    });
    s.sandbox.clock.advance(3 * MINUTE);
    const target = (await call(s, 'GetDeploymentTarget', { deploymentId: id, targetId: 'main:web' })).body
      .deploymentTarget;
    expect(target).toMatchObject({
      ecsTarget: {
        status: 'InProgress',
        lifecycleEvents: [
          { lifecycleEventName: 'Install', status: 'Succeeded' },
          { lifecycleEventName: 'AllowTraffic', status: 'InProgress' },
        ],
        taskSetsInfo: [
          { taskSetLabel: 'Blue', trafficWeight: 90, status: 'PRIMARY' },
          { taskSetLabel: 'Green', trafficWeight: 10, status: 'ACTIVE' },
        ],
      },
    });
    s.sandbox.clock.advance(12 * MINUTE);
    expect(await deployment(s, id)).toMatchObject({ status: 'Succeeded' });
  });

  it('waits, if its group is configured to, until it is continued', async () => {
    await using s = await withSandbox();
    await withService(s);
    await withGroup(s, {
      blueGreenDeploymentConfiguration: {
        deploymentReadyOption: { actionOnTimeout: 'STOP_DEPLOYMENT', waitTimeInMinutes: 30 },
        terminateBlueInstancesOnDeploymentSuccess: { action: 'TERMINATE', terminationWaitTimeInMinutes: 600 },
      },
    });
    const id = await deploy(s, revisionOf('web:1'), OWN);
    s.sandbox.clock.advance(5 * MINUTE);
    expect(await deployment(s, id)).toMatchObject({ status: 'Ready' });
    expect((await call(s, 'ContinueDeployment', { deploymentId: id, deploymentWaitType: 'READY_WAIT' })).body).toEqual(
      {},
    );
    s.sandbox.clock.advance(MINUTE);
    expect(await taskSets(s)).toEqual([
      ['ACTIVE', 'web:1', 'web', 2],
      ['PRIMARY', 'web:1', 'web-b', 2],
    ]);
    await call(s, 'ContinueDeployment', { deploymentId: id, deploymentWaitType: 'TERMINATION_WAIT' });
    s.sandbox.clock.advance(MINUTE);
    expect(await deployment(s, id)).toMatchObject({ status: 'Succeeded' });
    const other = await deploy(s, revisionOf('web:1'), OWN);
    s.sandbox.clock.advance(40 * MINUTE);
    expect(await deployment(s, other)).toMatchObject({ status: 'Stopped', errorInformation: { code: 'MANUAL_STOP' } });
  });

  it('that never becomes steady fails and is rolled back', async () => {
    await using s = await withSandbox();
    await withService(s);
    await registerTaskDefinition(s, {
      fargate: true,
      container: { image: 'sandbox/exit:1', portMappings: [{ containerPort: 80 }] },
    });
    const id = await deploy(s, revisionOf('web:2'));
    s.sandbox.clock.advance(61 * MINUTE);
    const failed = await deployment(s, id);
    expect(failed).toMatchObject({ status: 'Failed', errorInformation: { code: 'TIMEOUT' } });
    const { rollbackDeploymentId } = failed.rollbackInfo as { rollbackDeploymentId: string };
    expect(await deployment(s, rollbackDeploymentId)).toMatchObject({
      status: 'Succeeded',
      creator: 'codeDeployRollback',
    });
    s.sandbox.clock.advance(MINUTE);
    expect(await taskSets(s)).toEqual([['PRIMARY', 'web:1', 'web', 2]]);
  });

  it('is stopped by hand or by an alarm, and then has its traffic back if that is asked for', async () => {
    await using s = await withSandbox();
    await withService(s);
    const id = await deploy(s, revisionOf('web:1'));
    s.sandbox.clock.advance(3 * MINUTE);
    const stopped = await call(s, 'StopDeployment', { deploymentId: id, autoRollbackEnabled: true });
    expect(stopped.body).toMatchObject({ status: 'Succeeded' });
    s.sandbox.clock.advance(MINUTE);
    expect(await taskSets(s)).toEqual([['PRIMARY', 'web:1', 'web', 2]]);
    expect(await call(s, 'StopDeployment', { deploymentId: id })).toMatchObject({
      status: 400,
      body: { __type: 'DeploymentAlreadyCompletedException' },
    });

    await withGroup(s, {
      alarmConfiguration: { enabled: true, alarms: [{ name: 'errors' }] },
      autoRollbackConfiguration: { enabled: true, events: ['DEPLOYMENT_STOP_ON_ALARM'] },
      deploymentConfigName: 'CodeDeployDefault.ECSLinear10PercentEvery1Minutes',
    });
    const watched = await deploy(s, revisionOf('web:1'), OWN);
    s.sandbox.clock.advance(4 * MINUTE);
    s.sandbox.setAlarm('errors', 'ALARM');
    s.sandbox.clock.advance(MINUTE);
    expect(await deployment(s, watched)).toMatchObject({
      status: 'Stopped',
      errorInformation: { code: 'ALARM_ACTIVE' },
    });
    expect(await taskSets(s)).toEqual([['PRIMARY', 'web:1', 'web', 2]]);
    const { body } = await call(s, 'ListDeployments', OWN);
    expect(body.deployments).toHaveLength(2);
    const all = await call(s, 'BatchGetDeployments', { deploymentIds: [id, watched, 'd-NONE'] });
    expect(all.body.deploymentsInfo).toMatchObject([{ deploymentId: id }, { deploymentId: watched }]);
  });

  it('is refused with the code that CodeDeploy has for it', async () => {
    await using s = await withSandbox();
    await withService(s);
    await withGroup(s);
    const revision = revisionOf('web:1');
    const appSpec = (content: string) => ({ revisionType: 'AppSpecContent', appSpecContent: { content } });
    for (const [operation, input, code] of [
      ['GetApplication', {}, 'ApplicationNameRequiredException'],
      ['GetApplication', { applicationName: 'none' }, 'ApplicationDoesNotExistException'],
      ['CreateApplication', { applicationName: 'shop', computePlatform: 'ECS' }, 'ApplicationAlreadyExistsException'],
      ['CreateApplication', { applicationName: 'x', computePlatform: 'Lambda' }, 'InvalidComputePlatformException'],
      ['GetDeploymentGroup', { ...GROUP, deploymentGroupName: 'none' }, 'DeploymentGroupDoesNotExistException'],
      ['CreateDeploymentGroup', OWN, 'InvalidECSServiceException'],
      ['GetDeployment', { deploymentId: 'd-NONE' }, 'DeploymentDoesNotExistException'],
      ['CreateDeployment', GROUP, 'RevisionRequiredException'],
      ['CreateDeployment', { ...GROUP, revision: { revisionType: 'S3' } }, 'InvalidRevisionException'],
      ['CreateDeployment', { ...GROUP, revision: appSpec('[') }, 'InvalidRevisionException'],
      ['CreateDeployment', { ...GROUP, revision: appSpec('#'.repeat(100_001)) }, 'InvalidRevisionException'],
      ['CreateDeployment', { ...GROUP, revision: appSpec('version: 0.0') }, 'InvalidRevisionException'],
      [
        'CreateDeployment',
        { ...GROUP, revision, deploymentConfigName: 'mine' },
        'DeploymentConfigDoesNotExistException',
      ],
      ['RegisterOnPremisesInstance', {}, 'UnknownOperationException'],
    ] as const) {
      const { status, body } = await call(s, operation, input);
      expect([operation, status, body.__type]).toEqual([operation, 400, code]);
      expect(body.message).toEqual(expect.any(String));
    }
    await deploy(s, revision);
    const second = await call(s, 'CreateDeployment', { ...GROUP, revision });
    expect(second.body.__type).toBe('DeploymentLimitExceededException');
    // A refusal of ECS is a failed deployment, because CodeDeploy learns of it later.
    await call(s, 'StopDeployment', { deploymentId: 'none' });
    const unknown = await call(s, 'CreateDeployment', { ...OWN, revision: revisionOf('nobody:7') });
    expect(await deployment(s, String(unknown.body.deploymentId))).toMatchObject({
      status: 'Failed',
      errorInformation: { code: 'ECS_UPDATE_ERROR' },
    });
  });

  it('goes on in a world that was written to a file', async () => {
    await using s = await withSandbox();
    await withService(s);
    const id = await deploy(s, revisionOf('web:1'));
    s.sandbox.clock.advance(MINUTE);
    await using copy = await withSandbox();
    copy.sandbox.importWorld(JSON.parse(JSON.stringify(s.sandbox.exportWorld())));
    copy.sandbox.clock.advance(15 * MINUTE);
    expect(await deployment(copy, id)).toMatchObject({ status: 'Succeeded' });
  });
});
