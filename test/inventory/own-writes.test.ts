import { CreateClusterCommand } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { type InventoryWorld, startInventoryWorld } from './support/inventory-world.ts';
import { createEcs, registerTask, runTasks } from './support/past-gateway.ts';

interface Tasks {
  readonly tasks: { readonly nodes: readonly { readonly taskArn: string; readonly desiredStatus: string }[] };
}

const TASKS = '{ tasks(clusters: "prod") { nodes { taskArn desiredStatus } } }';

/** A warm inventory of a cluster with two tasks, of whose events none arrives from now on, and reads of ECS that lag. */
async function start(): Promise<InventoryWorld & { readonly tasks: readonly string[] }> {
  const setup = await startInventoryWorld({ seed: 'empty' }, { INVENTORY_SWEEP_EVERY: '12h' });
  const ecs = createEcs(setup.world);
  await ecs.send(new CreateClusterCommand({ clusterName: 'prod' }));
  await registerTask(ecs);
  const tasks = await runTasks(ecs, 2);
  ecs.destroy();
  await setup.pass(120_000);
  setup.source.distort = () => [];
  setup.world.sandbox.faults.set({ staleReadsMs: 10_000 });
  return { ...setup, tasks };
}

describe('writes through a gateway with an inventory, before their events', () => {
  it('show in lists and descriptions at once, and cost no calls to read', async () => {
    await using setup = await start();
    const [first = '', second = ''] = setup.tasks;
    await setup.world.data(`mutation { stopTask(input: { cluster: "prod", task: "${first}" }) { task { taskArn } } }`);
    const stopped = await setup.world.count<Tasks>(TASKS);
    expect(stopped.data?.tasks.nodes).toEqual([{ taskArn: second, desiredStatus: 'RUNNING' }]);
    expect(stopped.calls).toEqual({});
    const one = `{ task(cluster: "prod", task: "${first}") { desiredStatus } }`;
    expect(await setup.world.data(one)).toEqual({ task: { desiredStatus: 'STOPPED' } });

    await setup.world.data(`mutation { runTask(input: { cluster: "prod", taskDefinition: "web", launchType: FARGATE,
      networkConfiguration: { awsvpcConfiguration: { subnets: ["subnet-1"] } } }) { tasks { taskArn } } }`);
    const run = await setup.world.count<Tasks>(TASKS);
    expect(run.data?.tasks.nodes).toHaveLength(2);
    expect(run.calls).toEqual({});
  });

  it('are not undone by an answer of ECS that lags behind them', async () => {
    await using setup = await start();
    const [first = ''] = setup.tasks;
    await setup.world.data(`mutation { stopTask(input: { cluster: "prod", task: "${first}" }) { task { taskArn } } }`);
    // Its health is not held, so ECS is asked, which still shows the task as it was.
    const query = `{ task(cluster: "prod", task: "${first}") { desiredStatus healthStatus } }`;
    const read = await setup.world.count<{ task: object }>(query);
    expect(read.calls).toEqual({ DescribeTasks: 1 });
    expect(read.data?.task).toMatchObject({ desiredStatus: 'STOPPED' });
    expect(await setup.world.data(`{ task(cluster: "prod", task: "${first}") { desiredStatus } }`)).toEqual({
      task: { desiredStatus: 'STOPPED' },
    });
  });
});
