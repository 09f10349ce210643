import {
  DescribeTasksCommand,
  ListTagsForResourceCommand,
  RegisterContainerInstanceCommand,
  RegisterDaemonTaskDefinitionCommand,
  RunTaskCommand,
  StopTaskCommand,
  SubmitAttachmentStateChangesCommand,
  SubmitContainerStateChangeCommand,
  SubmitTaskStateChangeCommand,
  type SubmitTaskStateChangeCommandInput,
  TagResourceCommand,
  type Task,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { NETWORK, registerInstance, registerTaskDefinition, withCluster } from '../support/sandbox-world.ts';
import { type SandboxUnderTest, withSandbox } from '../support/start-sandbox.ts';

const HOUR = 3600_000;

/** A task on an instance whose agent the test plays. */
async function withManualTask(s: SandboxUnderTest, fargate = false): Promise<string> {
  await withCluster(s);
  await s.ecs.send(
    new RegisterContainerInstanceCommand({ cluster: 'main', attributes: [{ name: 'sandbox.agent', value: 'manual' }] }),
  );
  const taskDefinition = await registerTaskDefinition(s, { fargate });
  const network = fargate ? { networkConfiguration: NETWORK } : {};
  const { tasks = [] } = await s.ecs.send(new RunTaskCommand({ cluster: 'main', taskDefinition, ...network }));
  return tasks[0]?.taskArn ?? '';
}

async function read(s: SandboxUnderTest, task: string): Promise<Task> {
  const { tasks = [] } = await s.ecs.send(new DescribeTasksCommand({ cluster: 'main', tasks: [task] }));
  return tasks[0] ?? {};
}

describe('an agent', () => {
  it('ends a container by reporting it STOPPED', async () => {
    await using s = await withSandbox();
    await withCluster(s);
    await registerInstance(s, 'a');
    const taskDefinition = await registerTaskDefinition(s);
    const { tasks = [] } = await s.ecs.send(new RunTaskCommand({ cluster: 'main', taskDefinition }));
    const task = tasks[0]?.taskArn ?? '';
    s.sandbox.clock.advance(60_000);
    const report = { cluster: 'main', task, containerName: 'app', status: 'STOPPED', exitCode: 3, reason: 'tired' };
    await s.ecs.send(new SubmitContainerStateChangeCommand(report));
    s.sandbox.clock.advance(60_000);
    expect(await read(s, task)).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'EssentialContainerExited',
      containers: [{ name: 'app', exitCode: 3, reason: 'tired' }],
    });
  });
});

