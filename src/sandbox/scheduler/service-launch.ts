import { emitUnplacedInZone } from '../events/rebalancing-events.ts';
import {
  emitMisconfigured,
  emitNoFargate,
  emitPartlyLaunched,
  emitPaused,
  emitProvisioningLimit,
  emitUnplaced,
} from '../events/service-events.ts';
import { isWaitFull, mayWait } from '../fleet/waiting-tasks.ts';
import { runsAnywhere } from '../instances/any-capacity.ts';
import { hasOpenZone } from '../instances/availability-zones.ts';
import { createPlacer, DEFAULT_STRATEGY, type Placed, ZONE_ATTRIBUTE } from '../instances/placement.ts';
import { BLOCKED } from '../launch/configuration-faults.ts';
import { awaitsTurn, countLaunched, leftOfMinute, takeLaunch } from '../launch/launch-rates.ts';
import type { Slot } from '../launch/task-origin.ts';
import type { InstanceRecord } from '../model/instances/instance-record.ts';
import type { DeploymentRecord } from '../model/services/deployment-record.ts';
import type { ServiceRecord } from '../model/services/service-record.ts';
import type { ServiceSpec } from '../model/services/service-spec.ts';
import type { TaskDefinitionRecord } from '../model/task-definition-record.ts';
import type { TaskRecord } from '../model/tasks/task-record.ts';
import type { World } from '../model/world.ts';
import { change } from '../store/eventual-consistency.ts';
import { filterTasks } from '../store/task-scan.ts';
import { isWanted } from '../store/task-statuses.ts';
import { wakeService } from '../wakeups/wake-services.ts';
import { createBatch, type Owner } from './launch-batch.ts';
import { holdPlacement } from './launch-holds.ts';

const NO_CAPACITY = 'Capacity is unavailable at this time. Please try again later or in a different availability zone.';

/**
 * Finds places for tasks of a service, in one zone if given; among the instances of a capacity provider if the slot has
 * one.
 */
function createPlacers(
  world: World,
  service: ServiceRecord,
  taskDefinition: TaskDefinitionRecord,
  zone: string | undefined,
): (slot: Slot) => Placed {
  const { placementStrategy, placementConstraints } = service.spec;
  const inZone = zone === undefined ? [] : [{ type: 'memberOf' as const, expression: `${ZONE_ATTRIBUTE} == ${zone}` }];
  const placers = new Map<string, ReturnType<typeof createPlacer>>();
  return (slot) => {
    const key = slot.capacityProviderName ?? '';
    let placer = placers.get(key);
    if (placer === undefined) {
      placer = createPlacer({
        cluster: service.cluster,
        taskDefinition,
        demand: taskDefinition.demand,
        constraints: [...placementConstraints, ...inZone],
        strategy: placementStrategy.length > 0 ? placementStrategy : DEFAULT_STRATEGY,
        capacityProviderName: slot.capacityProviderName,
        peers: filterTasks(service.tasks, isWanted),
        random: () => world.random.next(),
      });
      placers.set(key, placer);
    }
    return placer.next();
  };
}

/**
 * Starts tasks of a deployment or task set, in one zone if given, where there is room and as fast as AWS launches. For
 * the rest it emits an event and tries again later.
 */
