import type { LaunchType } from '@aws-sdk/client-ecs';
import { effectiveSetting } from './account-settings.ts';
import { sayUnplacedInZone } from './balance-events.ts';
import { launchTypeOf, nextProvider } from './capacity.ts';
import { change } from './consistency.ts';
import { isWaitFull, mayWait } from './fleet/waiting.ts';
import { launchTask } from './launch.ts';
import { createPlacer, DEFAULT_STRATEGY, type Placed, ZONE_ATTRIBUTE } from './placement.ts';
import { sayNoFargate, sayPartlyLaunched, sayProvisioningLimit, sayUnplaced } from './service-events.ts';
import type {
  DeploymentRecord,
  InstanceRecord,
  ServiceRecord,
  TaskDefinitionRecord,
  TaskRecord,
  TaskSetRecord,
  World,
} from './state.ts';
import { isWanted } from './statuses.ts';
import { taskTags } from './task-tags.ts';
import { wakeService } from './wake.ts';
import { hasOpenZone, nextSubnet } from './zones.ts';

/** At most so long between two attempts to place (our choice; AWS only says that it tries again). */
const LONGEST_PLACEMENT_WAIT = 15 * 60_000;

/** What tasks are started for. */
type Owner = DeploymentRecord | TaskSetRecord;

interface Slot {
  readonly launchType: LaunchType;
  readonly capacityProviderName: string | undefined;
  /** There is no room yet: the capacity provider will make some. */
  readonly waits?: boolean;
}

