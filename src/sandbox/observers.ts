import { observeForDaemons } from './daemons/observe.ts';
import { observeForEvents } from './events/observe.ts';
import { observeForFleet } from './fleet/observe.ts';
import { observeForGateways } from './gateways/observe.ts';
import type { World } from './model/world.ts';
import { observeForCensus } from './services/census.ts';

/** Connects what follows from changes with the world in which they happen. */
export function observeWorld(world: World): void {
  world.observers.push((record, before) => {
    observeForCensus(world, record, before);
    observeForEvents(world, record, before);
    observeForDaemons(world, record, before);
    observeForGateways(world, record);
    observeForFleet(world, record, before);
  });
}