export function launchForService(
  world: World,
  service: ServiceRecord,
  owner: Owner,
  count: number,
  zone?: string,
): TaskRecord[] {
  const { taskDefinition } = owner.spec;
  if (taskDefinition === undefined || awaitsTurn(world, service)) return [];
  owner.holds.lacksRoom = false;
  const batch = createBatch(world, service, owner, zone);
  if (batch.fault !== undefined) {
    giveUpMisconfigured(world, service, owner, batch.fault);
    return [];
  }
  const minute = leftOfMinute(world, service);
  const most = Math.min(count, minute.tasks);
  if (most < count) wakeService(world, service, minute.until);
  let isPaced = most < count;
  const place = createPlacers(world, service, taskDefinition, zone);
  const launched: TaskRecord[] = [];
  while (launched.length < most) {
    const slot = batch.nextSlot();
    if (slot.launchType === 'FARGATE') {
      const why = noFargate(world, owner.spec.networkConfiguration);
      if (why !== undefined) {
        emitNoFargate(world, service, why);
        awaitRoom(world, owner, false);
        break;
      }
      if (!takeLaunch(world, service, slot.capacityProviderName)) {
        isPaced = true;
        break;
      }
      launched.push(batch.launch(slot));
      continue;
    }
    if (runsAnywhere(world, service.cluster)) {
      launched.push(batch.launch(slot));
      continue;
    }
    const placed = place(slot);
    if ('unplaced' in placed) {
      if (zone === undefined && mayWait(world, service.cluster, slot.capacityProviderName)) {
        launched.push(batch.wait(slot));
        continue;
      }
      if (zone !== undefined) emitUnplacedInZone(world, service, zone);
      else if (isWaitFull(world, service.cluster, slot.capacityProviderName)) emitProvisioningLimit(world, service);
      else reportUnplaced(world, service, placed);
      if (zone === undefined) awaitRoom(world, owner, true);
      break;
    }
    launched.push(batch.launch(slot, placed.instance));
  }
  countLaunched(world, service, launched.length);
  if (isPaced) emitPacedOnce(world, service);
  if (launched.length === count) {
    owner.holds.failedPlacements = 0;
    world.launchRates.reported.delete(service);
  } else if (launched.length > 0 && !isPaced) emitPartlyLaunched(world, service, count - launched.length, owner.id);
  return launched;
}

/** AWS launches no faster. The event is emitted once, until everything is launched. */
function emitPacedOnce(world: World, service: ServiceRecord): void {
  if (world.launchRates.reported.has(service)) return;
  world.launchRates.reported.add(service);
  emitPaused(world, service, 'ECS_OPERATION_THROTTLED');
}

function reportUnplaced(world: World, service: ServiceRecord, placed: Extract<Placed, { unplaced: unknown }>): void {
  const [closest] = placed.unplaced;
  const { instance } = closest ?? {};
  emitUnplaced(world, service, instance === undefined ? undefined : { instance, reason: closest?.reason ?? '' });
}

/** Why Fargate launches nothing in any of the subnets, if so. */
function noFargate(world: World, network: ServiceSpec['networkConfiguration']): string | undefined {
  if (world.isBlocked) return BLOCKED;
  return hasOpenZone(world, network) ? undefined : NO_CAPACITY;
}

/** Room would not help: emits the event and tries again later. */
function giveUpMisconfigured(world: World, service: ServiceRecord, owner: Owner, fault: string): void {
  emitMisconfigured(world, service, fault);
  holdPlacement(world, owner, false);
}

/** Tries again later, or as soon as there is room. */
function awaitRoom(world: World, owner: Owner, onInstances: boolean): void {
  owner.service.cluster.starved.add(owner.service);
  holdPlacement(world, owner, onInstances);
}

/** Starts a daemon's tasks on the instances that lack one, as fast as AWS launches. */
export function launchOnInstances(
  world: World,
  service: ServiceRecord,
  deployment: DeploymentRecord,
  instances: readonly InstanceRecord[],
): TaskRecord[] {
  if (deployment.spec.taskDefinition === undefined || instances.length === 0) return [];
  const slot = { launchType: deployment.spec.launchType ?? 'EC2', capacityProviderName: undefined };
  const batch = createBatch(world, service, deployment);
  if (batch.fault !== undefined) {
    giveUpMisconfigured(world, service, deployment, batch.fault);
    return [];
  }
  const minute = leftOfMinute(world, service);
  const launched = instances.slice(0, minute.tasks).map((instance) => batch.launch(slot, instance));
  countLaunched(world, service, launched.length);
  if (launched.length < instances.length) {
    wakeService(world, service, minute.until);
    emitPacedOnce(world, service);
  } else {
    world.launchRates.reported.delete(service);
  }
  return launched;
}

/** Updates a deployment's own count. */
export function setDesired(world: World, deployment: DeploymentRecord, desiredCount: number): void {
  if (deployment.desiredCount === desiredCount) return;
  change(world, deployment, { desiredCount, updatedAt: world.clock.now() });
}
