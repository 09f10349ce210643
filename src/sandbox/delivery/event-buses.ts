import type { EventBus } from '../model/messaging/event-bus.ts';
import type { World } from '../model/world.ts';
import { arnOf } from '../store/arns.ts';

export function addBus(world: World, name: string, description?: string): EventBus {
  const now = world.clock.now();
  const bus: EventBus = {
    name,
    arn: arnOf(world, 'events', `event-bus/${name}`),
    createdAt: now,
    changedAt: now,
    description,
    policy: undefined,
    rules: new Map(),
  };
  world.messaging.buses.set(name, bus);
  return bus;
}

/** The bus of every Region that receives the events of AWS services. */
export function addDefaultBus(world: World): void {
  addBus(world, 'default');
}
