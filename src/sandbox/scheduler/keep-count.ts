import { sayStarted } from '../events/service-events.ts';
import type { DeploymentRecord, ServiceRecord, TaskRecord, TaskSetRecord, World } from '../model/world.ts';
import { censusOf, isGood } from '../services/task-census.ts';
import { those } from '../store/task-scan.ts';
import { isPending, isWanted } from '../store/task-statuses.ts';
import { wakeService } from '../wakeups/wake-services.ts';
import { stopForService, tellProtected, unprotected } from './replica-strategy.ts';
import { planRolling, type RollingPlan } from './rolling-plan.ts';
import { chooseToStop } from './scale-in-order.ts';
import { launchForService } from './service-launch.ts';

function chooseSurplus(
  world: World,
  service: ServiceRecord,
  id: string,
  tasks: readonly TaskRecord[],
  count: number,
): TaskRecord[] {
  const spare = unprotected(world, service, tasks);
  if (spare.length < count) tellProtected(world, service, id);
  const starting = chooseToStop(spare.filter(isPending), tasks, count);
  const running = spare.filter((task) => !isPending(task));
  return [...starting, ...chooseToStop(running, tasks, count - starting.length)];
}

function stopPlanned(
  world: World,
  service: ServiceRecord,
  owner: DeploymentRecord | TaskSetRecord,
  { surplus, stop }: RollingPlan,
): void {
  const wanted = those(owner.tasks, isWanted);
  const good = wanted.filter((task) => isGood(world, task));
  const retiring = wanted.filter((task) => !isGood(world, task));
  const leftOver = surplus > 0 ? chooseSurplus(world, service, owner.id, good, surplus) : [];
  const replaced = chooseToStop(unprotected(world, service, retiring), wanted, stop);
  stopForService(world, service, [...leftOver, ...replaced]);
}

/**
 * Keeps one revision or task set at a count of its own, whatever others there are: starts what is missing, replaces
 * what is unhealthy or on a draining instance (start first), stops what is too much.
 */
export function keepCount(
  world: World,
  service: ServiceRecord,
  owner: DeploymentRecord | TaskSetRecord,
  count: number,
  mayLaunch = true,
): void {
  const { up, wanted, good, healthy, goodHealthy } = censusOf(world, owner);
  const retiring = wanted - good;
  const plan = planRolling({
    desired: count,
    minimumHealthyPercent: 100,
    maximumPercent: 200,
    occupied: up,
    healthy,
    fresh: good,
    freshHealthy: goodHealthy,
    retiring,
    retiringUnhealthy: retiring - (healthy - goodHealthy),
  });
  if (plan.surplus > 0 || plan.stop > 0) stopPlanned(world, service, owner, plan);
  if (plan.launch === 0 || !mayLaunch) return;
  if (service.heldUntil > world.clock.now()) {
    wakeService(world, service, service.heldUntil);
    return;
  }
  const launched = launchForService(world, service, owner, plan.launch);
  if (launched.length > 0) sayStarted(world, service, launched, Math.min(retiring, launched.length), owner);
}
