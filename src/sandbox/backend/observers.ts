import { observeInstanceForDaemons, observeTaskForDaemons } from '../daemons/daemon-observer.ts';
import { observeForEvents, observeInstanceForEvents, observeTaskForEvents } from '../eventbridge/event-observer.ts';
import { observeInstanceForFleet, observeTaskForFleet } from '../fleet/fleet-observer.ts';
import { observeForGateways } from '../gateways/gateway-observer.ts';
import type { World } from '../model/world.ts';
import { observeInstanceForCensus, observeTaskForCensus } from '../services/task-census.ts';

/** Connects a world with the observers of its changes. */
export function observeWorld(world: World): void {
  world.observers.push({
    onTask(task, before) {
      observeTaskForCensus(world, task, before);
      observeTaskForEvents(world, task, before);
      observeTaskForDaemons(world, task, before);
      observeTaskForFleet(world, task);
    },
    onInstance(instance, before) {
      observeInstanceForCensus(instance, before);
      observeInstanceForEvents(world, instance, before);
      observeInstanceForDaemons(world, instance);
      observeInstanceForFleet(world, instance, before);
    },
    onRecord(record, before) {
      observeForEvents(world, record, before);
      observeForGateways(world, record);
    },
  });
}
