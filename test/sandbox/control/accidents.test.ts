import {
  CreateServiceCommand,
  DescribeContainerInstancesCommand,
  ExecuteCommandCommand,
  PutClusterCapacityProvidersCommand,
  RegisterContainerInstanceCommand,
  RunTaskCommand,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { readService, readTasks } from '../support/read.ts';
import { NETWORK, registerInstance, registerTaskDefinition, withCluster } from '../support/sandbox-world.ts';
import { type SandboxUnderTest, withSandbox } from '../support/start-sandbox.ts';

const MINUTE = 60_000;

/** Four tasks of a service over the instances of two zones. */
async function withService(s: SandboxUnderTest): Promise<{ first: string; second: string }> {
  await withCluster(s);
  const first = await registerInstance(s, 'a', 'i-a');
  const second = await registerInstance(s, 'b', 'i-b');
  const taskDefinition = await registerTaskDefinition(s);
  const input = { cluster: 'main', serviceName: 'web', taskDefinition, desiredCount: 4, enableExecuteCommand: true };
  await s.ecs.send(new CreateServiceCommand(input));
  s.sandbox.clock.advance(2 * MINUTE);
  return { first, second };
}

async function readInstance(s: SandboxUnderTest, arn: string) {
  const input = { cluster: 'main', containerInstances: [arn] };
  const { containerInstances = [] } = await s.ecs.send(new DescribeContainerInstancesCommand(input));
  return containerInstances[0];
}

describe('accidents', () => {
  it('terminate an instance: it deregisters itself, and its service tasks come back elsewhere', async () => {
    await using s = await withSandbox();
    const { first, second } = await withService(s);
    const response = await fetch(`${s.sandbox.url}/_sandbox/accidents`, {
      method: 'POST',
      body: JSON.stringify({ accident: 'instance-terminated', containerInstance: first }),
    });
    expect(await response.json()).toMatchObject({ containerInstances: [first], tasks: { length: 2 } });
    expect(await readInstance(s, first)).toMatchObject({ status: 'INACTIVE', agentConnected: false });
    expect(await readTasks(s, { desiredStatus: 'STOPPED' })).toMatchObject(
      Array(2).fill({ lastStatus: 'STOPPED', stoppedReason: 'Host EC2 (instance i-a) terminated.' }),
    );
    s.sandbox.clock.advance(2 * MINUTE);
    const tasks = await readTasks(s);
    expect(tasks).toMatchObject(Array(4).fill({ lastStatus: 'RUNNING', containerInstanceArn: second }));
  });

  it('cut an agent off: nothing is placed there, and no command reaches its tasks', async () => {
    await using s = await withSandbox();
    const { first } = await withService(s);
    s.sandbox.accidents.cause({ accident: 'agent-disconnected', containerInstance: first });
    const [task] = await readTasks(s, { containerInstance: first });
    expect(task).toMatchObject({ connectivity: 'DISCONNECTED', lastStatus: 'RUNNING' });
    const command = { cluster: 'main', task: task?.taskArn, command: 'sh', interactive: true };
    const execute = () => s.ecs.send(new ExecuteCommandCommand(command));
    await expect(execute()).rejects.toMatchObject({ name: 'TargetNotConnectedException' });
    s.sandbox.accidents.cause({ accident: 'agent-reconnected', containerInstance: 'i-a' });
    expect(await readInstance(s, first)).toMatchObject({ agentConnected: true });
    expect(await execute()).toMatchObject({
      containerName: 'app',
      interactive: true,
      session: { sessionId: expect.stringMatching(/^ecs-execute-command-/), tokenValue: expect.any(String) },
    });
  });

  it('cut an agent off until it registers again, and its tasks with it', async () => {
    await using s = await withSandbox();
    const { first } = await withService(s);
    const agent = async () => {
      const input = { cluster: 'main', containerInstances: [first], include: ['CONTAINER_INSTANCE_HEALTH' as const] };
      const { containerInstances } = await s.ecs.send(new DescribeContainerInstancesCommand(input));
      const details = containerInstances?.[0]?.healthStatus?.details ?? [];
      return details.find(({ type }) => type === 'AGENT_CONNECTIVITY');
    };
    s.sandbox.accidents.cause({ accident: 'agent-disconnected', containerInstance: first });
    const lastStatusChange = new Date(s.sandbox.clock.now());
    s.sandbox.clock.advance(MINUTE);
    expect(await agent()).toMatchObject({ status: 'IMPAIRED', lastStatusChange });
    await s.ecs.send(new RegisterContainerInstanceCommand({ cluster: 'main', containerInstanceArn: first }));
    expect(await agent()).toMatchObject({ status: 'OK', lastStatusChange: new Date(s.sandbox.clock.now()) });
    const [task] = await readTasks(s, { containerInstance: first });
    expect(task).toMatchObject({ connectivity: 'CONNECTED' });
  });

  it('interrupt Spot: a task gets SIGTERM, an instance two minutes', async () => {
    await using s = await withSandbox();
    const { first } = await withService(s);
    s.sandbox.accidents.cause({ accident: 'spot-interruption', containerInstance: first });
    expect(await readInstance(s, first)).toMatchObject({ status: 'DRAINING' });
    s.sandbox.clock.advance(2 * MINUTE);
    expect(await readInstance(s, first)).toMatchObject({ status: 'INACTIVE' });
    const capacityProviders = ['FARGATE_SPOT'];
    await s.ecs.send(
      new PutClusterCapacityProvidersCommand({
        cluster: 'main',
        capacityProviders,
        defaultCapacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }],
      }),
    );
    const taskDefinition = await registerTaskDefinition(s, { family: 'spot', fargate: true });
    const { tasks = [] } = await s.ecs.send(
      new RunTaskCommand({ cluster: 'main', taskDefinition, networkConfiguration: NETWORK }),
    );
    s.sandbox.clock.advance(MINUTE);
    s.sandbox.accidents.cause({ accident: 'spot-interruption', task: tasks[0]?.taskArn ?? '' });
    s.sandbox.clock.advance(MINUTE);
    const [stopped] = await readTasks(s, { desiredStatus: 'STOPPED', family: 'spot' });
    expect(stopped).toMatchObject({ stopCode: 'SpotInterruption', stoppedReason: 'Your Spot Task was interrupted.' });
  });

  it('take a zone away, and give it back', async () => {
    await using s = await withSandbox();
    await withCluster(s);
    const taskDefinition = await registerTaskDefinition(s, { fargate: true });
    const service = { cluster: 'main', serviceName: 'web', taskDefinition, desiredCount: 6 };
    await s.ecs.send(new CreateServiceCommand({ ...service, launchType: 'FARGATE', networkConfiguration: NETWORK }));
    s.sandbox.clock.advance(3 * MINUTE);
    const { tasks } = s.sandbox.accidents.cause({ accident: 'zone-lost', zone: 'eu-west-1b' });
    expect(tasks).toHaveLength(2);
    s.sandbox.clock.advance(3 * MINUTE);
    expect((await readService(s)).runningCount).toBe(6);
    const zones = new Set((await readTasks(s)).map((task) => task.availabilityZone));
    expect([...zones].sort()).toEqual(['eu-west-1a', 'eu-west-1c']);
    s.sandbox.accidents.cause({ accident: 'zone-restored', zone: 'eu-west-1b' });
  });

  it('have a service that found no zone start as soon as one is back', async () => {
    await using s = await withSandbox();
    await withCluster(s);
    const taskDefinition = await registerTaskDefinition(s, { fargate: true });
    for (const zone of ['eu-west-1a', 'eu-west-1b', 'eu-west-1c']) {
      s.sandbox.accidents.cause({ accident: 'zone-lost', zone });
    }
    const service = { cluster: 'main', serviceName: 'web', taskDefinition, desiredCount: 1 };
    await s.ecs.send(new CreateServiceCommand({ ...service, launchType: 'FARGATE', networkConfiguration: NETWORK }));
    // By now it tries again only every quarter of an hour.
    s.sandbox.clock.advance(62 * MINUTE);
    s.sandbox.accidents.cause({ accident: 'zone-restored', zone: 'eu-west-1b' });
    s.sandbox.clock.advance(MINUTE);
    expect((await readService(s)).runningCount).toBe(1);
  });

  it('are refused when they name nothing', async () => {
    await using s = await withSandbox();
    const cause = (accident: object) => () => s.sandbox.accidents.cause(accident as never);
    expect(cause({ accident: 'flood' })).toThrow(/accident must be one of/);
    expect(cause({ accident: 'instance-terminated' })).toThrow('containerInstance is missing');
    expect(cause({ accident: 'instance-terminated', containerInstance: 'i-0' })).toThrow(/no container instance i-0/);
  });
});

