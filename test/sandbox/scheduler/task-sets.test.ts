import {
  CreateServiceCommand,
  CreateTaskSetCommand,
  type CreateTaskSetCommandInput,
  DeleteServiceCommand,
  DeleteTaskSetCommand,
  DescribeTaskSetsCommand,
  ListTagsForResourceCommand,
  type TaskSet,
  UpdateServiceCommand,
  UpdateServicePrimaryTaskSetCommand,
  UpdateTaskSetCommand,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { messagesOf, readService, readTasks } from '../support/read.ts';
import { MINUTE } from '../support/rollout.ts';
import { NETWORK, registerTaskDefinition, withCluster } from '../support/sandbox-world.ts';
import { TARGETS } from '../support/scheduling-world.ts';
import { type SandboxUnderTest, withSandbox } from '../support/start-sandbox.ts';

const PLACE = { cluster: 'main', service: 'web' };

async function withExternal(s: SandboxUnderTest, desiredCount = 3): Promise<void> {
  await withCluster(s);
  const deploymentController = { type: 'EXTERNAL' as const };
  await s.ecs.send(
    new CreateServiceCommand({ cluster: 'main', serviceName: 'web', desiredCount, deploymentController }),
  );
}

async function create(s: SandboxUnderTest, input: Partial<CreateTaskSetCommandInput> = {}): Promise<TaskSet> {
  const taskDefinition = await registerTaskDefinition(s, { fargate: true });
  const { taskSet } = await s.ecs.send(
    new CreateTaskSetCommand({
      ...PLACE,
      taskDefinition,
      launchType: 'FARGATE',
      networkConfiguration: NETWORK,
      scale: { value: 100, unit: 'PERCENT' },
      ...input,
    }),
  );
  return taskSet ?? {};
}

async function read(s: SandboxUnderTest): Promise<TaskSet[]> {
  const { taskSets } = await s.ecs.send(new DescribeTaskSetsCommand(PLACE));
  return taskSets ?? [];
}

describe('a service with an EXTERNAL deployment controller', () => {
  it('starts nothing by itself', async () => {
    await using s = await withSandbox();
    await withExternal(s);
    s.sandbox.clock.advance(MINUTE);
    const service = await readService(s);
    expect(service).toMatchObject({ runningCount: 0, taskSets: [] });
    expect(service.deployments).toBeUndefined();
  });

  it('runs a share of its count in each task set, rounded up, until that is STEADY_STATE', async () => {
    await using s = await withSandbox();
    await withExternal(s);
    const made = await create(s, { scale: { value: 50, unit: 'PERCENT' }, externalId: 'blue' });
    expect(made).toMatchObject({
      id: expect.stringMatching(/^ecs-svc\/\d{19}$/),
      status: 'ACTIVE',
      computedDesiredCount: 0,
      stabilityStatus: 'STABILIZING',
      externalId: 'blue',
    });
    expect(made.taskSetArn).toBe(`arn:aws:ecs:eu-west-1:123456789012:task-set/main/web/${made.id}`);
    s.sandbox.clock.advance(5_000);
    expect(await read(s)).toMatchObject([{ computedDesiredCount: 2, pendingCount: 2, stabilityStatus: 'STABILIZING' }]);
    s.sandbox.clock.advance(3 * MINUTE);
    expect(await read(s)).toMatchObject([{ runningCount: 2, pendingCount: 0, stabilityStatus: 'STEADY_STATE' }]);
    const [task] = await readTasks(s);
    expect(task).toMatchObject({ startedBy: made.id, group: 'service:web' });
    expect(messagesOf(await readService(s))).toEqual([
      `(service web) updated computedDesiredCount for taskSet ${made.id} to 2.`,
      expect.stringMatching(/^\(service web, taskSet ecs-svc\/\d+\) has started 2 tasks: /),
      `(service web, taskSet ${made.id}) updated state to STEADY_STATE.`,
      '(service web) has reached a steady state.',
    ]);
  });

  it('moves from one task set to another: create, make primary, scale down, delete', async () => {
    await using s = await withSandbox();
    await withExternal(s);
    const blue = await create(s);
    await s.ecs.send(new UpdateServicePrimaryTaskSetCommand({ ...PLACE, primaryTaskSet: blue.id }));
    expect(await readService(s)).toMatchObject({ launchType: 'FARGATE', taskDefinition: blue.taskDefinition });
    s.sandbox.clock.advance(3 * MINUTE);
    const green = await create(s);
    s.sandbox.clock.advance(3 * MINUTE);
    expect(await readService(s)).toMatchObject({ runningCount: 6 });
    await s.ecs.send(new UpdateServicePrimaryTaskSetCommand({ ...PLACE, primaryTaskSet: green.taskSetArn }));
    expect((await read(s)).map((taskSet) => [taskSet.id, taskSet.status])).toEqual([
      [blue.id, 'ACTIVE'],
      [green.id, 'PRIMARY'],
    ]);
    await s.ecs.send(new UpdateTaskSetCommand({ ...PLACE, taskSet: blue.id, scale: { value: 0, unit: 'PERCENT' } }));
    s.sandbox.clock.advance(MINUTE);
    expect(await read(s)).toMatchObject([{ runningCount: 0, computedDesiredCount: 0 }, { runningCount: 3 }]);
    const { taskSet } = await s.ecs.send(new DeleteTaskSetCommand({ ...PLACE, taskSet: blue.id }));
    expect(taskSet).toMatchObject({ status: 'DRAINING' });
    s.sandbox.clock.advance(MINUTE);
    expect(await read(s)).toMatchObject([{ id: green.id, stabilityStatus: 'STEADY_STATE' }]);
  });

  it('follows the desired count of the service', async () => {
    await using s = await withSandbox();
    await withExternal(s);
    await create(s);
    s.sandbox.clock.advance(3 * MINUTE);
    await s.ecs.send(new UpdateServiceCommand({ ...PLACE, desiredCount: 5 }));
    s.sandbox.clock.advance(3 * MINUTE);
    expect(await read(s)).toMatchObject([{ computedDesiredCount: 5, runningCount: 5 }]);
    await s.ecs.send(new DeleteServiceCommand({ ...PLACE, force: true }));
    s.sandbox.clock.advance(MINUTE);
    expect(await readService(s)).toMatchObject({ status: 'INACTIVE', runningCount: 0 });
  });

  it('refuses what only a task set can change, and what task sets do not allow', async () => {
    await using s = await withSandbox();
    await withExternal(s);
    const first = await create(s, { tags: [{ key: 'colour', value: 'blue' }] });
    const tags = await s.ecs.send(new ListTagsForResourceCommand({ resourceArn: first.taskSetArn }));
    expect(tags.tags).toEqual([{ key: 'colour', value: 'blue' }]);
    const refused = { name: 'InvalidParameterException' };
    const { taskDefinition } = first;
    await expect(s.ecs.send(new UpdateServiceCommand({ ...PLACE, taskDefinition }))).rejects.toMatchObject({
      ...refused,
      message: 'Unable to update task definition on services with a EXTERNAL deployment controller.',
    });
    await s.ecs.send(new UpdateServicePrimaryTaskSetCommand({ ...PLACE, primaryTaskSet: first.id }));
    await expect(
      s.ecs.send(new DeleteTaskSetCommand({ ...PLACE, taskSet: first.id, force: true })),
    ).rejects.toMatchObject({
      message: 'Primary TaskSet cannot be deleted',
    });
    const second = await create(s);
    await expect(s.ecs.send(new DeleteTaskSetCommand({ ...PLACE, taskSet: second.id }))).rejects.toMatchObject(refused);
    const scale = { value: 101, unit: 'PERCENT' as const };
    await expect(s.ecs.send(new UpdateTaskSetCommand({ ...PLACE, taskSet: second.id, scale }))).rejects.toMatchObject(
      refused,
    );
    const unknown = new UpdateTaskSetCommand({ ...PLACE, taskSet: 'ecs-svc/1', scale: { value: 1 } });
    await expect(s.ecs.send(unknown)).rejects.toMatchObject({ name: 'TaskSetNotFoundException' });
    const described = await s.ecs.send(new DescribeTaskSetsCommand({ ...PLACE, taskSets: ['ecs-svc/1'] }));
    expect(described.failures).toEqual([{ arn: 'ecs-svc/1', reason: 'MISSING' }]);
    for (let more = 0; more < 3; more += 1) await create(s);
    await expect(create(s)).rejects.toMatchObject({ message: /^5 deployments exist on the service/ });
  });

  it('makes one task set for one client token', async () => {
    await using s = await withSandbox();
    await withExternal(s);
    const taskDefinition = await registerTaskDefinition(s, { fargate: true });
    const once = { taskDefinition, clientToken: 'one' };
    const first = await create(s, once);
    expect((await create(s, once)).id).toBe(first.id);
    expect(await read(s)).toHaveLength(1);
  });
});

describe('other deployment controllers', () => {
  it('CODE_DEPLOY begins with a primary task set and leaves deployments to CodeDeploy', async () => {
    await using s = await withSandbox();
    await withCluster(s);
    const container = { portMappings: [{ containerPort: 80 }] };
    const taskDefinition = await registerTaskDefinition(s, { fargate: true, container });
    await s.ecs.send(
      new CreateServiceCommand({
        cluster: 'main',
        serviceName: 'web',
        desiredCount: 2,
        deploymentController: { type: 'CODE_DEPLOY' },
        loadBalancers: TARGETS,
        taskDefinition,
        launchType: 'FARGATE',
        networkConfiguration: NETWORK,
      }),
    );
    s.sandbox.clock.advance(3 * MINUTE);
    expect(await readService(s)).toMatchObject({
      runningCount: 2,
      taskSets: [{ status: 'PRIMARY', scale: { value: 100, unit: 'PERCENT' }, stabilityStatus: 'STEADY_STATE' }],
    });
    await expect(s.ecs.send(new UpdateServiceCommand({ ...PLACE, forceNewDeployment: true }))).rejects.toMatchObject({
      message:
        'Cannot force a new deployment on services with a CODE_DEPLOY deployment controller. Use AWS CodeDeploy to trigger a new deployment.',
    });
    expect(await create(s, { externalId: 'd-ABC' })).toMatchObject({ startedBy: 'CODE_DEPLOY', externalId: 'd-ABC' });
  });

  it('ECS has no task sets', async () => {
    await using s = await withSandbox();
    await withCluster(s);
    const taskDefinition = await registerTaskDefinition(s);
    await s.ecs.send(
      new CreateServiceCommand({ cluster: 'main', serviceName: 'web', desiredCount: 0, taskDefinition }),
    );
    await expect(read(s)).rejects.toMatchObject({ name: 'UnsupportedFeatureException' });
  });
});
