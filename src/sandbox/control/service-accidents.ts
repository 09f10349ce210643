import { invalidParameter } from '../checks/ecs-errors.ts';
import { emitPaused } from '../events/service-events.ts';
import type { Pause } from '../model/services/service-pause.ts';
import type { ServiceRecord } from '../model/services/service-record.ts';
import type { World } from '../model/world.ts';
import { wakeAllStarved, wakeService } from '../wakeups/wake-services.ts';

const SECONDS = 60;

export function findService(world: World, reference: string): ServiceRecord {
  const services = [...world.clusters.values()].flatMap((cluster) => [...cluster.services.values()]);
  const found = services.filter(
    ({ arn, name, status }) => status === 'ACTIVE' && (arn === reference || name === reference),
  );
  const [service] = found;
  if (service !== undefined && found.length === 1) return service;
  throw invalidParameter(`${found.length === 0 ? 'no' : 'more than one'} service ${reference} in ${world.region}`);
}

/** Pauses the scheduler for a service. The service reports it and continues afterwards. */
export function pauseService(world: World, service: ServiceRecord, why: Pause, seconds = SECONDS): void {
  if (why === 'SERVICE_DISCOVERY_OPERATION_THROTTLED' && service.spec.serviceRegistries.length === 0) {
    throw invalidParameter(`${service.name} has no serviceRegistries`);
  }
  service.pausedUntil = world.clock.now() + seconds * 1000;
  service.pausedBy = why;
  emitPaused(world, service, why);
  wakeService(world, service);
}

/** Blocks the account from launching on Fargate, or unblocks it. */
export function blockAccount(world: World, isBlocked: boolean): void {
  world.isBlocked = isBlocked;
  if (!isBlocked) wakeAllStarved(world);
}