describe('events', () => {
  it('show every announced change of a task and its service in EventBridge’s shape, with rising versions', async () => {
    await using s = await withSandbox();
    await withService(s);
    const { events, next } = s.sandbox.events('eu-west-1');
    const [task] = await readTasks(s);
    const own = events.filter((event) => event.resources[0] === task?.taskArn);
    const details = own.map((event) => event.detail as { lastStatus: string; version: number });
    expect([...new Set(details.map((detail) => detail.lastStatus))]).toEqual(['PENDING', 'RUNNING']);
    expect(details.map((detail) => detail.version)).toEqual(details.map((_, index) => index + 1));
    expect(own[0]).toMatchObject({
      version: '0',
      source: 'aws.ecs',
      account: '123456789012',
      region: 'eu-west-1',
      'detail-type': 'ECS Task State Change',
      detail: { desiredStatus: 'RUNNING', updatedAt: expect.stringMatching(/^2026-03-01T12:00/) },
    });
    const names = events.map((event) => (event.detail as { eventName?: string }).eventName).filter(Boolean);
    expect(names).toEqual(['SERVICE_DEPLOYMENT_IN_PROGRESS', 'SERVICE_DEPLOYMENT_COMPLETED', 'SERVICE_STEADY_STATE']);
    const types = new Set(events.map((event) => event['detail-type']));
    expect(types).toContain('ECS Container Instance State Change');
    s.sandbox.accidents.cause({ accident: 'agent-disconnected', containerInstance: 'i-a', region: 'eu-west-1' });
    const response = await fetch(`${s.sandbox.url}/_sandbox/events?region=eu-west-1&after=${next}`);
    const page = (await response.json()) as { events: { detail: object }[]; isTruncated: boolean };
    expect(page.isTruncated).toBe(false);
    expect(page.events[0]?.detail).toMatchObject({ agentConnected: false, ec2InstanceId: 'i-a' });
  });
});
