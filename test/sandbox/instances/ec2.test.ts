import {
  CreateServiceCommand,
  DeregisterContainerInstanceCommand,
  DescribeContainerInstancesCommand,
  ListContainerInstancesCommand,
  PutAttributesCommand,
  RunTaskCommand,
  StartTaskCommand,
  StopTaskCommand,
  UpdateContainerInstancesStateCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { messagesOf, readService, readTasks } from '../support/read.ts';
import { registerInstance, registerTaskDefinition, withCluster } from '../support/sandbox-world.ts';
import { type SandboxUnderTest, withSandbox } from '../support/start-sandbox.ts';

async function withInstances(s: SandboxUnderTest, zones = ['a', 'b', 'c']): Promise<string[]> {
  await withCluster(s);
  const arns: string[] = [];
  for (const [index, zone] of zones.entries()) arns.push(await registerInstance(s, zone, `i-${index}`));
  return arns;
}

async function createWeb(s: SandboxUnderTest, input: Partial<CreateServiceCommand['input']> = {}): Promise<void> {
  const taskDefinition = await registerTaskDefinition(s);
  await s.ecs.send(
    new CreateServiceCommand({ cluster: 'main', serviceName: 'web', taskDefinition, desiredCount: 3, ...input }),
  );
}

const drain = (s: SandboxUnderTest, ...containerInstances: string[]) =>
  s.ecs.send(new UpdateContainerInstancesStateCommand({ cluster: 'main', containerInstances, status: 'DRAINING' }));

describe('placement on instances', () => {
  it('spreads a service over zones and accounts for what its tasks take', async () => {
    await using s = await withSandbox();
    const [first = ''] = await withInstances(s);
    await createWeb(s);
    s.sandbox.clock.advance(120_000);
    const tasks = await readTasks(s);
    expect(tasks.map((task) => task.availabilityZone).sort()).toEqual(['eu-west-1a', 'eu-west-1b', 'eu-west-1c']);
    const { containerInstances = [] } = await s.ecs.send(
      new DescribeContainerInstancesCommand({ cluster: 'main', containerInstances: [first] }),
    );
    expect(containerInstances[0]).toMatchObject({ ec2InstanceId: 'i-0', runningTasksCount: 1, agentConnected: true });
    const remaining = containerInstances[0]?.remainingResources ?? [];
    expect(remaining.find((item) => item.name === 'CPU')?.integerValue).toBe(2048 - 256);
    expect(remaining.find((item) => item.name === 'MEMORY')?.integerValue).toBe(4096 - 512);
  });

  it('says which resource is short, to RunTask and in service events', async () => {
    await using s = await withSandbox();
    const [only = ''] = await withInstances(s, ['a']);
    const taskDefinition = await registerTaskDefinition(s, { family: 'big', memory: 8192 });
    const ran = await s.ecs.send(new RunTaskCommand({ cluster: 'main', taskDefinition }));
    expect(ran).toMatchObject({ tasks: [], failures: [{ arn: only, reason: 'RESOURCE:MEMORY' }] });
    await createWeb(s, { taskDefinition, desiredCount: 1 });
    s.sandbox.clock.advance(20_000);
    expect(messagesOf(await readService(s))[0]).toMatch(
      /^\(service web\) was unable to place a task because no container instance met all of its requirements\. The closest matching \(container-instance \w{32}\) has insufficient memory available\. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide\.$/,
    );
  });

  it('keeps host ports apart, and gives them back', async () => {
    await using s = await withSandbox();
    await withInstances(s, ['a']);
    const container = { portMappings: [{ containerPort: 80, hostPort: 8080 }] };
    const taskDefinition = await registerTaskDefinition(s, { container });
    const run = () => s.ecs.send(new RunTaskCommand({ cluster: 'main', taskDefinition }));
    const [task] = (await run()).tasks ?? [];
    expect((await run()).failures).toMatchObject([{ reason: 'RESOURCE:PORTS' }]);
    await s.ecs.send(new StopTaskCommand({ cluster: 'main', task: task?.taskArn }));
    s.sandbox.clock.advance(60_000);
    expect((await run()).tasks).toHaveLength(1);
  });

  it('obeys constraints in the cluster query language, as does ListContainerInstances', async () => {
    await using s = await withSandbox();
    const [, second = ''] = await withInstances(s);
    await s.ecs.send(
      new PutAttributesCommand({ cluster: 'main', attributes: [{ name: 'stack', value: 'blue', targetId: second }] }),
    );
    const list = async (filter: string): Promise<string[] | undefined> =>
      (await s.ecs.send(new ListContainerInstancesCommand({ cluster: 'main', filter }))).containerInstanceArns;
    expect(await list('attribute:stack == blue')).toEqual([second]);
    expect(await list('not(attribute:stack exists) and ec2InstanceId in [i-0, i-1]')).toHaveLength(1);
    expect(await list('attribute:ecs.availability-zone =~ "eu-west-1[ab]"')).toHaveLength(2);
    await expect(list('attribute:ecs.availability-zone =~ "eu-west-1["')).rejects.toThrow('Invalid expression');
    await expect(list('attribute:stack ==')).rejects.toMatchObject({ name: 'InvalidParameterException' });
    const taskDefinition = await registerTaskDefinition(s);
    const { tasks } = await s.ecs.send(
      new RunTaskCommand({
        cluster: 'main',
        taskDefinition,
        count: 2,
        placementConstraints: [{ type: 'memberOf', expression: 'attribute:stack == blue' }],
      }),
    );
    expect(tasks?.map((task) => task.containerInstanceArn)).toEqual([second, second]);
  });

  it('runs one task of a DAEMON on each instance, new ones too', async () => {
    await using s = await withSandbox();
    await withInstances(s);
    await createWeb(s, { desiredCount: undefined, schedulingStrategy: 'DAEMON' });
    s.sandbox.clock.advance(120_000);
    expect(await readService(s)).toMatchObject({ desiredCount: 3, runningCount: 3, schedulingStrategy: 'DAEMON' });
    await registerInstance(s, 'a', 'i-9');
    s.sandbox.clock.advance(120_000);
    expect(await readService(s)).toMatchObject({ desiredCount: 4, runningCount: 4 });
  });
});

describe('draining', () => {
  it('replaces service tasks elsewhere and leaves standalone tasks alone', async () => {
    await using s = await withSandbox();
    const [first = ''] = await withInstances(s);
    await createWeb(s);
    const taskDefinition = await registerTaskDefinition(s, { family: 'batch' });
    await s.ecs.send(new StartTaskCommand({ cluster: 'main', taskDefinition, containerInstances: [first] }));
    s.sandbox.clock.advance(120_000);
    await drain(s, first);
    s.sandbox.clock.advance(300_000);
    const left = await readTasks(s, { containerInstance: first });
    expect(left.map((task) => task.group)).toEqual(['family:batch']);
    expect(await readService(s)).toMatchObject({ runningCount: 3, deployments: [{ rolloutState: 'COMPLETED' }] });
    const refused = s.ecs.send(new DeregisterContainerInstanceCommand({ cluster: 'main', containerInstance: first }));
    await expect(refused).rejects.toMatchObject({ message: 'Found running tasks on the instance.' });
  });

  it('lets a daemon leave after the last other task, and only then', async () => {
    await using s = await withSandbox();
    const [first = ''] = await withInstances(s);
    await createWeb(s, { deploymentConfiguration: { minimumHealthyPercent: 100 } });
    await createWeb(s, { serviceName: 'agent', desiredCount: undefined, schedulingStrategy: 'DAEMON' });
    s.sandbox.clock.advance(120_000);
    expect(await readTasks(s, { containerInstance: first })).toHaveLength(2);
    await drain(s, first);
    const seen: (string | undefined)[][] = [];
    for (let second = 0; second < 300; second += 5) {
      s.sandbox.clock.advance(5_000);
      seen.push((await readTasks(s, { containerInstance: first })).map((task) => task.group).sort());
    }
    const [both, daemonAlone] = [['service:agent', 'service:web'], ['service:agent']];
    const steps = seen.filter((groups, index) => groups.join() !== seen[index - 1]?.join());
    expect(steps).toEqual([both, daemonAlone, []]);
    expect(await readService(s, 'agent')).toMatchObject({ desiredCount: 2, runningCount: 2 });
  });

  it('stands still where the percentages allow neither a start nor a stop', async () => {
    await using s = await withSandbox();
    const [first = ''] = await withInstances(s);
    await createWeb(s);
    const deploymentConfiguration = { minimumHealthyPercent: 100, maximumPercent: 100 };
    await s.ecs.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', deploymentConfiguration }));
    s.sandbox.clock.advance(120_000);
    await drain(s, first);
    s.sandbox.clock.advance(600_000);
    expect(await readTasks(s, { containerInstance: first })).toHaveLength(1);
    expect(messagesOf(await readService(s)).join('\n')).toContain(
      'was unable to stop or start tasks during a deployment',
    );
  });
});

describe('a rollout that keeps failing', () => {
  it('leaves the old tasks running and is held back more and more', async () => {
    await using s = await withSandbox();
    await withInstances(s);
    await createWeb(s);
    s.sandbox.clock.advance(120_000);
    const taskDefinition = await registerTaskDefinition(s, { labels: { 'sandbox.exit-code': '1' } });
    await s.ecs.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', taskDefinition }));
    s.sandbox.clock.advance(30 * 60_000);
    const service = await readService(s);
    expect(service.deployments).toMatchObject([
      { status: 'PRIMARY', rolloutState: 'IN_PROGRESS', runningCount: 0 },
      { status: 'ACTIVE', rolloutState: 'COMPLETED', runningCount: 3 },
    ]);
    expect(service.deployments?.[0]?.failedTasks).toBeGreaterThan(3);
    expect(messagesOf(service).join('\n')).toContain('is unable to consistently start tasks successfully.');
    const [task] = await readTasks(s, { desiredStatus: 'STOPPED' });
    expect(task).toMatchObject({
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      containers: [{ exitCode: 1 }],
    });
    expect(task?.startedAt).toBeUndefined();
  });

  it('replaces tasks that fail their health checks', async () => {
    await using s = await withSandbox();
    await withInstances(s);
    const taskDefinition = await registerTaskDefinition(s, {
      labels: { 'sandbox.unhealthy-after': '120' },
      container: { healthCheck: { command: ['CMD', 'true'] } },
    });
    await createWeb(s, { taskDefinition, desiredCount: 1 });
    s.sandbox.clock.advance(60_000);
    expect(await readTasks(s)).toMatchObject([{ healthStatus: 'HEALTHY' }]);
    s.sandbox.clock.advance(200_000);
    const said = messagesOf(await readService(s)).join('\n');
    expect(said).toContain('Amazon ECS replaced 1 tasks due to an unhealthy status.');
    expect(said).toMatch(/\(task \w+\) failed container health checks\./);
    const stopped = await readTasks(s, { desiredStatus: 'STOPPED' });
    expect(stopped[0]?.stoppedReason).toBe('Task failed container health checks');
  });
});
