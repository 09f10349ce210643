import {
  CreateCapacityProviderCommand,
  CreateServiceCommand,
  DeleteTaskDefinitionsCommand,
  DeregisterTaskDefinitionCommand,
  DescribeCapacityProvidersCommand,
  DescribeServiceRevisionsCommand,
  DescribeTaskDefinitionCommand,
  GetTaskProtectionCommand,
  ListAccountSettingsCommand,
  ListAttributesCommand,
  ListServiceDeploymentsCommand,
  ListTagsForResourceCommand,
  ListTaskDefinitionFamiliesCommand,
  ListTaskDefinitionsCommand,
  PutAccountSettingCommand,
  PutClusterCapacityProvidersCommand,
  RunTaskCommand,
  StopServiceDeploymentCommand,
  StopTaskCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateContainerAgentCommand,
  UpdateServiceCommand,
  UpdateTaskProtectionCommand,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { readService, readTasks } from '../support/read.ts';
import { NETWORK, registerInstance, registerTaskDefinition, withCluster } from '../support/sandbox-world.ts';
import { withSandbox } from '../support/start-sandbox.ts';

describe('task definitions', () => {
  it('count revisions, are deregistered, deleted, and never counted anew', async () => {
    await using s = await withSandbox();
    const first = await registerTaskDefinition(s);
    const second = await registerTaskDefinition(s);
    expect(second).toMatch(/:task-definition\/web:2$/);
    await s.ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: first }));
    const list = async (input = {}) => (await s.ecs.send(new ListTaskDefinitionsCommand(input))).taskDefinitionArns;
    expect(await list()).toEqual([second]);
    expect(await list({ status: 'INACTIVE' })).toEqual([first]);
    const deleted = await s.ecs.send(new DeleteTaskDefinitionsCommand({ taskDefinitions: [first, second] }));
    expect(deleted.taskDefinitions).toMatchObject([{ status: 'DELETE_IN_PROGRESS' }]);
    expect(deleted.failures).toHaveLength(1);
    s.sandbox.clock.advance(120_000);
    const gone = s.ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: first }));
    await expect(gone).rejects.toMatchObject({ message: 'Unable to describe task definition.' });
    expect(await registerTaskDefinition(s)).toMatch(/:3$/);
    expect((await s.ecs.send(new ListTaskDefinitionFamiliesCommand({ familyPrefix: 'w' }))).families).toEqual(['web']);
  });
});

describe('standalone tasks', () => {
  it('run on Fargate once for a client token, and conflict with other parameters', async () => {
    await using s = await withSandbox();
    await withCluster(s);
    const taskDefinition = await registerTaskDefinition(s, { fargate: true });
    const input = { cluster: 'main', taskDefinition, launchType: 'FARGATE', networkConfiguration: NETWORK } as const;
    const run = (count: number) => s.ecs.send(new RunTaskCommand({ ...input, count, clientToken: 'once' }));
    const first = await run(2);
    expect(first.tasks).toHaveLength(2);
    expect((await run(2)).tasks?.map((task) => task.taskArn)).toEqual(first.tasks?.map((task) => task.taskArn));
    await expect(run(3)).rejects.toMatchObject({ name: 'ConflictException', resourceIds: expect.any(Array) });
    s.sandbox.clock.advance(60_000);
    const [task] = await readTasks(s);
    expect(task).toMatchObject({
      lastStatus: 'RUNNING',
      platformVersion: '1.4.0',
      group: 'family:web',
      attachments: [{ type: 'ElasticNetworkInterface', status: 'ATTACHED' }],
    });
  });

  it('stop with the reason that was given, through every state, and vanish an hour later', async () => {
    await using s = await withSandbox();
    await withCluster(s);
    const taskDefinition = await registerTaskDefinition(s, { fargate: true });
    await s.ecs.send(
      new RunTaskCommand({ cluster: 'main', taskDefinition, launchType: 'FARGATE', networkConfiguration: NETWORK }),
    );
    s.sandbox.clock.advance(60_000);
    const [task] = await readTasks(s);
    await s.ecs.send(new StopTaskCommand({ cluster: 'main', task: task?.taskArn, reason: 'enough' }));
    const states = new Set<string | undefined>();
    for (let second = 0; second < 30; second += 1) {
      states.add((await readTasks(s, { desiredStatus: 'STOPPED' }))[0]?.lastStatus);
      s.sandbox.clock.advance(1000);
    }
    expect([...states]).toEqual(['RUNNING', 'STOPPING', 'DEPROVISIONING', 'STOPPED']);
    const [stopped] = await readTasks(s, { desiredStatus: 'STOPPED' });
    expect(stopped).toMatchObject({ stopCode: 'UserInitiated', stoppedReason: 'enough' });
    s.sandbox.clock.advance(3_600_000);
    expect(await readTasks(s, { desiredStatus: 'STOPPED' })).toEqual([]);
  });
});

