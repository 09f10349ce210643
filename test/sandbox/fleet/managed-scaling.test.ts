import {
  CreateCapacityProviderCommand,
  type CreateCapacityProviderCommandInput,
  CreateServiceCommand,
  DescribeClustersCommand,
  ListContainerInstancesCommand,
  PutClusterCapacityProvidersCommand,
  RunTaskCommand,
  StopTaskCommand,
  SubmitContainerStateChangeCommand,
  SubmitTaskStateChangeCommand,
  UpdateContainerInstancesStateCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { messagesOf, readService, readTasks } from '../support/read.ts';
import { registerTaskDefinition, withCluster } from '../support/sandbox-world.ts';
import { type SandboxUnderTest, withSandbox } from '../support/start-sandbox.ts';

const MINUTE = 60_000;
const capacityProviderStrategy = [{ capacityProvider: 'fleet', weight: 1 }];
const GROUP = {
  autoScalingGroupProvider: {
    autoScalingGroupArn: 'arn:aws:autoscaling:eu-west-1:123456789012:x:y',
    managedScaling: { status: 'ENABLED' },
  },
} as const;

/** The cluster `main` with a capacity provider `fleet` and no instances. */
async function withFleet(s: SandboxUnderTest, provider: Omit<CreateCapacityProviderCommandInput, 'name'>) {
  await withCluster(s);
  await s.ecs.send(new CreateCapacityProviderCommand({ name: 'fleet', ...provider }));
  await s.ecs.send(
    new PutClusterCapacityProvidersCommand({
      cluster: 'main',
      capacityProviders: ['fleet'],
      defaultCapacityProviderStrategy: capacityProviderStrategy,
    }),
  );
  return registerTaskDefinition(s, { cpu: 1024, memory: 1024 });
}

const MANAGED = {
  cluster: 'main',
  managedInstancesProvider: {
    infrastructureRoleArn: 'arn:aws:iam::123456789012:role/x',
    instanceLaunchTemplate: {
      ec2InstanceProfileArn: 'arn:aws:iam::123456789012:instance-profile/x',
      networkConfiguration: { subnets: ['subnet-1'] },
    },
    infrastructureOptimization: { scaleInAfter: 60 },
  },
};

async function countInstances(s: SandboxUnderTest): Promise<number> {
  const { containerInstanceArns = [] } = await s.ecs.send(new ListContainerInstancesCommand({ cluster: 'main' }));
  return containerInstanceArns.length;
}

describe('a capacity provider with managed scaling', () => {
  it('lets 500 tasks of a cluster wait, and emits an event for the others', async () => {
    await using s = await withSandbox();
    const taskDefinition = await withFleet(s, GROUP);
    const service = { cluster: 'main', serviceName: 'web', taskDefinition, desiredCount: 401 };
    await s.ecs.send(new CreateServiceCommand({ ...service, serviceName: 'first', desiredCount: 100 }));
    await s.ecs.send(new CreateServiceCommand(service));
    s.sandbox.clock.advance(20_000);
    const read = await readService(s);
    expect(read).toMatchObject({ pendingCount: 400, runningCount: 0 });
    const limit = 'because the tasks provisioning capacity limit was exceeded.';
    expect(messagesOf(read)).toContain(`(service web) was unable to place tasks in your cluster ${limit}`);
    expect(await s.ecs.send(new RunTaskCommand({ cluster: 'main', taskDefinition }))).toMatchObject({
      tasks: [],
      failures: [{ reason: 'EMPTY CAPACITY PROVIDER' }],
    });
  });

  it('launches instances for tasks that wait in PROVISIONING, and takes them away when they idle', async () => {
    await using s = await withSandbox();
    const taskDefinition = await withFleet(s, GROUP);
    const { tasks = [], failures } = await s.ecs.send(
      new RunTaskCommand({ cluster: 'main', taskDefinition, count: 4 }),
    );
    expect(failures).toEqual([]);
    expect(tasks.map((task) => task.lastStatus)).toEqual(Array(4).fill('PROVISIONING'));
    expect(tasks[0]?.containerInstanceArn).toBeUndefined();
    s.sandbox.clock.advance(4 * MINUTE);
    const running = await readTasks(s);
    expect(running.map((task) => task.lastStatus)).toEqual(Array(4).fill('RUNNING'));
    expect(new Set(running.map((task) => task.availabilityZone)).size).toBe(2);
    expect(await countInstances(s)).toBe(2);
    for (const { taskArn } of running) await s.ecs.send(new StopTaskCommand({ cluster: 'main', task: taskArn }));
    s.sandbox.clock.advance(10 * MINUTE);
    expect(await countInstances(s)).toBe(2);
    s.sandbox.clock.advance(10 * MINUTE);
    expect(await countInstances(s)).toBe(0);
  });

  it('follows a service up and down', async () => {
    await using s = await withSandbox();
    const taskDefinition = await withFleet(s, GROUP);
    await s.ecs.send(
      new CreateServiceCommand({ cluster: 'main', serviceName: 'web', taskDefinition, desiredCount: 6 }),
    );
    s.sandbox.clock.advance(6 * MINUTE);
    expect(await readService(s)).toMatchObject({ runningCount: 6, deployments: [{ rolloutState: 'COMPLETED' }] });
    expect(await countInstances(s)).toBe(3);
    await s.ecs.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', desiredCount: 0 }));
    s.sandbox.clock.advance(20 * MINUTE);
    expect(await countInstances(s)).toBe(0);
  });

  it('of Managed Instances chooses the size by the tasks, and goes after scaleInAfter', async () => {
    await using s = await withSandbox();
    await withFleet(s, MANAGED);
    const taskDefinition = await registerTaskDefinition(s, { cpu: 4096, memory: 30_000 });
    await s.ecs.send(new RunTaskCommand({ cluster: 'main', taskDefinition }));
    s.sandbox.clock.advance(4 * MINUTE);
    const [task] = await readTasks(s);
    expect(task).toMatchObject({ lastStatus: 'RUNNING', launchType: 'MANAGED_INSTANCES' });
    await s.ecs.send(new StopTaskCommand({ cluster: 'main', task: task?.taskArn }));
    s.sandbox.clock.advance(3 * MINUTE);
    expect(await countInstances(s)).toBe(0);
  });

  it('takes a Managed Instance that drains away when it is empty, and after seven days with whatever runs there', async () => {
    await using s = await withSandbox();
    await withFleet(s, MANAGED);
    const taskDefinition = await registerTaskDefinition(s, { cpu: 4096, memory: 30_000 });
    const drainAll = async () => {
      const { containerInstanceArns } = await s.ecs.send(new ListContainerInstancesCommand({ cluster: 'main' }));
      const input = { cluster: 'main', containerInstances: containerInstanceArns, status: 'DRAINING' as const };
      await s.ecs.send(new UpdateContainerInstancesStateCommand(input));
    };
    const run = async () => {
      const { tasks } = await s.ecs.send(new RunTaskCommand({ cluster: 'main', taskDefinition }));
      s.sandbox.clock.advance(4 * MINUTE);
      await drainAll();
      return tasks?.[0]?.taskArn;
    };
    const task = await run();
    s.sandbox.clock.advance(24 * 60 * MINUTE);
    expect(await countInstances(s)).toBe(1);
    await s.ecs.send(new StopTaskCommand({ cluster: 'main', task }));
    s.sandbox.clock.advance(2 * MINUTE);
    expect(await countInstances(s)).toBe(0);
    await run();
    s.sandbox.clock.advance(7 * 24 * 60 * MINUTE - MINUTE);
    expect(await countInstances(s)).toBe(1);
    expect(await readTasks(s)).toMatchObject([{ lastStatus: 'RUNNING' }]);
    s.sandbox.clock.advance(2 * MINUTE);
    expect(await countInstances(s)).toBe(0);
    const [ended] = await readTasks(s, { desiredStatus: 'STOPPED' });
    expect(ended).toMatchObject({ lastStatus: 'STOPPED', stopCode: 'TerminationNotice' });
  });

  it('hears no reports of tasks that wait: no agent has them yet', async () => {
    await using s = await withSandbox();
    const taskDefinition = await withFleet(s, GROUP);
    const { tasks } = await s.ecs.send(new RunTaskCommand({ cluster: 'main', taskDefinition }));
    const report = { cluster: 'main', task: tasks?.[0]?.taskArn };
    await s.ecs.send(new SubmitTaskStateChangeCommand({ ...report, status: 'RUNNING' }));
    await s.ecs.send(new SubmitContainerStateChangeCommand({ ...report, containerName: 'app', status: 'STOPPED' }));
    expect(await readTasks(s)).toMatchObject([{ lastStatus: 'PROVISIONING', desiredStatus: 'RUNNING' }]);
    s.sandbox.clock.advance(4 * MINUTE);
    expect(await readTasks(s)).toMatchObject([{ lastStatus: 'RUNNING' }]);
  });

  it('gives a task up that no instance would ever hold', async () => {
    await using s = await withSandbox();
    await withFleet(s, GROUP);
    const taskDefinition = await registerTaskDefinition(s, { cpu: 100_000, memory: 512 });
    await s.ecs.send(new RunTaskCommand({ cluster: 'main', taskDefinition }));
    s.sandbox.clock.advance(31 * MINUTE);
    const [task] = await readTasks(s, { desiredStatus: 'STOPPED' });
    const stoppedReason = 'TaskFailedToStart: RESOURCE:CPU';
    expect(task).toMatchObject({ lastStatus: 'STOPPED', stopCode: 'TaskFailedToStart', stoppedReason });
    expect(await countInstances(s)).toBe(0);
  });

  it('launches for the others that wait beside such a task', async () => {
    await using s = await withSandbox();
    const small = await withFleet(s, GROUP);
    const large = await registerTaskDefinition(s, { family: 'large', cpu: 100_000, memory: 512 });
    for (const taskDefinition of [large, small]) {
      await s.ecs.send(new RunTaskCommand({ cluster: 'main', taskDefinition }));
    }
    s.sandbox.clock.advance(4 * MINUTE);
    expect(await readTasks(s, { family: 'web' })).toMatchObject([{ lastStatus: 'RUNNING' }]);
    expect(await readTasks(s, { family: 'large' })).toMatchObject([{ lastStatus: 'PROVISIONING' }]);
  });

  it('launches instances with GPUs for tasks that want some, as many as these fill', async () => {
    await using s = await withSandbox();
    await withFleet(s, GROUP);
    const container = { resourceRequirements: [{ type: 'GPU' as const, value: '3' }] };
    const taskDefinition = await registerTaskDefinition(s, { family: 'train', container });
    await s.ecs.send(new RunTaskCommand({ cluster: 'main', taskDefinition, count: 2 }));
    s.sandbox.clock.advance(4 * MINUTE);
    const tasks = await readTasks(s);
    expect(tasks.map(({ lastStatus, containers }) => [lastStatus, containers?.[0]?.gpuIds?.length])).toEqual([
      ['RUNNING', 3],
      ['RUNNING', 3],
    ]);
    expect(await countInstances(s)).toBe(2);
    const filter = 'attribute:ecs.instance-type =~ g4dn.*';
    const found = await s.ecs.send(new ListContainerInstancesCommand({ cluster: 'main', filter }));
    expect(found.containerInstanceArns).toHaveLength(2);
  });

  it('shows as an attachment of the cluster, which is busy while that is made', async () => {
    await using s = await withSandbox();
    await withFleet(s, GROUP);
    const put = new PutClusterCapacityProvidersCommand({
      cluster: 'main',
      capacityProviders: [],
      defaultCapacityProviderStrategy: [],
    });
    await expect(s.ecs.send(put)).rejects.toMatchObject({ name: 'UpdateInProgressException' });
    s.sandbox.clock.advance(10_000);
    const read = async () => {
      const input = { clusters: ['main'], include: ['ATTACHMENTS' as const] };
      return (await s.ecs.send(new DescribeClustersCommand(input))).clusters?.[0];
    };
    expect(await read()).toMatchObject({
      attachmentsStatus: 'UPDATE_COMPLETE',
      attachments: [{ type: 'as_policy', status: 'CREATED' }],
    });
    await s.ecs.send(put);
    s.sandbox.clock.advance(10_000);
    expect(await read()).toMatchObject({ attachmentsStatus: 'UPDATE_COMPLETE', attachments: [] });
  });
});
