import { createSubnets } from '../instances/availability-zones.ts';
import { launchTypeOf, nextProvider } from '../instances/capacity-strategy.ts';
import { configurationFault } from '../launch/configuration-faults.ts';
import { launchTask } from '../launch/launch-task.ts';
import { createOrigin, type Slot } from '../launch/task-origin.ts';
import type { InstanceRecord } from '../model/instances/instance-record.ts';
import type { DeploymentRecord } from '../model/services/deployment-record.ts';
import type { ServiceRecord } from '../model/services/service-record.ts';
import type { TaskSetRecord } from '../model/services/task-set-record.ts';
import type { TaskOrigin } from '../model/tasks/task-origin.ts';
import type { TaskRecord } from '../model/tasks/task-record.ts';
import type { World } from '../model/world.ts';
import { isGood } from '../services/task-census.ts';
import { effectiveSetting } from '../store/account-settings.ts';
import { isWanted } from '../store/task-statuses.ts';
import { taskTags } from '../store/task-tags.ts';

/** The owner of started tasks. */
export type Owner = DeploymentRecord | TaskSetRecord;

/** Tasks of one deployment or task set that are started together, with their shared parts. */
export interface Batch {
  /** Why none of them can be launched anywhere. */
  readonly fault: string | undefined;
  /** The launch type or provider of the next task. */
  nextSlot(): Slot;
  launch(slot: Slot, instance?: InstanceRecord): TaskRecord;
  /** There is no room yet: the capacity provider will grow. */
  wait(slot: Slot): TaskRecord;
}

/** Tasks of a service have the id and ARN format of the principal that created the service. */
function hasLongTaskArns(world: World, { createdBy }: ServiceRecord): boolean {
  if (world.accountSettings.size === 0) return true;
  return effectiveSetting(world, { principalArn: createdBy }, 'taskLongArnFormat') === 'enabled';
}

function commonTo(world: World, service: ServiceRecord, owner: Owner) {
  const { cluster, spec } = service;
  const { taskDefinition } = owner.spec;
  if (taskDefinition === undefined) throw new TypeError(`${owner.id} has no task definition`);
  const { propagateTags, enableECSManagedTags } = spec;
  return {
    cluster,
    taskDefinition,
    group: `service:${service.name}`,
    startedBy: owner.id,
    service,
    deployment: owner.kind === 'deployment' ? owner : undefined,
    taskSet: owner.kind === 'taskSet' ? owner : undefined,
    platformVersion: owner.spec.platformVersion,
    networkConfiguration: owner.spec.networkConfiguration,
    volumeConfigurations: owner.spec.volumeConfigurations,
    serviceConnect: owner.spec.serviceConnectConfiguration,
    enableExecuteCommand: spec.enableExecuteCommand,
    longArn: hasLongTaskArns(world, service),
    tags: taskTags({ cluster, taskDefinition, service, propagateTags, enableECSManagedTags }),
  };
}

/**
 * A strategy's base and weights apply within a revision: tasks that go away with an older one, or are replaced, do not
 * count.
 */
function countByProvider(world: World, { tasks }: Owner): Map<string, number> {
  const counts = new Map<string, number>();
  for (const task of tasks) {
    const name = task.capacityProviderName;
    if (name !== undefined && isWanted(task) && isGood(world, task)) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

/** The sequence of launch types or providers for new tasks, by the shares of capacity providers. */
function createSlots(world: World, owner: Owner): { next(): Slot; take(slot: Slot): void } {
  const { capacityProviderStrategy: strategy = [], launchType } = owner.spec;
  if (strategy.length === 0) {
    const slot = { launchType: launchType ?? 'EC2', capacityProviderName: undefined };
    return { next: () => slot, take() {} };
  }
  const counts = countByProvider(world, owner);
  return {
    next() {
      const capacityProviderName = nextProvider(strategy, counts);
      return { launchType: launchTypeOf(world, capacityProviderName), capacityProviderName };
    },
    take({ capacityProviderName: name }) {
      if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
    },
  };
}

export function createBatch(world: World, service: ServiceRecord, owner: Owner, zone?: string): Batch {
  const common = commonTo(world, service, owner);
  const slots = createSlots(world, owner);
  const origins = new Map<string | undefined, TaskOrigin>();
  let subnets: ReturnType<typeof createSubnets> | undefined;
  const start = (slot: Slot, instance: InstanceRecord | undefined, waits: boolean): TaskRecord => {
    const { launchType, capacityProviderName } = slot;
    if (launchType === 'FARGATE') subnets ??= createSubnets(world, owner, zone);
    const subnet = subnets?.next();
    const known = origins.get(capacityProviderName);
    const origin = known ?? createOrigin(world, common, slot);
    if (known === undefined) origins.set(capacityProviderName, origin);
    const task = launchTask(world, origin, { instance, subnet, waits });
    slots.take(slot);
    subnets?.take(task.availabilityZone);
    return task;
  };
  return {
    fault: configurationFault(world, common.taskDefinition, common.tags, common.longArn),
    nextSlot: slots.next,
    launch: (slot, instance) => start(slot, instance, false),
    wait: (slot) => start(slot, undefined, true),
  };
}
