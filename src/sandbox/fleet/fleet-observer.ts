import type { InstanceRecord } from '../model/instances/instance-record.ts';
import type { World } from '../model/world.ts';
import type { Before, WorldRecord } from '../model/world-record.ts';
import { dueAction } from '../time/due-action.ts';
import { fleetOf } from './fleets.ts';
import { noteIdle, terminateWhenEmpty } from './scale-in.ts';
import { placeWaiting } from './waiting-tasks.ts';

/**
 * Tracks what managed scaling needs: tasks that give up waiting, and instances that register, leave, fill and empty.
 */
export function observeForFleet(world: World, record: WorldRecord, before: Before | undefined): void {
  if (record.kind === 'task' && record.desiredStatus === 'STOPPED') world.waiting.delete(record);
  if (record.kind !== 'containerInstance' || world.capacityProviders.size === 0) return;
  onInstance(world, record, before as Partial<InstanceRecord> | undefined);
}

const placeWaitingLater = dueAction('cluster.placeWaiting', placeWaiting);

function onInstance(world: World, instance: InstanceRecord, before: Partial<InstanceRecord> | undefined): void {
  const { cluster } = instance;
  const isWaitedFor = [...world.waiting].some(
    (task) => task.cluster === cluster && task.capacityProviderName === instance.capacityProviderName,
  );
  // Deferred, so that the change is complete.
  if (isWaitedFor && instance.status === 'ACTIVE') world.clock.after(0, placeWaitingLater, world, cluster);
  const fleet = fleetOf(world, cluster, instance.capacityProviderName);
  if (fleet === undefined) return;
  noteIdle(world, fleet, instance);
  const isGivenUp = fleet.provider.type === 'MANAGED_INSTANCES' && instance.status === 'DRAINING';
  if (isGivenUp && before?.status !== undefined && before.status !== 'DRAINING') terminateWhenEmpty(world, instance);
}
