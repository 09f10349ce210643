import { emitStarted } from '../events/service-events.ts';
import type { DeploymentRecord } from '../model/services/deployment-record.ts';
import type { ServiceRecord } from '../model/services/service-record.ts';
import type { TaskRecord } from '../model/tasks/task-record.ts';
import type { World } from '../model/world.ts';
import { count, filterTasks } from '../store/task-scan.ts';
import { isOccupying, isWanted } from '../store/task-statuses.ts';
import { wakeService } from '../wakeups/wake-services.ts';
import { startMissingDaemons } from './daemon-strategy.ts';
import { holdOf } from './launch-holds.ts';
import { chooseSurplus, stopForService } from './replica-strategy.ts';
import { launchCeiling } from './rolling-plan.ts';
import { launchForService } from './service-launch.ts';

/** Tasks of the newest deployment to start in place of ended ones, and to stop if there are too many. */
function keepUp(world: World, service: ServiceRecord, primary: DeploymentRecord): TaskRecord[] {
  const wanted = filterTasks(service.tasks, isWanted);
  const { maximumPercent = 200 } = service.spec.deploymentConfiguration;
  const room = launchCeiling(service.desiredCount, maximumPercent) - count(service.tasks, isOccupying);
  const missing = Math.min(service.desiredCount - wanted.length, room);
  if (missing > 0) return launchForService(world, service, primary, missing);
  // With two revisions there may be more tasks: which of them can stop depends on their unknown health.
  const surplus = service.deployments.length === 1 ? wanted.length - service.desiredCount : 0;
  if (surplus > 0) stopForService(world, service, chooseSurplus(world, service, primary, wanted, surplus));
  return [];
}

/**
 * The scheduler's work for a paused service. If throttled, it starts and stops nothing. With unknown health, it
 * replaces ended tasks and follows the desired count, but treats no task as healthy or unhealthy: no deployment
 * progresses, and failing tasks stay. (AWS names only the causes; our choice.) False if the accident changes nothing.
 */
export function reconcilePaused(world: World, service: ServiceRecord): boolean {
  wakeService(world, service, service.pausedUntil);
  if (service.pausedBy !== 'SERVICE_HEALTH_UNKNOWN') return true;
  if (service.status === 'DRAINING') return false;
  const [primary] = service.deployments;
  const isShifting = primary?.serviceDeployment.traffic !== undefined && primary.rolloutState === 'IN_PROGRESS';
  if (primary === undefined || isShifting || primary.rolloutState === 'FAILED') return true;
  if (holdOf(world, primary) !== undefined) return true;
  const isDaemon = service.schedulingStrategy === 'DAEMON';
  const launched = isDaemon ? startMissingDaemons(world, service, primary) : keepUp(world, service, primary);
  if (launched.length > 0) emitStarted(world, service, launched);
  return true;
}