describe('a running rollout', () => {
  it('is rolled back by StopServiceDeployment, but not from a protected task', async () => {
    await using s = await withSandbox();
    await withCluster(s);
    const taskDefinition = await registerTaskDefinition(s, { fargate: true });
    const service = { cluster: 'main', serviceName: 'web', taskDefinition, desiredCount: 1 };
    await s.ecs.send(new CreateServiceCommand({ ...service, launchType: 'FARGATE', networkConfiguration: NETWORK }));
    s.sandbox.clock.advance(120_000);
    const [task] = await readTasks(s);
    const tasks = [task?.taskArn ?? ''];
    await s.ecs.send(new UpdateTaskProtectionCommand({ cluster: 'main', tasks, protectionEnabled: true }));
    const newer = await registerTaskDefinition(s, { fargate: true });
    await s.ecs.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', taskDefinition: newer }));
    s.sandbox.clock.advance(600_000);
    expect((await readService(s)).deployments).toHaveLength(2);
    const { protectedTasks } = await s.ecs.send(new GetTaskProtectionCommand({ cluster: 'main', tasks }));
    expect(protectedTasks).toMatchObject([{ protectionEnabled: true }]);
    const { serviceDeployments = [] } = await s.ecs.send(
      new ListServiceDeploymentsCommand({ cluster: 'main', service: 'web' }),
    );
    const [latest] = serviceDeployments;
    await s.ecs.send(new StopServiceDeploymentCommand({ serviceDeploymentArn: latest?.serviceDeploymentArn }));
    s.sandbox.clock.advance(1000);
    // No circuit breaker had to do with it.
    const rolloutStateReason = expect.stringMatching(/^ECS service deployment: rolling back to deploymentId ecs-svc/);
    expect((await readService(s)).deployments?.[0]).toMatchObject({ rolloutState: 'IN_PROGRESS', rolloutStateReason });
    s.sandbox.clock.advance(600_000);
    expect(await readService(s)).toMatchObject({ taskDefinition, deployments: [{ rolloutState: 'COMPLETED' }] });
    const after = await s.ecs.send(new ListServiceDeploymentsCommand({ cluster: 'main', service: 'web' }));
    expect(after.serviceDeployments?.[0]?.status).toBe('ROLLBACK_SUCCESSFUL');
    const { serviceRevisions } = await s.ecs.send(
      new DescribeServiceRevisionsCommand({ serviceRevisionArns: [latest?.targetServiceRevisionArn ?? ''] }),
    );
    const imageDigest = expect.stringMatching(/^sha256:/);
    expect(serviceRevisions).toMatchObject([{ taskDefinition: newer, containerImages: [{ imageDigest }] }]);
  });
});

