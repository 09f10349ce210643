import {
  CreateServiceCommand,
  DeleteServiceCommand,
  DescribeContainerInstancesCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  type ECSClient,
  ListContainerInstancesCommand,
  ListServicesCommand,
  ListTasksCommand,
  StopTaskCommand,
  UpdateContainerInstancesStateCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import type { ScopeInventory } from '../../../src/inventory/scope/scope-inventory.ts';
import { Random } from '../../fuzz/random.ts';
import { createDistortion } from '../support/distort.ts';
import { type InventoryWorld, startInventoryWorld } from '../support/inventory-world.ts';
import { createEcs } from '../support/past-gateway.ts';

const STEPS = 40;

describe('an inventory after a random history', () => {
  it.each([1, 2, 3, 4])(
    'never shows an older version after a newer one, and equals ECS after one sweep (seed %i)',
    async (seed) => {
      await using setup = await startInventoryWorld({ randomSeed: seed }, { INVENTORY_SWEEP_EVERY: '60s' });
      const ecs = createEcs(setup.world);
      const random = new Random(seed);
      const distort = createDistortion(random);
      const versions = new Map<string, number>();
      const scope = setup.inventory.scopes[0];
      if (scope === undefined) throw new Error('no inventory');
      setup.source.distort = distort;
      for (let step = 0; step < STEPS; step += 1) {
        await change(ecs, random);
        await setup.pass(1_000 * (1 + random.below(8)));
        expectNoStepBack(scope, versions);
      }
      // The last events of all are lost, and nothing follows them.
      setup.source.distort = () => [];
      await setup.pass(5_000);
      await freeze(setup);
      expectNoStepBack(scope, versions);
      expect(setup.inventory.facts()).toMatchObject({ trusted: setup.inventory.facts().clusters });
      expect(setup.inventory.facts().repairs.sweep).toBeGreaterThan(0);
      for (const cluster of scope.clusters.values()) await expectTruth(ecs, scope, cluster.name);
      ecs.destroy();
    },
    60_000,
  );
});

/** Time passes in the gateway alone, for a whole sweep. */
async function freeze({ timers, source, inventory }: InventoryWorld): Promise<void> {
  for (let second = 0; second < 70; second += 1) {
    await source.deliver();
    await timers.pass(1_000, async () => {
      await new Promise<void>((resolve) => void setImmediate(resolve));
      await inventory.settled();
    });
  }
}

/** Changes something past the gateway. */
async function change(ecs: ECSClient, random: Random): Promise<void> {
  const cluster = 'platform';
  const pick = <T>(items: readonly T[]) => (items.length === 0 ? undefined : random.pick(items));
  const fate = random.next();
  if (fate < 0.1) {
    const service = `passing-${random.below(3)}`;
    const described = await ecs.send(new DescribeServicesCommand({ cluster, services: [service] }));
    const status = described.services?.[0]?.status ?? 'INACTIVE';
    if (status === 'ACTIVE') await ecs.send(new DeleteServiceCommand({ cluster, service, force: true }));
    // ECS creates no service while one of its name is draining.
    if (status === 'INACTIVE')
      await ecs.send(new CreateServiceCommand({ ...(await copyOf(ecs, cluster)), serviceName: service }));
  } else if (fate < 0.5) {
    const { taskArns = [] } = await ecs.send(new ListTasksCommand({ cluster }));
    const task = pick(taskArns);
    if (task !== undefined) await ecs.send(new StopTaskCommand({ cluster, task }));
  } else if (fate < 0.8) {
    const service = pick(['orders-api', 'notifications', 'inventory']);
    await ecs.send(new UpdateServiceCommand({ cluster, service, desiredCount: random.below(6) }));
  } else {
    const { containerInstanceArns = [] } = await ecs.send(new ListContainerInstancesCommand({ cluster }));
    const instance = pick(containerInstanceArns);
    const status = random.chance(0.5) ? 'DRAINING' : 'ACTIVE';
    if (instance !== undefined)
      await ecs.send(new UpdateContainerInstancesStateCommand({ cluster, containerInstances: [instance], status }));
  }
}

/** The members of a service of the fleet that a second service of the same kind needs. */
async function copyOf(ecs: ECSClient, cluster: string) {
  const command = new DescribeServicesCommand({ cluster, services: ['notifications'] });
  const [service] = (await ecs.send(command)).services ?? [];
  const { taskDefinition, launchType, capacityProviderStrategy, networkConfiguration } = service ?? {};
  return { cluster, taskDefinition, launchType, capacityProviderStrategy, networkConfiguration, desiredCount: 1 };
}

function expectNoStepBack(scope: ScopeInventory, versions: Map<string, number>): void {
  for (const { store, name } of scope.clusters.values()) {
    for (const arn of [...store.tasks.keys(), ...store.instances.keys()]) {
      const kind = arn.includes(':task/') ? 'Task' : 'ContainerInstance';
      const found = scope.describe({ kind, id: arn, cluster: name, include: [], unannounced: [] }, false);
      const { version = 0 } = (found?.answer ?? {}) as { version?: number };
      if (found !== undefined) expect(version).toBeGreaterThanOrEqual(versions.get(arn) ?? 0);
      versions.set(arn, Math.max(version, versions.get(arn) ?? 0));
    }
  }
}

async function listAll(ecs: ECSClient, cluster: string, desiredStatus: 'RUNNING' | 'STOPPED'): Promise<string[]> {
  const arns: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await ecs.send(new ListTasksCommand({ cluster, desiredStatus, nextToken }));
    arns.push(...(page.taskArns ?? []));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return arns;
}

/** The held resources equal ECS's descriptions, without the members that events never show. */
async function expectTruth(ecs: ECSClient, scope: ScopeInventory, cluster: string): Promise<void> {
  const taskArns = (
    await Promise.all((['RUNNING', 'STOPPED'] as const).map((status) => listAll(ecs, cluster, status)))
  ).flat();
  const { containerInstanceArns = [] } = await ecs.send(new ListContainerInstancesCommand({ cluster }));
  const store = scope.cluster(cluster)?.store;
  const { serviceArns } = await ecs.send(new ListServicesCommand({ cluster, maxResults: 100 }));
  expect(scope.list('ListServices', { cluster })?.answer.serviceArns).toEqual(serviceArns?.sort());
  expect([...(store?.tasks.keys() ?? [])].sort()).toEqual(taskArns.sort());
  expect(
    [...(store?.instances.values() ?? [])]
      .filter(({ isGone }) => !isGone)
      .map(({ arn }) => arn)
      .sort(),
  ).toEqual(containerInstanceArns.sort());
  for (let start = 0; start < taskArns.length; start += 100) {
    const command = new DescribeTasksCommand({ cluster, tasks: taskArns.slice(start, start + 100) });
    for (const { tags: _tags, ...task } of (await ecs.send(command)).tasks ?? [])
      expect(defined(store?.tasks.get(task.taskArn ?? '')?.toTask(store.arn, []))).toEqual(defined(task));
  }
  if (containerInstanceArns.length === 0) return;
  const command = new DescribeContainerInstancesCommand({ cluster, containerInstances: containerInstanceArns });
  for (const { tags: _tags, ...instance } of (await ecs.send(command)).containerInstances ?? []) {
    const held = store?.instances.get(instance.containerInstanceArn ?? '');
    const shown = held?.toInstance(store?.arn ?? '', store?.countOn(held.arn) ?? { running: 0, pending: 0 });
    expect(defined(shown)).toEqual(defined({ ...instance, clusterArn: store?.arn }));
  }
}

/** Without members that are undefined. */
function defined(value: object | undefined): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