/** Where the service's next task goes: its launch type, or the provider whose turn it is. */
function nextSlot(world: World, service: ServiceRecord, owner: Owner): Slot {
  const { capacityProviderStrategy: strategy, launchType } = owner.kind === 'taskSet' ? owner.spec : service.spec;
  if (strategy === undefined || strategy.length === 0) {
    return { launchType: launchType ?? 'EC2', capacityProviderName: undefined };
  }
  const counts = new Map<string, number>();
  for (const task of service.tasks) {
    const name = task.capacityProviderName;
    if (name !== undefined && isWanted(task)) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const capacityProviderName = nextProvider(strategy, counts);
  return { launchType: launchTypeOf(world, capacityProviderName), capacityProviderName };
}

/** The tasks of a service have their ids and ARNs in the format of whoever made the service. */
function hasLongTaskArns(world: World, { createdBy }: ServiceRecord): boolean {
  if (world.accountSettings.size === 0) return true;
  return effectiveSetting(world, { principalArn: createdBy }, 'taskLongArnFormat') === 'enabled';
}

function makeTask(
  world: World,
  service: ServiceRecord,
  owner: Owner,
  taskDefinition: TaskDefinitionRecord,
  slot: Slot,
  instance: InstanceRecord | undefined,
  zone?: string,
): TaskRecord {
  const { spec } = service;
  return launchTask(world, {
    cluster: service.cluster,
    taskDefinition,
    launchType: slot.launchType,
    capacityProviderName: slot.capacityProviderName,
    waits: slot.waits ?? false,
    group: `service:${service.name}`,
    startedBy: owner.id,
    service,
    deployment: owner.kind === 'deployment' ? owner : undefined,
    taskSet: owner.kind === 'taskSet' ? owner : undefined,
    instance,
    platformVersion: owner.spec.platformVersion,
    networkConfiguration: owner.spec.networkConfiguration,
    volumeConfigurations: owner.spec.volumeConfigurations,
    serviceConnect: owner.spec.serviceConnectConfiguration,
    subnet: slot.launchType === 'FARGATE' ? nextSubnet(world, owner, zone) : undefined,
    enableExecuteCommand: spec.enableExecuteCommand,
    longArn: hasLongTaskArns(world, service),
    tags: taskTags({
      cluster: service.cluster,
      taskDefinition,
      service,
      propagateTags: spec.propagateTags,
      enableECSManagedTags: spec.enableECSManagedTags,
    }),
  });
}

/** Starts tasks of a deployment or task set, in one zone if that is given, where there is room. What finds none is told in an event and tried again later. */
export function launchForService(
  world: World,
  service: ServiceRecord,
  owner: Owner,
  count: number,
  zone?: string,
): TaskRecord[] {
  const { taskDefinition } = owner.spec;
  if (taskDefinition === undefined) return [];
  const inZone = zone === undefined ? [] : [{ type: 'memberOf' as const, expression: `${ZONE_ATTRIBUTE} == ${zone}` }];
  const placers = new Map<string, ReturnType<typeof createPlacer>>();
  const place = (slot: Slot): Placed => {
    const key = slot.capacityProviderName ?? '';
    const { placementStrategy } = service.spec;
    const placer =
      placers.get(key) ??
      createPlacer({
        cluster: service.cluster,
        taskDefinition,
        demand: taskDefinition.demand,
        constraints: [...service.spec.placementConstraints, ...inZone],
        strategy: placementStrategy.length > 0 ? placementStrategy : DEFAULT_STRATEGY,
        capacityProviderName: slot.capacityProviderName,
        peers: [...service.tasks].filter(isWanted),
        random: () => world.random.next(),
      });
    placers.set(key, placer);
    return placer.next();
  };
  const launched: TaskRecord[] = [];
  while (launched.length < count) {
    const slot = nextSlot(world, service, owner);
    if (slot.launchType === 'FARGATE') {
      if (!hasOpenZone(world, owner.spec.networkConfiguration)) {
        sayNoFargate(world, service);
        holdPlacement(world, service);
        break;
      }
      launched.push(makeTask(world, service, owner, taskDefinition, slot, undefined, zone));
      continue;
    }
    const placed = place(slot);
    if ('unplaced' in placed) {
      if (zone === undefined && mayWait(world, service.cluster, slot.capacityProviderName)) {
        launched.push(makeTask(world, service, owner, taskDefinition, { ...slot, waits: true }, undefined));
        continue;
      }
      if (zone !== undefined) sayUnplacedInZone(world, service, zone);
      else if (isWaitFull(world, service.cluster, slot.capacityProviderName)) sayProvisioningLimit(world, service);
      else reportUnplaced(world, service, placed);
      if (zone === undefined) holdPlacement(world, service);
      break;
    }
    launched.push(makeTask(world, service, owner, taskDefinition, slot, placed.instance));
  }
  if (launched.length === count) service.failedPlacements = 0;
  else if (launched.length > 0) sayPartlyLaunched(world, service, count - launched.length, owner.id);
  return launched;
}

function reportUnplaced(world: World, service: ServiceRecord, placed: Extract<Placed, { unplaced: unknown }>): void {
  const [closest] = placed.unplaced;
  const { instance } = closest ?? {};
  sayUnplaced(world, service, instance === undefined ? undefined : { instance, reason: closest?.reason ?? '' });
}

/** Tries again later, or as soon as there is room. */
function holdPlacement(world: World, service: ServiceRecord): void {
  service.cluster.starved.add(service);
  const wait = Math.min(world.timings.placementRetry * 2 ** service.failedPlacements, LONGEST_PLACEMENT_WAIT);
  service.failedPlacements += 1;
  service.heldUntil = world.clock.now() + wait;
  wakeService(world, service, service.heldUntil);
}

/** Starts a daemon's task on the instance that lacks it, if that has room. */
export function launchOnInstance(
  world: World,
  service: ServiceRecord,
  deployment: DeploymentRecord,
  instance: InstanceRecord,
): TaskRecord | undefined {
  const { taskDefinition } = deployment.spec;
  if (taskDefinition === undefined) return undefined;
  const slot: Slot = { launchType: service.spec.launchType ?? 'EC2', capacityProviderName: undefined };
  return makeTask(world, service, deployment, taskDefinition, slot, instance);
}

/** Notes that a deployment's own count changed. */
export function setDesired(world: World, deployment: DeploymentRecord, desiredCount: number): void {
  if (deployment.desiredCount === desiredCount) return;
  change(world, deployment, { desiredCount, updatedAt: world.clock.now() });
}