describe('what surrounds them', () => {
  it('tags resources by ARN', async () => {
    await using s = await withSandbox();
    await withCluster(s);
    const resourceArn = 'arn:aws:ecs:eu-west-1:123456789012:cluster/main';
    const tags = [{ key: 'team', value: 'web' }];
    await s.ecs.send(new TagResourceCommand({ resourceArn, tags }));
    const read = async () => (await s.ecs.send(new ListTagsForResourceCommand({ resourceArn }))).tags;
    expect(await read()).toEqual(tags);
    await s.ecs.send(new UntagResourceCommand({ resourceArn, tagKeys: ['team'] }));
    expect(await read()).toEqual([]);
    const wrong = s.ecs.send(new TagResourceCommand({ resourceArn, tags: [{ key: 'aws:x', value: '1' }] }));
    await expect(wrong).rejects.toMatchObject({ name: 'InvalidParameterException' });
    const many = Array.from({ length: 50 }, (_, index) => ({ key: `own-${index}`, value: '' }));
    await s.ecs.send(new TagResourceCommand({ resourceArn, tags: many }));
    const oneMore = s.ecs.send(new TagResourceCommand({ resourceArn, tags }));
    await expect(oneMore).rejects.toMatchObject({ name: 'LimitExceededException' });
    expect(await read()).toHaveLength(50);
  });

  it('keeps account settings for each principal', async () => {
    await using s = await withSandbox();
    await s.ecs.send(new PutAccountSettingCommand({ name: 'containerInsights', value: 'enabled' }));
    const other = s.client({ credentials: { accessKeyId: 'other', secretAccessKey: 'x' } });
    const ask = new ListAccountSettingsCommand({ name: 'containerInsights', effectiveSettings: true });
    expect((await s.ecs.send(ask)).settings).toMatchObject([{ value: 'enabled' }]);
    expect((await other.send(ask)).settings).toMatchObject([{ value: 'disabled' }]);
  });

  it('spreads a capacity provider strategy by base and weight', async () => {
    await using s = await withSandbox();
    await withCluster(s);
    const provider = { autoScalingGroupArn: 'arn:aws:autoscaling:eu-west-1:123456789012:autoScalingGroup:1:a/b' };
    await s.ecs.send(new CreateCapacityProviderCommand({ name: 'spare', autoScalingGroupProvider: provider }));
    const { capacityProviders } = await s.ecs.send(new DescribeCapacityProvidersCommand({}));
    expect(capacityProviders?.map((item) => item.name)).toEqual(['FARGATE', 'FARGATE_SPOT', 'spare']);
    await s.ecs.send(
      new PutClusterCapacityProvidersCommand({
        cluster: 'main',
        capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
        defaultCapacityProviderStrategy: [],
      }),
    );
    const taskDefinition = await registerTaskDefinition(s, { fargate: true });
    const { tasks = [] } = await s.ecs.send(
      new RunTaskCommand({
        cluster: 'main',
        taskDefinition,
        networkConfiguration: NETWORK,
        count: 8,
        capacityProviderStrategy: [
          { capacityProvider: 'FARGATE', base: 2, weight: 1 },
          { capacityProvider: 'FARGATE_SPOT', weight: 2 },
        ],
      }),
    );
    const onSpot = tasks.filter((task) => task.capacityProviderName === 'FARGATE_SPOT');
    expect(onSpot).toHaveLength(4);
    expect(tasks).toHaveLength(8);
  });

  it('lists attributes and updates agents', async () => {
    await using s = await withSandbox();
    await withCluster(s);
    const containerInstance = await registerInstance(s, 'b');
    const { attributes } = await s.ecs.send(
      new ListAttributesCommand({
        cluster: 'main',
        targetType: 'container-instance',
        attributeName: 'ecs.availability-zone',
      }),
    );
    expect(attributes).toMatchObject([{ value: 'eu-west-1b', targetId: containerInstance }]);
    const update = s.ecs.send(new UpdateContainerAgentCommand({ cluster: 'main', containerInstance }));
    await expect(update).rejects.toMatchObject({ name: 'NoUpdateAvailableException' });
  });
});
