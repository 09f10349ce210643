import {
  emitBalanced,
  emitNotBalanced,
  emitRebalanceProtected,
  emitRebalancingStopped,
  emitStartedToRebalance,
  emitStoppedToRebalance,
} from '../events/rebalancing-events.ts';
import { zoneCounts } from '../instances/availability-zones.ts';
import type { DeploymentRecord } from '../model/services/deployment-record.ts';
import type { Rebalancing } from '../model/services/rebalancing-state.ts';
import type { ServiceRecord } from '../model/services/service-record.ts';
import type { TaskRecord } from '../model/tasks/task-record.ts';
import type { World } from '../model/world.ts';
import { count } from '../store/task-scan.ts';
import { isOccupying, isWanted } from '../store/task-statuses.ts';
import { stopTask } from '../tasks/stop-task.ts';
import { isHealthy } from '../tasks/task-health.ts';
import { wakeService } from '../wakeups/wake-services.ts';
import { unprotected } from './replica-strategy.ts';
import { launchCeiling } from './rolling-plan.ts';
import { launchForService } from './service-launch.ts';

export function createRebalancing(): Rebalancing {
  return { checkAt: undefined, extra: undefined, isReported: false };
}

/** Whether rebalancing is on, and there is room for one more task. */
function canRebalance({ spec, desiredCount }: ServiceRecord): boolean {
  const { maximumPercent = 200 } = spec.deploymentConfiguration;
  return spec.availabilityZoneRebalancing === 'ENABLED' && launchCeiling(desiredCount, maximumPercent) > desiredCount;
}

function stopOne(world: World, service: ServiceRecord, deployment: DeploymentRecord): void {
  const [most] = zoneCounts(world, service, deployment);
  const inMost = [...service.tasks].filter((task) => isWanted(task) && task.availabilityZone === most?.[0]);
  const [task] = unprotected(world, service, inMost);
  if (task === undefined) return;
  stopTask(
    world,
    task,
    'ServiceSchedulerInitiated',
    `Availability-zone rebalancing initiated by (deployment ${deployment.id})`,
  );
  emitStoppedToRebalance(world, service, task);
}

/** Waits for the extra task; once it is healthy, a task of the fullest zone stops. */
function goOn(world: World, service: ServiceRecord, deployment: DeploymentRecord, extra: TaskRecord): void {
  const { rebalancing } = service;
  const isOver = !isWanted(extra) || deployment.rolloutState !== 'COMPLETED' || extra.deployment !== deployment;
  if (isOver) {
    rebalancing.extra = undefined;
    rebalancing.isReported = false;
    emitRebalancingStopped(world, service);
    wakeService(world, service);
  } else if (isHealthy(world, extra)) {
    const wanted = [...service.tasks].filter(isWanted).length;
    rebalancing.extra = undefined;
    if (wanted > service.desiredCount) stopOne(world, service, deployment);
    rebalancing.checkAt = world.clock.now() + world.timings.schedulerReaction;
    wakeService(world, service, rebalancing.checkAt);
  }
}

function check(world: World, service: ServiceRecord, deployment: DeploymentRecord): void {
  const { rebalancing } = service;
  const counts = zoneCounts(world, service, deployment);
  const [most, least] = [counts[0], counts.at(-1)];
  if (most === undefined || least === undefined || most[1] - least[1] < 2) {
    if (rebalancing.isReported) emitBalanced(world, service, counts);
    rebalancing.isReported = false;
    return;
  }
  const inMost = [...service.tasks].filter((task) => isWanted(task) && task.availabilityZone === most[0]);
  if (unprotected(world, service, inMost).length === 0) {
    emitRebalanceProtected(world, service, deployment.id);
    return;
  }
  // A task that is still stopping occupies the room of the new one.
  const { maximumPercent = 200 } = service.spec.deploymentConfiguration;
  if (count(service.tasks, isOccupying) >= launchCeiling(service.desiredCount, maximumPercent)) {
    rebalancing.checkAt = world.clock.now() + world.timings.schedulerReaction;
    wakeService(world, service, rebalancing.checkAt);
    return;
  }
  if (!rebalancing.isReported) emitNotBalanced(world, service, counts);
  rebalancing.isReported = true;
  const [extra] = launchForService(world, service, deployment, 1, least[0]);
  rebalancing.extra = extra;
  if (extra !== undefined) emitStartedToRebalance(world, service, extra);
}

/**
 * Checks a steady service's balance over zones some time after a change, and moves one task at a time: the new one
 * starts before an old one stops.
 */
export function reconcileBalance(world: World, service: ServiceRecord, deployment: DeploymentRecord): void {
  const { rebalancing } = service;
  if (rebalancing.extra !== undefined) {
    goOn(world, service, deployment, rebalancing.extra);
    return;
  }
  if (!service.steady || !canRebalance(service)) {
    rebalancing.checkAt = undefined;
    return;
  }
  const now = world.clock.now();
  if (rebalancing.checkAt === undefined) {
    rebalancing.checkAt = now + world.timings.rebalanceCheck;
    wakeService(world, service, rebalancing.checkAt);
  } else if (rebalancing.checkAt > now) {
    wakeService(world, service, rebalancing.checkAt);
  } else {
    rebalancing.checkAt = undefined;
    check(world, service, deployment);
  }
}
