import type { DeploymentRecord } from '../model/services/deployment-record.ts';
import type { ServiceRecord } from '../model/services/service-record.ts';
import type { TaskSetRecord } from '../model/services/task-set-record.ts';
import type { World } from '../model/world.ts';
import { wakeService } from '../wakeups/wake-services.ts';

/** AWS extends the delay between launches up to 27 minutes; its start and growth are our choice. */
const LONGEST_START_HOLD = 27 * 60_000;
const FIRST_START_HOLD = 10_000;
/** Rounds of tasks that never ran until the service is impaired. */
export const IMPAIRED_AFTER = 3;
/** Longest delay between two placement attempts (our choice; AWS only says that it retries). */
const LONGEST_PLACEMENT_HOLD = 15 * 60_000;

type Owner = DeploymentRecord | TaskSetRecord;

function ownersOf({ deployments, taskSets }: ServiceRecord): Owner[] {
  return [...deployments, ...taskSets.values()];
}

/** Whether an owner may start tasks now, and if not, why. It is woken when the hold ends. */
export function holdOf(world: World, { service, holds }: Owner): 'room' | 'other' | undefined {
  const now = world.clock.now();
  if (holds.startsUntil <= now && holds.placesUntil <= now) return undefined;
  wakeService(world, service, Math.max(holds.startsUntil, holds.placesUntil));
  return holds.startsUntil <= now && holds.lacksRoom ? 'room' : 'other';
}

/** A round of tasks ended before they ran. Returns true if the service must report that it is impaired. */
export function holdStarts(world: World, { service, holds }: Owner): boolean {
  holds.failedStarts += 1;
  if (holds.failedStarts < IMPAIRED_AFTER) return false;
  const hold = Math.min(LONGEST_START_HOLD, FIRST_START_HOLD * 2 ** (holds.failedStarts - IMPAIRED_AFTER));
  holds.startsUntil = world.clock.now() + hold;
  wakeService(world, service, holds.startsUntil);
  return holds.failedStarts === IMPAIRED_AFTER;
}

/** Nothing could be placed: tried again later, or as soon as there is room. */
export function holdPlacement(world: World, { service, holds }: Owner, lacksRoom: boolean): void {
  const wait = Math.min(world.timings.placementRetry * 2 ** holds.failedPlacements, LONGEST_PLACEMENT_HOLD);
  holds.failedPlacements += 1;
  holds.placesUntil = world.clock.now() + wait;
  holds.lacksRoom = lacksRoom;
  wakeService(world, service, holds.placesUntil);
}

/** Resets the placement back-off: everything was placed, or the service was updated. */
export function forgetFailedPlacements(service: ServiceRecord): void {
  for (const { holds } of ownersOf(service)) holds.failedPlacements = 0;
}
