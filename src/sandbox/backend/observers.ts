import { observeForDaemons } from '../daemons/daemon-observer.ts';
import { observeForEvents } from '../eventbridge/event-observer.ts';
import { observeForFleet } from '../fleet/fleet-observer.ts';
import { observeForGateways } from '../gateways/gateway-observer.ts';
import type { World } from '../model/world.ts';
import { observeForCensus } from '../services/task-census.ts';

/** Connects a world with the observers of its changes. */
export function observeWorld(world: World): void {
  world.observers.push((record, before) => {
    observeForCensus(world, record, before);
    observeForEvents(world, record, before);
    observeForDaemons(world, record, before);
    observeForGateways(world, record);
    observeForFleet(world, record, before);
  });
}
