import {
  DescribeContainerInstancesCommand,
  RegisterContainerInstanceCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  StopTaskCommand,
  type TaskOverride,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { readTasks } from '../support/read.ts';
import { MINUTE } from '../support/rollout.ts';
import { withCluster } from '../support/sandbox-world.ts';
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