describe('an agent that a client plays', () => {
  const submit = (s: SandboxUnderTest, task: string, input: SubmitTaskStateChangeCommandInput) =>
    s.ecs.send(new SubmitTaskStateChangeCommand({ cluster: 'main', task, ...input }));

  it('takes a task from PENDING to RUNNING to STOPPED, and nothing else does', async () => {
    await using s = await withSandbox();
    const task = await withManualTask(s);
    s.sandbox.clock.advance(HOUR);
    expect(await read(s, task)).toMatchObject({ lastStatus: 'PENDING', desiredStatus: 'RUNNING' });
    const pullStartedAt = new Date(s.sandbox.clock.now());
    await submit(s, task, {
      status: 'PULLED',
      pullStartedAt,
      containers: [{ containerName: 'app', imageDigest: 'sha' }],
    });
    expect(await read(s, task)).toMatchObject({ lastStatus: 'ACTIVATING', pullStartedAt });
    const networkBindings = [{ bindIP: '0.0.0.0', containerPort: 80, hostPort: 49_153, protocol: 'tcp' as const }];
    const running = { containerName: 'app', status: 'RUNNING', runtimeId: 'docker-1', networkBindings };
    await submit(s, task, { status: 'RUNNING', containers: [running] });
    expect(await read(s, task)).toMatchObject({
      lastStatus: 'RUNNING',
      startedAt: new Date(s.sandbox.clock.now()),
      connectivity: 'CONNECTED',
      containers: [{ lastStatus: 'RUNNING', runtimeId: 'docker-1', imageDigest: 'sha', networkBindings }],
    });
    // Older news: a task only moves forward.
    await submit(s, task, { status: 'PULLED' });
    expect((await read(s, task)).lastStatus).toBe('RUNNING');
    s.sandbox.clock.advance(HOUR);
    const stopped = { containerName: 'app', status: 'STOPPED', exitCode: 137, reason: 'OutOfMemoryError' };
    await submit(s, task, { status: 'STOPPED', reason: 'It ended.', containers: [stopped] });
    expect(await read(s, task)).toMatchObject({
      lastStatus: 'STOPPED',
      desiredStatus: 'STOPPED',
      stopCode: 'EssentialContainerExited',
      containers: [{ lastStatus: 'STOPPED', exitCode: 137, reason: 'OutOfMemoryError' }],
      stoppedAt: new Date(s.sandbox.clock.now()),
    });
  });

  it('is waited for when a task is stopped', async () => {
    await using s = await withSandbox();
    const task = await withManualTask(s);
    await submit(s, task, { status: 'RUNNING' });
    await s.ecs.send(new StopTaskCommand({ cluster: 'main', task }));
    s.sandbox.clock.advance(HOUR);
    expect(await read(s, task)).toMatchObject({ lastStatus: 'STOPPING', desiredStatus: 'STOPPED' });
    const report = { cluster: 'main', task, containerName: 'app', status: 'STOPPED', exitCode: 0 };
    await s.ecs.send(new SubmitContainerStateChangeCommand(report));
    expect(await read(s, task)).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'UserInitiated',
      containers: [{ exitCode: 0 }],
    });
  });

  it('says why a task never ran', async () => {
    await using s = await withSandbox();
    const task = await withManualTask(s);
    const reason = 'CannotPullContainerError: no such image';
    await submit(s, task, { status: 'STOPPED', reason });
    expect(await read(s, task)).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'TaskFailedToStart',
      stoppedReason: reason,
    });
  });

  it('acknowledges network interfaces', async () => {
    await using s = await withSandbox();
    const task = await withManualTask(s, true);
    s.sandbox.clock.advance(60_000);
    const before = await read(s, task);
    expect(before).toMatchObject({ lastStatus: 'PENDING', attachments: [{ status: 'ATTACHING' }] });
    const attachmentArn = `arn:aws:ecs:eu-west-1:123456789012:attachment/${before.attachments?.[0]?.id}`;
    await s.ecs.send(
      new SubmitAttachmentStateChangesCommand({
        cluster: 'main',
        attachments: [{ attachmentArn, status: 'ATTACHED' }],
      }),
    );
    expect((await read(s, task)).attachments).toMatchObject([{ status: 'ATTACHED' }]);
    await submit(s, task, { status: 'RUNNING' });
    expect((await read(s, task)).containers?.[0]?.networkInterfaces).toHaveLength(1);
  });

  it.each([
    [{ status: 'FLYING' }, /Invalid status/],
    [{ attachments: [{ attachmentArn: 'a/b', status: 'LOST' }] }, /Invalid attachment status/],
  ])('gets an error for input that makes no sense', async (input, message) => {
    await using s = await withSandbox();
    const task = await withManualTask(s);
    await expect(submit(s, task, input)).rejects.toThrow(message);
    await expect(submit(s, '0123456789abcdef0123456789abcdef', { status: 'RUNNING' })).rejects.toThrow(
      'The referenced task was not found.',
    );
  });
});

describe('tags', () => {
  it('are also for the newer resources', async () => {
    await using s = await withSandbox();
    const { daemonTaskDefinitionArn: resourceArn } = await s.ecs.send(
      new RegisterDaemonTaskDefinitionCommand({
        family: 'agent',
        containerDefinitions: [{ name: 'agent', image: 'agent:1', memory: 64 }],
      }),
    );
    const tags = [{ key: 'team', value: 'platform' }];
    await s.ecs.send(new TagResourceCommand({ resourceArn, tags }));
    expect((await s.ecs.send(new ListTagsForResourceCommand({ resourceArn }))).tags).toEqual(tags);
  });
});
