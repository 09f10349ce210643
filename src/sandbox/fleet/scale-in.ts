import { changeInstance } from '../instances/instance-lifecycle.ts';
import type { Fleet } from '../model/instances/fleet-record.ts';
import type { InstanceRecord } from '../model/instances/instance-record.ts';
import type { World } from '../model/world.ts';
import { dueAction } from '../time/due-action.ts';
import { instancesOfFleet, isIdle, waitingFor } from './fleets.ts';
import { terminateInstance } from './terminate-instance.ts';

/** AWS: the alarm that scales an Auto Scaling group in takes 15 minutes. */
const GROUP_IDLE_MS = 15 * 60_000;
/** For Managed Instances without `scaleInAfter`; AWS gives no figure. */
const MANAGED_IDLE_MS = 5 * 60_000;

/** How long an instance is idle before it is terminated; undefined means never. */
function idleLimit({ provider }: Fleet): number | undefined {
  if (provider.type !== 'MANAGED_INSTANCES') return GROUP_IDLE_MS;
  const seconds = provider.managedInstancesProvider?.infrastructureOptimization?.scaleInAfter;
  if (seconds === -1) return undefined;
  return seconds === undefined ? MANAGED_IDLE_MS : seconds * 1000;
}

/** Records since when an instance is idle, and schedules a check of the fleet. */
export function noteIdle(world: World, fleet: Fleet, instance: InstanceRecord): void {
  if (instance.status === 'INACTIVE' || !isIdle(instance)) {
    fleet.idleSince.delete(instance);
    return;
  }
  if (fleet.idleSince.has(instance)) return;
  fleet.idleSince.set(instance, world.clock.now());
  look(world, fleet);
}

/** Schedules the next check for when an instance will have been idle for long enough. */
function look(world: World, fleet: Fleet): void {
  const limit = idleLimit(fleet);
  if (limit === undefined || fleet.scaleIn !== undefined) return;
  const dues = [...fleet.idleSince.values()].map((since) => since + limit).filter((at) => at > world.clock.now());
  if (dues.length === 0) return;
  fleet.scaleIn = world.clock.at(Math.min(...dues), scaleInIdle, world, { fleet, limit });
}

const scaleInIdle = dueAction(
  'fleet.scaleIn',
  (world: World, { fleet, limit }: { readonly fleet: Fleet; readonly limit: number }) => {
    fleet.scaleIn = undefined;
    scaleIn(world, fleet, limit);
    look(world, fleet);
  },
);

/** Terminates idle instances down to the target capacity. Instances with tasks always stay. */
function scaleIn(world: World, fleet: Fleet, limit: number): void {
  if (waitingFor(world, fleet).length > 0) return;
  const instances = instancesOfFleet(fleet).filter((instance) => instance.status === 'ACTIVE');
  const busy = instances.filter((instance) => !isIdle(instance)).length;
  const target = fleet.provider.autoScalingGroupProvider?.managedScaling?.targetCapacity ?? 100;
  const spare = instances.length - Math.ceil((busy * 100) / Math.max(1, target));
  const ripe = instances.filter((instance) => {
    const since = fleet.idleSince.get(instance);
    return since !== undefined && world.clock.now() - since >= limit;
  });
  for (const instance of ripe.slice(0, Math.max(0, spare))) release(world, fleet, instance);
}

/** Drained first if ECS manages draining, then terminated. */
function release(world: World, fleet: Fleet, instance: InstanceRecord): void {
  const group = fleet.provider.autoScalingGroupProvider;
  if (group !== undefined && group.managedDraining === 'DISABLED') {
    terminateInstance(world, instance);
    return;
  }
  changeInstance(world, instance, { status: 'DRAINING' });
  terminateWhenEmpty(world, instance);
}

/** AWS: a Managed Instance drains for about a week at most. */
const LONGEST_DRAIN = 7 * 24 * 3600_000;

/** A draining instance is terminated when its last task is gone, unless it was made ACTIVE again. */
export function terminateWhenEmpty(world: World, instance: InstanceRecord, since = world.clock.now()): void {
  world.clock.after(world.timings.managedDrain, checkDrained, world, { instance, since });
}

const checkDrained = dueAction(
  'fleet.checkDrained',
  (world: World, { instance, since }: { readonly instance: InstanceRecord; readonly since: number }) => {
    if (instance.status !== 'DRAINING') return;
    const { type } = world.capacityProviders.get(instance.capacityProviderName ?? '') ?? {};
    const isForced = type === 'MANAGED_INSTANCES' && world.clock.now() - since >= LONGEST_DRAIN;
    if (isIdle(instance) || isForced) terminateInstance(world, instance);
    else terminateWhenEmpty(world, instance, since);
  },
);
