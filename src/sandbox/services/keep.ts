import { isPending, isUp, isWanted } from '../records/statuses.ts';
import type { DeploymentRecord, ServiceRecord, TaskRecord, TaskSetRecord, World } from '../state.ts';
import { isHealthy } from '../tasks/health.ts';
import { isGood, stopForService, tellProtected, unprotected } from './replicas.ts';
import { planRolling } from './rolling.ts';
import { chooseToStop } from './scale-in.ts';
import { sayStarted } from './service-events.ts';
import { launchForService } from './service-launch.ts';
import { wakeService } from './wake.ts';

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
  const wanted = [...owner.tasks].filter(isWanted);
  const good = wanted.filter((task) => isGood(world, task));
  const retiring = wanted.filter((task) => !isGood(world, task));
  const healthy = (tasks: readonly TaskRecord[]): number => tasks.filter((task) => isHealthy(world, task)).length;
  const plan = planRolling({
    desired: count,
    minimumHealthyPercent: 100,
    maximumPercent: 200,
    occupied: [...owner.tasks].filter(isUp).length,
    healthy: healthy(wanted),
    fresh: good.length,
    freshHealthy: healthy(good),
    retiring: retiring.length,
    retiringUnhealthy: retiring.length - healthy(retiring),
  });
  const surplus = plan.surplus > 0 ? chooseSurplus(world, service, owner.id, good, plan.surplus) : [];
  const replaced = chooseToStop(unprotected(world, service, retiring), wanted, plan.stop);
  stopForService(world, service, [...surplus, ...replaced]);
  if (plan.launch === 0 || !mayLaunch) return;
  if (service.heldUntil > world.clock.now()) {
    wakeService(world, service, service.heldUntil);
    return;
  }
  const launched = launchForService(world, service, owner, plan.launch);
  if (launched.length > 0) sayStarted(world, service, launched, Math.min(retiring.length, launched.length), owner);
}
