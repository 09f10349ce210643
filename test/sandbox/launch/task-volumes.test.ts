import {
  CreateServiceCommand,
  DescribeTasksCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  StopTaskCommand,
  type Task,
  type TaskManagedEBSVolumeConfiguration,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { readService, readTasks } from '../support/read.ts';
import { NETWORK, registerInstance, withCluster } from '../support/sandbox-world.ts';
import { type SandboxUnderTest, withSandbox } from '../support/start-sandbox.ts';

const MINUTE = 60_000;
const ROLE = 'arn:aws:iam::123456789012:role/ecsInfrastructureRole';
const VOLUME: TaskManagedEBSVolumeConfiguration = { roleArn: ROLE, sizeInGiB: 10, volumeType: 'gp3' };

async function registerStateful(s: SandboxUnderTest, image = 'db:1', fargate = true): Promise<string> {
  const { taskDefinition } = await s.ecs.send(
    new RegisterTaskDefinitionCommand({
      family: 'db',
      ...(fargate ? { networkMode: 'awsvpc', requiresCompatibilities: ['FARGATE'], cpu: '256', memory: '512' } : {}),
      containerDefinitions: [
        { name: 'db', image, memory: 256, mountPoints: [{ sourceVolume: 'data', containerPath: '/data' }] },
      ],
      volumes: [{ name: 'data', configuredAtLaunch: true }],
    }),
  );
  return taskDefinition?.taskDefinitionArn ?? '';
}

async function run(s: SandboxUnderTest, volume: TaskManagedEBSVolumeConfiguration, name = 'data'): Promise<Task> {
  const { tasks = [] } = await s.ecs.send(
    new RunTaskCommand({
      cluster: 'main',
      taskDefinition: await registerStateful(s),
      launchType: 'FARGATE',
      networkConfiguration: NETWORK,
      volumeConfigurations: [{ name, managedEBSVolume: volume }],
    }),
  );
  return tasks[0] ?? {};
}

async function readTask(s: SandboxUnderTest, task: Task): Promise<Task> {
  const { tasks = [] } = await s.ecs.send(new DescribeTasksCommand({ cluster: 'main', tasks: [task.taskArn ?? ''] }));
  return tasks[0] ?? {};
}

/** Status and details of the attachment of a type. */
function attached(task: Task, type: string): Record<string, string | undefined> {
  const found = task.attachments?.find((attachment) => attachment.type === type);
  const details = (found?.details ?? []).map(({ name = '', value }) => [name, value]);
  return { status: found?.status, ...Object.fromEntries(details) };
}

const EBS = 'AmazonElasticBlockStorage';

describe('an EBS volume that is configured at launch', () => {
  it('is created, attached and deleted with its task, and known by its id once it is there', async () => {
    await using s = await withSandbox();
    await withCluster(s);
    const task = await run(s, VOLUME);
    expect(task.lastStatus).toBe('PROVISIONING');
    const known = { roleArn: ROLE, volumeName: 'data', deleteOnTermination: 'true' };
    expect(attached(task, EBS)).toEqual({ status: 'CREATED', ...known });
    expect(attached(task, 'ElasticNetworkInterface')).toEqual({ status: 'PRECREATED', subnetId: expect.any(String) });
    s.sandbox.clock.advance(MINUTE);
    const volumeId = expect.stringMatching(/^vol-[0-9a-f]{17}$/);
    expect(attached(await readTask(s, task), EBS)).toEqual({ status: 'ATTACHED', ...known, volumeId });
    await s.ecs.send(new StopTaskCommand({ cluster: 'main', task: task.taskArn }));
    s.sandbox.clock.advance(5000);
    expect(attached(await readTask(s, task), EBS).status).toBe('DETACHING');
    s.sandbox.clock.advance(MINUTE);
    const stopped = await readTask(s, task);
    expect(stopped.lastStatus).toBe('STOPPED');
    expect(attached(stopped, EBS).status).toBe('DELETED');
    expect(attached(stopped, 'ElasticNetworkInterface').status).toBe('DELETED');
  });

  it('outlives its task where that is asked for', async () => {
    await using s = await withSandbox();
    await withCluster(s);
    const task = await run(s, { ...VOLUME, terminationPolicy: { deleteOnTermination: false } });
    s.sandbox.clock.advance(MINUTE);
    await s.ecs.send(new StopTaskCommand({ cluster: 'main', task: task.taskArn }));
    s.sandbox.clock.advance(MINUTE);
    expect(attached(await readTask(s, task), EBS).status).toBe('DETACHED');
  });

  it('that cannot be attached keeps the task from starting, and says why', async () => {
    await using s = await withSandbox();
    await withCluster(s);
    const tags = [{ key: 'sandbox.attach-error', value: 'The snapshot is gone.' }];
    const task = await run(s, { ...VOLUME, tagSpecifications: [{ resourceType: 'volume', tags }] });
    expect(attached(task, EBS)).not.toHaveProperty('statusReason');
    s.sandbox.clock.advance(MINUTE);
    const stopped = await readTask(s, task);
    expect(stopped).toMatchObject({ lastStatus: 'STOPPED', stopCode: 'TaskFailedToStart' });
    expect(stopped.stoppedReason).toBe('The snapshot is gone.');
    expect(attached(stopped, EBS)).toMatchObject({ status: 'FAILED', statusReason: 'The snapshot is gone.' });
    expect(attached(stopped, 'ElasticNetworkInterface').status).toBe('DELETED');
  });

  it('is one for each task of a service; another configuration is another deployment', async () => {
    await using s = await withSandbox();
    await withCluster(s);
    await registerInstance(s, 'a');
    const service = { cluster: 'main', service: 'db' };
    const volumeConfigurations = [{ name: 'data', managedEBSVolume: VOLUME }];
    const taskDefinition = await registerStateful(s, 'db:1', false);
    await s.ecs.send(
      new CreateServiceCommand({
        cluster: 'main',
        serviceName: 'db',
        taskDefinition,
        desiredCount: 2,
        volumeConfigurations,
      }),
    );
    s.sandbox.clock.advance(2 * MINUTE);
    const ids = async (): Promise<unknown[]> =>
      (await readTasks(s, { serviceName: 'db' })).map((task) => attached(task, EBS).volumeId);
    const first = await ids();
    expect(new Set(first).size).toBe(2);
    const larger = [{ name: 'data', managedEBSVolume: { ...VOLUME, sizeInGiB: 20 } }];
    await s.ecs.send(new UpdateServiceCommand({ ...service, volumeConfigurations: larger }));
    s.sandbox.clock.advance(5 * MINUTE);
    const { deployments } = await readService(s, 'db');
    expect(deployments).toMatchObject([{ rolloutState: 'COMPLETED', volumeConfigurations: larger }]);
    expect((await ids()).some((id) => first.includes(id))).toBe(false);
  });

  it.each([
    ['of which the task definition knows nothing', VOLUME, 'other'],
    ['without a size or a snapshot', { roleArn: ROLE }, 'data'],
    ['that is too small for its type', { ...VOLUME, volumeType: 'st1' }, 'data'],
    ['without the IOPS that its type needs', { ...VOLUME, volumeType: 'io2' }, 'data'],
    ['of a type that Fargate lacks', { ...VOLUME, volumeType: 'standard' }, 'data'],
    ['with a throughput that its type lacks', { ...VOLUME, volumeType: 'gp2', throughput: 200 }, 'data'],
  ])('%s is refused', async (_what, volume, name) => {
    await using s = await withSandbox();
    await withCluster(s);
    await expect(run(s, volume, name)).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });

  it('has to be configured', async () => {
    await using s = await withSandbox();
    await withCluster(s);
    const input = { cluster: 'main', launchType: 'FARGATE' as const, networkConfiguration: NETWORK };
    const taskDefinition = await registerStateful(s);
    await expect(s.ecs.send(new RunTaskCommand({ ...input, taskDefinition }))).rejects.toThrow(/volume data/);
  });
});
