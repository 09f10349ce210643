import { describe, expect, it } from 'vitest';
import { NETWORK } from '../sandbox/support/sandbox-world.ts';
import { type SandboxUnderTest, withSandbox } from '../sandbox/support/start-sandbox.ts';
import { LACK, loadPackage } from './support/packages.ts';
import { titleOf } from './support/tools.ts';

interface Promised {
  promise(): Promise<Record<string, unknown>>;
}

/** A client of the SDK v2: an operation for each name, and waiters. */
type Client = Record<string, (input: object) => Promised> & {
  waitFor(state: string, input: object): Promised;
};
type Sdk = Record<string, new (config: object) => Client>;

const aws = loadPackage<Sdk>('aws-sdk');

function clientOf({ sandbox }: SandboxUnderTest, service: string): Client {
  const Service = (aws as Sdk)[service] as Sdk[string];
  return new Service({
    endpoint: sandbox.url,
    region: 'eu-west-1',
    accessKeyId: 'test',
    secretAccessKey: 'test',
    maxRetries: 0,
    // Of S3: the sandbox has one host only.
    s3ForcePathStyle: true,
  });
}

async function call(client: Client, operation: string, input: object = {}): Promise<Record<string, unknown>> {
  return (client[operation] as Client[string])(input).promise();
}

const FARGATE = { launchType: 'FARGATE', networkConfiguration: NETWORK };
const GROUP = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/web/0123456789abcdef';

async function withService(s: SandboxUnderTest, ecs: Client, more: object = {}): Promise<void> {
  await call(ecs, 'createCluster', { clusterName: 'main' });
  const containerDefinitions = [{ name: 'app', image: 'web:1', portMappings: [{ containerPort: 80 }] }];
  const size = { networkMode: 'awsvpc', requiresCompatibilities: ['FARGATE'], cpu: '256', memory: '512' };
  await call(ecs, 'registerTaskDefinition', { family: 'web', containerDefinitions, ...size });
  const service = { cluster: 'main', serviceName: 'web', taskDefinition: 'web', desiredCount: 2, ...FARGATE, ...more };
  await call(ecs, 'createService', service);
  s.sandbox.clock.advance(300_000);
}

describe.skipIf(aws === undefined)(titleOf('the AWS SDK v2 for JavaScript', aws !== undefined, LACK), () => {
  it('lives the life of a service, its waiters and errors too', async () => {
    await using s = await withSandbox();
    const ecs = clientOf(s, 'ECS');
    await withService(s, ecs);
    const on = { cluster: 'main', service: 'web' };
    await ecs.waitFor('servicesStable', { cluster: 'main', services: ['web'] }).promise();
    const { tasks } = await call(ecs, 'runTask', { cluster: 'main', taskDefinition: 'web', ...FARGATE });
    const task = (tasks as { taskArn: string }[])[0]?.taskArn;
    s.sandbox.clock.advance(120_000);
    await ecs.waitFor('tasksRunning', { cluster: 'main', tasks: [task] }).promise();
    await call(ecs, 'stopTask', { cluster: 'main', task });
    await call(ecs, 'updateService', { ...on, desiredCount: 0 });
    await call(ecs, 'deleteService', on);
    s.sandbox.clock.advance(120_000);
    await ecs.waitFor('tasksStopped', { cluster: 'main', tasks: [task] }).promise();
    await ecs.waitFor('servicesInactive', { cluster: 'main', services: ['web'] }).promise();
    await expect(call(ecs, 'listTasks', { cluster: 'none' })).rejects.toMatchObject({
      code: 'ClusterNotFoundException',
      statusCode: 400,
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  it('deploys by CodeDeploy, as the deploy action of GitHub does', async () => {
    await using s = await withSandbox();
    const ecs = clientOf(s, 'ECS');
    const loadBalancers = [{ targetGroupArn: GROUP, containerName: 'app', containerPort: 80 }];
    await withService(s, ecs, { deploymentController: { type: 'CODE_DEPLOY' }, loadBalancers });
    const { services } = await call(ecs, 'describeServices', { cluster: 'main', services: ['web'] });
    expect(services).toMatchObject([{ status: 'ACTIVE', deploymentController: { type: 'CODE_DEPLOY' } }]);
    // The order of calls of aws-actions/amazon-ecs-deploy-task-definition 2.6.3 (createCodeDeployDeployment).
    const codeDeploy = clientOf(s, 'CodeDeploy');
    const group = { applicationName: 'AppECS-main-web', deploymentGroupName: 'DgpECS-main-web' };
    const { deploymentGroupInfo } = await call(codeDeploy, 'getDeploymentGroup', group);
    expect(deploymentGroupInfo).toMatchObject({
      blueGreenDeploymentConfiguration: {
        deploymentReadyOption: { waitTimeInMinutes: 0 },
        terminateBlueInstancesOnDeploymentSuccess: { terminationWaitTimeInMinutes: 5 },
      },
    });
    const properties = { TaskDefinition: 'web:1', LoadBalancerInfo: { ContainerName: 'app', ContainerPort: 80 } };
    const content = JSON.stringify({
      version: '0.0',
      Resources: [{ TargetService: { Type: 'AWS::ECS::Service', Properties: properties } }],
    });
    const { deploymentId } = await call(codeDeploy, 'createDeployment', {
      ...group,
      deploymentConfigName: 'CodeDeployDefault.ECSAllAtOnce',
      revision: { revisionType: 'AppSpecContent', appSpecContent: { content } },
    });
    s.sandbox.clock.advance(900_000);
    await codeDeploy.waitFor('deploymentSuccessful', { deploymentId }).promise();
  });

  it('scales a service, and knows who it is', async () => {
    await using s = await withSandbox();
    await withService(s, clientOf(s, 'ECS'));
    expect(await call(clientOf(s, 'STS'), 'getCallerIdentity')).toMatchObject({ Account: '123456789012' });
    const scaling = clientOf(s, 'ApplicationAutoScaling');
    const target = {
      ServiceNamespace: 'ecs',
      ResourceId: 'service/main/web',
      ScalableDimension: 'ecs:service:DesiredCount',
    };
    await call(scaling, 'registerScalableTarget', { ...target, MinCapacity: 1, MaxCapacity: 9 });
    const { ScalableTargets } = await call(scaling, 'describeScalableTargets', { ServiceNamespace: 'ecs' });
    expect(ScalableTargets).toMatchObject([{ ...target, MaxCapacity: 9, CreationTime: expect.any(Date) }]);
    await expect(call(scaling, 'deleteScalingPolicy', { ...target, PolicyName: 'none' })).rejects.toMatchObject({
      code: 'ObjectNotFoundException',
    });
  });

  it.each([
    ['DynamoDB', 'listTables', 'UnknownOperationException'],
    ['CloudWatchLogs', 'describeLogGroups', 'UnknownOperationException'],
    ['Lambda', 'listFunctions', 'UnknownOperationException'],
    ['Route53', 'listHostedZones', 'UnknownOperationException'],
    ['S3', 'listBuckets', 'UnknownOperationException'],
    ['IAM', 'listRoles', 'InvalidAction'],
    ['EC2', 'describeInstances', 'InvalidAction'],
  ])('reads that there is no %s', async (service, operation, code) => {
    await using s = await withSandbox();
    await expect(call(clientOf(s, service), operation)).rejects.toMatchObject({
      code,
      message: expect.stringContaining('The sandbox simulates Amazon ECS'),
    });
  });
});
