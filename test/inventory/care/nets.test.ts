import { CreateClusterCommand, type ECSClient, RunTaskCommand, StopTaskCommand } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { type InventoryWorld, startInventoryWorld } from '../support/inventory-world.ts';
import { createEcs, registerTask, runTasks } from '../support/past-gateway.ts';

const MINUTE = 60_000;
/** No sweep happens in these tests, but where one is meant. */
const RARELY = { INVENTORY_SWEEP_EVERY: '12h' };

/** A warm inventory of cluster `prod` with some tasks that run. */
async function start(
  count: number,
): Promise<InventoryWorld & { readonly ecs: ECSClient; readonly tasks: readonly string[] }> {
  const setup = await startInventoryWorld({ seed: 'empty' }, RARELY);
  const ecs = createEcs(setup.world);
  await ecs.send(new CreateClusterCommand({ clusterName: 'prod' }));
  await registerTask(ecs);
  const tasks = await runTasks(ecs, count);
  await setup.pass(2 * MINUTE);
  const held = setup.inventory.scopes[0]?.cluster('prod')?.store.count();
  if (held?.running !== count) throw new Error(`not warm: ${JSON.stringify(held)}`);
  return {
    ...setup,
    ecs,
    tasks,
    async [Symbol.asyncDispose]() {
      ecs.destroy();
      await setup[Symbol.asyncDispose]();
    },
  };
}

function heldTask({ inventory }: InventoryWorld, arn: string | undefined) {
  return inventory.scopes[0]?.cluster('prod')?.store.tasks.get(arn ?? '');
}

describe('an event that is lost and that nothing follows', () => {
  it('is found by the counts of the cluster', async () => {
    await using setup = await start(3);
    const [task] = setup.tasks;
    await setup.ecs.send(new StopTaskCommand({ cluster: 'prod', task }));
    setup.source.distort = () => [];
    setup.world.sandbox.resetCalls();
    await setup.pass(2 * MINUTE);
    expect(heldTask(setup, task)?.lastStatus).toBe('STOPPED');
    expect(setup.inventory.facts().repairs).toEqual({ counters: 1, transit: 0, sweep: 0 });
    // A reading of the counts and another one that shows the same; the lists, and the task.
    expect(setup.world.sandbox.calls()).toEqual({
      DescribeClusters: 2,
      ListServices: 1,
      ListTasks: 2,
      ListContainerInstances: 1,
      DescribeTasks: 1,
    });
  });

  it('is found because its task stays in a state that cannot last', async () => {
    await using setup = await start(1);
    const [task] = await runTasks(setup.ecs, 1);
    await setup.source.deliver();
    expect(heldTask(setup, task)?.lastStatus).toBe('PROVISIONING');
    setup.source.distort = () => [];
    // The counts differ as well: the net that is quicker finds it.
    await setup.pass(4 * MINUTE);
    expect(heldTask(setup, task)?.lastStatus).toBe('RUNNING');
    const { counters, transit } = setup.inventory.facts().repairs;
    expect(counters + transit).toBe(1);
  });

  it('is found by the sweep if the counts are equal', async () => {
    await using setup = await startInventoryWorld({ seed: 'demo' }, { INVENTORY_SWEEP_EVERY: '10m' });
    setup.source.distort = () => [];
    const ecs = createEcs(setup.world);
    const store = setup.inventory.scopes[0]?.cluster('platform')?.store;
    const task = [...(store?.tasks.values() ?? [])].find(
      ({ group, isStopped }) => group === 'service:orders-api' && !isStopped,
    );
    await ecs.send(new StopTaskCommand({ cluster: 'platform', task: task?.arn }));
    await setup.pass(12 * MINUTE);
    expect(store?.tasks.get(task?.arn ?? '')?.isStopped).toBe(true);
    expect(setup.inventory.facts().repairs.sweep + setup.inventory.facts().repairs.counters).toBeGreaterThan(0);
    ecs.destroy();
  });
});

describe('an inventory without events', () => {
  const TASKS = '{ tasks(clusters: "prod") { nodes { lastStatus } } }';

  it('answers nothing while its source is silent, and lists everything again afterwards', async () => {
    await using setup = await start(2);
    const { world, source } = setup;
    expect((await world.count(TASKS)).calls).toEqual({});
    source.isAway = true;
    await setup.pass(4 * MINUTE);
    expect(setup.inventory.facts().trusted).toBe(0);
    const silent = await world.count(TASKS);
    expect(silent.calls).toEqual({ ListTasks: 1, DescribeTasks: 1 });
    expect(silent.extensions?.ecs).not.toHaveProperty('fromInventory');
    source.isAway = false;
    world.sandbox.resetCalls();
    await setup.pass(3_000);
    expect(world.sandbox.calls()).toMatchObject({ ListTasks: 2, DescribeTasks: 1 });
    expect((await world.count(TASKS)).calls).toEqual({});
  });

  it('distrusts a cluster that changes although none of its events arrive, until one does', async () => {
    await using setup = await start(2);
    const { world, source, inventory } = setup;
    source.distort = () => [];
    await setup.pass(11 * MINUTE);
    expect(inventory.facts().trusted).toBe(1);
    await setup.ecs.send(new StopTaskCommand({ cluster: 'prod', task: setup.tasks[0] }));
    await setup.pass(3 * MINUTE);
    expect(inventory.facts()).toMatchObject({ clusters: 1, trusted: 0 });
    expect((await world.count(TASKS)).calls).toEqual({ ListTasks: 1, DescribeTasks: 1 });
    source.distort = (events) => events;
    await setup.ecs.send(
      new RunTaskCommand({
        cluster: 'prod',
        taskDefinition: 'web',
        launchType: 'FARGATE',
        networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } },
      }),
    );
    await setup.pass(3_000);
    expect(inventory.facts().trusted).toBe(1);
    expect((await world.count(TASKS)).calls).toEqual({});
  });
});
