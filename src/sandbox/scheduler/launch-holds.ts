import type { DeploymentRecord } from '../model/services/deployment-record.ts';
import type { ServiceRecord } from '../model/services/service-record.ts';
import type { TaskSetRecord } from '../model/services/task-set-record.ts';
import type { World } from '../model/world.ts';
import { wakeService } from '../wakeups/wake-services.ts';

/** AWS widens the gap between launches up to 27 minutes; where it starts and how it grows is our choice. */
const LONGEST_START_HOLD = 27 * 60_000;
const FIRST_START_HOLD = 10_000;
/** So many rounds of tasks that never ran make the service impaired. */
export const IMPAIRED_AFTER = 3;
/** At most so long between two attempts to place (our choice; AWS only says that it tries again). */
const LONGEST_PLACEMENT_HOLD = 15 * 60_000;

type Owner = DeploymentRecord | TaskSetRecord;

function ownersOf({ deployments, taskSets }: ServiceRecord): Owner[] {
  return [...deployments, ...taskSets.values()];
}

/** Whether an owner may start tasks now, and if not, why. It is looked at again when the hold ends. */
export function holdOf(world: World, { service, holds }: Owner): 'room' | 'other' | undefined {
  const now = world.clock.now();
  if (holds.startsUntil <= now && holds.placesUntil <= now) return undefined;
  wakeService(world, service, Math.max(holds.startsUntil, holds.placesUntil));
  return holds.startsUntil <= now && holds.lacksRoom ? 'room' : 'other';
}

/** A round of tasks ended before they ran. True if the service is to say that it is impaired. */
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

/** The next failure to place is the first again: all that was asked for has been placed, or the service was updated. */
export function forgetFailedPlacements(service: ServiceRecord): void {
  for (const { holds } of ownersOf(service)) holds.failedPlacements = 0;
}
