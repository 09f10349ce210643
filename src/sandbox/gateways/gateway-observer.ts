import type { World } from '../model/world.ts';
import type { PlainRecord } from '../model/world-record.ts';
import { reconcileRoutes } from './gateway-routes.ts';

/** A changed service may need a route, or none any more. */
export function observeForGateways(world: World, record: PlainRecord): void {
  if (record.kind !== 'service') return;
  for (const gateway of world.gateways.values()) {
    if (gateway.associations.has(record.cluster)) reconcileRoutes(world, gateway);
  }
}
