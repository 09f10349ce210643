import { createWorld } from '../backend/create-world.ts';
import { waitForCapacity } from '../fleet/waiting-tasks.ts';
import type { ClusterRecord } from '../model/cluster-record.ts';
import type { CapacityProviderRecord } from '../model/instances/capacity-provider-record.ts';
import type { World } from '../model/world.ts';
import { addCluster } from '../store/add-cluster.ts';
import { newRecord } from '../store/new-record.ts';
import { resumeTask } from '../tasks/resume-task.ts';
import { Clock } from '../time/clock.ts';
import { wakeService } from '../wakeups/wake-services.ts';
import type { ClusterState } from './cluster-state.ts';
import { importDefinition } from './import-definition.ts';
import { importInstance, settleRoom } from './import-instance.ts';
import { importService, settleService } from './import-service.ts';
import { importTask } from './import-task.ts';

/** A world of its own with one cluster, made from what ECS says about a real one. */
export interface ImportedCluster {
  readonly world: World;
  readonly cluster: ClusterRecord;
}

/** How many records are made between two turns. */
const RECORDS_PER_TURN = 50;

/**
 * Makes a world from the answers of ECS's Describe calls, at the time of the answers and with the clock standing still.
 * Everything in it goes on as the sandbox's scheduler sees it. What ECS does not show is assumed to be at rest: no
 * back-off, no alarm, targets healthy once they had the time. Yields now and then, so that the caller can let others
 * work.
 */
export function* importCluster(state: ClusterState, randomSeed: number): Generator<void, ImportedCluster> {
  const { region, account, now } = state;
  const clock = new Clock(now, 0);
  const world = createWorld({ region, account, clock, randomSeed, timings: state.timings ?? {} });
  world.anyCapacity = runsAnywhere(state);
  learnZones(world, state);
  const cluster = importRecord(world, state);
  for (const provider of state.capacityProviders) addProvider(world, cluster, provider);
  let made = 0;
  const each = function* <Item>(items: readonly Item[], make: (item: Item) => void): Generator<void> {
    for (const item of items) {
      make(item);
      made += 1;
      if (made % RECORDS_PER_TURN === 0) yield;
    }
  };
  yield* each(state.taskDefinitions, (definition) => importDefinition(world, definition, state));
  const instances = inOrder(state.containerInstances, ({ registeredAt }) => registeredAt);
  yield* each(instances, (instance) => importInstance(world, cluster, instance));
  yield* each(
    inOrder(state.services, ({ createdAt }) => createdAt),
    (service) => importService(world, cluster, service),
  );
  yield* each(
    inOrder(state.tasks, ({ createdAt }) => createdAt),
    (task) => importTask(world, cluster, task, state.protectedUntil),
  );
  yield* each(state.containerInstances, (instance) => settleRoom(cluster, instance));
  yield* each([...cluster.services.values()], (service) => settleService(world, service));
  yield* each([...cluster.tasks.values()], (task) => {
    const isWaiting =
      task.lastStatus === 'PROVISIONING' && task.instance === undefined && task.launchType !== 'FARGATE';
    if (isWaiting && task.desiredStatus === 'RUNNING') waitForCapacity(world, task);
    else resumeTask(world, task);
  });
  yield* each([...cluster.services.values()], (service) => {
    if (service.status !== 'INACTIVE') wakeService(world, service);
  });
  return { world, cluster };
}

/** Whether tasks for EC2 run on no instance, as only a sandbox lets them. */
function runsAnywhere({ tasks }: ClusterState): boolean {
  return tasks.some(
    ({ launchType, lastStatus, containerInstanceArn }) =>
      launchType === 'EC2' && lastStatus === 'RUNNING' && containerInstanceArn === undefined,
  );
}

/** ECS shows the zone of a subnet with a task in it. All others are in a zone without a name, which is never lost. */
function learnZones({ subnetZones }: World, { services, tasks }: ClusterState): void {
  for (const { networkConfiguration, deployments = [] } of services) {
    for (const network of [networkConfiguration, ...deployments.map((one) => one.networkConfiguration)]) {
      for (const subnet of network?.awsvpcConfiguration?.subnets ?? []) subnetZones.set(subnet, '');
    }
  }
  for (const { availabilityZone = '', attachments = [] } of tasks) {
    for (const { details = [] } of attachments) {
      const subnet = details.find(({ name }) => name === 'subnetId')?.value;
      if (subnet !== undefined) subnetZones.set(subnet, availabilityZone);
    }
  }
}

/** Oldest first, as the records of a world are. */
function inOrder<Item>(items: readonly Item[], dateOf: (item: Item) => Date | undefined): Item[] {
  return [...items].sort((a, b) => (dateOf(a)?.getTime() ?? 0) - (dateOf(b)?.getTime() ?? 0));
}

function importRecord(world: World, { cluster: shown }: ClusterState): ClusterRecord {
  const { clusterArn: arn = '', clusterName: name = 'default', capacityProviders = [] } = shown;
  const { defaultCapacityProviderStrategy = [] } = shown;
  return addCluster(world, { arn, name, capacityProviders, defaultCapacityProviderStrategy });
}

function addProvider(world: World, cluster: ClusterRecord, shown: ClusterState['capacityProviders'][number]): void {
  const { name = '', capacityProviderArn = '', type, autoScalingGroupProvider, managedInstancesProvider } = shown;
  if (name === 'FARGATE' || name === 'FARGATE_SPOT') return;
  const isManaged = managedInstancesProvider !== undefined;
  const provider: CapacityProviderRecord = {
    kind: 'capacityProvider',
    ...newRecord(world),
    arn: capacityProviderArn,
    name,
    type: type ?? (isManaged ? 'MANAGED_INSTANCES' : 'EC2_AUTOSCALING'),
    cluster: shown.cluster === undefined ? undefined : cluster.name,
    status: shown.status ?? 'ACTIVE',
    autoScalingGroupProvider,
    managedInstancesProvider,
    updateStatus: undefined,
    updateStatusReason: undefined,
    tags: [],
  };
  world.capacityProviders.set(name, provider);
}
