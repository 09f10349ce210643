import type { InstanceBefore, InstanceRecord } from '../model/instances/instance-record.ts';
import type { TaskRecord } from '../model/tasks/task-record.ts';
import type { World } from '../model/world.ts';
import { dueAction } from '../time/due-action.ts';
import { fleetOf } from './fleets.ts';
import { noteIdle, terminateWhenEmpty } from './scale-in.ts';
import { placeWaiting } from './waiting-tasks.ts';

/** Managed scaling no longer waits for a task that was given up. */
export function observeTaskForFleet(world: World, task: TaskRecord): void {
  if (world.waiting.size > 0 && task.desiredStatus === 'STOPPED') world.waiting.delete(task);
}

const placeWaitingLater = dueAction('cluster.placeWaiting', placeWaiting);

/** Tracks instances that register, leave, fill and empty. */
export function observeInstanceForFleet(
  world: World,
  instance: InstanceRecord,
  before: InstanceBefore | undefined,
): void {
  if (world.capacityProviders.size === 0) return;
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
  if (isGivenUp && before !== undefined && before.status !== 'DRAINING') terminateWhenEmpty(world, instance);
}
