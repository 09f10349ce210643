import {
  type ContainerInstance,
  DescribeContainerInstancesCommand,
  RegisterContainerInstanceCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  StopTaskCommand,
  type Task,
  type TaskOverride,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { readTasks } from '../support/read.ts';
import { MINUTE } from '../support/rollout.ts';
import { withCluster } from '../support/sandbox-world.ts';
import { SchedulingWorld } from '../support/scheduling-world.ts';
import { type SandboxUnderTest, withSandbox } from '../support/start-sandbox.ts';

const gpu = (count: number) => [{ type: 'GPU' as const, value: String(count) }];

/** An instance with four GPUs, and a task definition whose two containers want one and two of them. */
async function withGpus(s: SandboxUnderTest): Promise<string> {
  await withCluster(s);
  await s.ecs.send(
    new RegisterTaskDefinitionCommand({
      family: 'train',
      containerDefinitions: [
        { name: 'log', image: 'log', cpu: 1, memory: 4 },
        { name: 'one', image: 'cuda', cpu: 1, memory: 4, resourceRequirements: gpu(1) },
        { name: 'two', image: 'cuda', cpu: 1, memory: 4, resourceRequirements: gpu(2) },
      ],
    }),
  );
  const { containerInstance } = await s.ecs.send(
    new RegisterContainerInstanceCommand({
      cluster: 'main',
      platformDevices: ['GPU-a', 'GPU-b', 'GPU-c', 'GPU-d'].map((id) => ({ id, type: 'GPU' as const })),
    }),
  );
  return containerInstance?.containerInstanceArn ?? '';
}

const run = (s: SandboxUnderTest, overrides?: TaskOverride) =>
  s.ecs.send(new RunTaskCommand({ cluster: 'main', taskDefinition: 'train', overrides }));

async function freeGpus(s: SandboxUnderTest, arn: string): Promise<string[] | undefined> {
  const input = { cluster: 'main', containerInstances: [arn] };
  const { containerInstances = [] } = await s.ecs.send(new DescribeContainerInstancesCommand(input));
  const remaining = containerInstances[0]?.remainingResources ?? [];
  return remaining.find(({ name }) => name === 'GPU')?.stringSetValue;
}

describe('the GPUs of an instance', () => {
  it('are given to containers one by one, and are free again when their task has stopped', async () => {
    await using s = await withSandbox();
    const instance = await withGpus(s);
    const { tasks = [] } = await run(s);
    expect(tasks[0]?.containers?.map(({ gpuIds }) => gpuIds)).toEqual([undefined, ['GPU-a'], ['GPU-b', 'GPU-c']]);
    expect(await freeGpus(s, instance)).toEqual(['GPU-d']);
    expect((await run(s)).failures).toMatchObject([{ arn: instance, reason: 'RESOURCE:GPU' }]);
    await s.ecs.send(new StopTaskCommand({ cluster: 'main', task: tasks[0]?.taskArn }));
    s.sandbox.clock.advance(5 * MINUTE);
    expect(await freeGpus(s, instance)).toEqual(['GPU-a', 'GPU-b', 'GPU-c', 'GPU-d']);
  });

  it('are given as an override says, and no two tasks have the same', async () => {
    await using s = await withSandbox();
    const instance = await withGpus(s);
    const less = { containerOverrides: [{ name: 'two', resourceRequirements: gpu(1) }] };
    const first = await run(s, less);
    await run(s, less);
    expect(await freeGpus(s, instance)).toEqual([]);
    await s.ecs.send(new StopTaskCommand({ cluster: 'main', task: first.tasks?.[0]?.taskArn }));
    s.sandbox.clock.advance(5 * MINUTE);
    await run(s, less);
    const given = (await readTasks(s)).flatMap(({ containers = [] }) =>
      containers.flatMap(({ gpuIds = [] }) => gpuIds),
    );
    expect(given.sort()).toEqual(['GPU-a', 'GPU-b', 'GPU-c', 'GPU-d']);
  });
});

// API NvidiaMpsAllocation, ResourceRequirement.sharingStrategy, GpuDevice.
describe('a GPU that is shared', () => {
  const share = (memory: number) => [{ type: 'GPU', sharingStrategy: { nvidiaMps: { memory } } }];

  function createWorld() {
    const world = new SchedulingWorld();
    const { containerInstance } = world.call<{ containerInstance: { containerInstanceArn: string } }>(
      'RegisterContainerInstance',
      { platformDevices: ['GPU-a', 'GPU-b'].map((id) => ({ id, type: 'GPU' })) },
    );
    const define = (family: string, ...requirements: object[][]) =>
      world.call('RegisterTaskDefinition', {
        family,
        containerDefinitions: requirements.map((resourceRequirements, at) => ({
          name: `c${at}`,
          image: 'i',
          memory: 16,
          resourceRequirements,
        })),
      });
    define('two', share(2048), share(1024), []);
    define('large', share(10_000));
    define('whole', [{ type: 'GPU', value: '1' }]);
    const devices = () =>
      world.call<{ containerInstances: ContainerInstance[] }>('DescribeContainerInstances', {
        containerInstances: [containerInstance.containerInstanceArn],
      }).containerInstances[0];
    const start = (taskDefinition: string) =>
      world.call<{ tasks: Task[]; failures: { reason?: string }[] }>('RunTask', { taskDefinition });
    return { world, devices, start };
  }

  const device = (gpuId: string, sharingMode: string, remainingMemoryInMiB: number, containerCount: number) => ({
    gpuId,
    sharingMode,
    totalMemoryInMiB: 15_360,
    remainingMemoryInMiB,
    containerCount,
  });

  it('is the same for all containers of a task that ask for a share, and says what is left', () => {
    const { devices, start } = createWorld();
    const idle = [device('GPU-a', 'IDLE', 15_360, 0), device('GPU-b', 'IDLE', 15_360, 0)];
    expect(devices()?.gpuDevices).toEqual(idle);
    const { tasks } = start('two');
    expect(tasks[0]?.containers?.map(({ gpuIds }) => gpuIds)).toEqual([['GPU-a'], ['GPU-a'], undefined]);
    expect(devices()?.gpuDevices).toEqual([device('GPU-a', 'NVIDIA_MPS', 12_288, 2), idle[1]]);
    expect(devices()?.remainingResources).toContainEqual(
      expect.objectContaining({ name: 'GPU', stringSetValue: ['GPU-b'] }),
    );
  });

  it('takes tasks as long as its memory lasts, and none beside a container that has it to itself', () => {
    const { devices, start, world } = createWorld();
    const [first] = start('large').tasks;
    expect(start('large').failures).toEqual([]);
    expect(devices()?.gpuDevices?.map(({ remainingMemoryInMiB }) => remainingMemoryInMiB)).toEqual([5360, 5360]);
    expect(start('large').failures).toMatchObject([{ reason: 'RESOURCE:GPU' }]);
    expect(start('two').tasks).toHaveLength(1);
    expect(start('whole').failures).toMatchObject([{ reason: 'RESOURCE:GPU' }]);
    for (const { taskArn } of world.tasks()) world.call('StopTask', { task: taskArn });
    world.seconds(300);
    expect(first?.containers?.[0]?.gpuIds).toEqual(['GPU-a']);
    expect(devices()?.gpuDevices?.map(({ sharingMode }) => sharingMode)).toEqual(['IDLE', 'IDLE']);
    expect(start('whole').tasks[0]?.containers?.[0]?.gpuIds).toEqual(['GPU-a']);
    expect(start('two').tasks[0]?.containers?.[0]?.gpuIds).toEqual(['GPU-b']);
    expect(devices()?.gpuDevices).toEqual([
      device('GPU-a', 'DEDICATED', 0, 1),
      device('GPU-b', 'NVIDIA_MPS', 12_288, 2),
    ]);
  });
});
