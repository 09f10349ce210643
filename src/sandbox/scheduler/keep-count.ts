import { emitStarted } from '../events/service-events.ts';
import type { DeploymentRecord } from '../model/services/deployment-record.ts';
import type { ServiceRecord } from '../model/services/service-record.ts';
import type { TaskSetRecord } from '../model/services/task-set-record.ts';
import type { TaskRecord } from '../model/tasks/task-record.ts';
import type { World } from '../model/world.ts';
import { censusOf, isGood } from '../services/task-census.ts';
import { isWanted } from '../store/task-statuses.ts';
import { isUnhealthy } from '../tasks/task-health.ts';
import { holdOf } from './launch-holds.ts';
import { chooseReplaced, chooseSurplus, sideOf, stopForService } from './replica-strategy.ts';
import { planLaunches, planStops, type ServiceView, type StopPlan } from './rolling-plan.ts';
import { launchForService } from './service-launch.ts';

const NOTHING = { wanted: 0, healthy: 0, unhealthy: 0 };

function stopPlanned(
  world: World,
  service: ServiceRecord,
  owner: DeploymentRecord | TaskSetRecord,
  { surplus, replaced, unhealthy }: StopPlan,
): void {
  if (surplus + replaced + unhealthy.primary === 0) return;
  const wanted: TaskRecord[] = [];
  const good: TaskRecord[] = [];
  const failing: TaskRecord[] = [];
  const retiring: TaskRecord[] = [];
  for (const task of owner.tasks) {
    if (!isWanted(task)) continue;
    wanted.push(task);
    (isUnhealthy(world, task) ? failing : isGood(world, task) ? good : retiring).push(task);
  }
  stopForService(world, service, [
    ...(surplus > 0 ? chooseSurplus(world, service, owner, good, surplus) : []),
    ...failing.slice(0, unhealthy.primary),
    ...chooseReplaced(world, service, retiring, wanted, replaced),
  ]);
}

/**
 * Keeps one revision or task set at its own count, independent of others: starts what is missing, replaces unhealthy
 * tasks and tasks on draining instances (starting first), and stops the surplus.
 */
export function keepCount(
  world: World,
  service: ServiceRecord,
  owner: DeploymentRecord | TaskSetRecord,
  count: number,
  mayLaunch = true,
): void {
  const census = censusOf(world, owner);
  const view: ServiceView = {
    desired: count,
    minimumHealthyPercent: 100,
    maximumPercent: 200,
    occupied: census.occupied,
    leaving: owner.tasks.size - census.wanted,
    primary: { ...sideOf(census, mayLaunch ? holdOf(world, owner) : 'other'), isFailed: false },
    serving: undefined,
    others: NOTHING,
    grown: 0,
  };
  const launches = planLaunches(view);
  const tasks = launches.primary > 0 ? launchForService(world, service, owner, launches.primary) : [];
  const lacksRoom = tasks.length < launches.primary && owner.holds.lacksRoom;
  const placed = { serving: { count: 0, lacksRoom: false }, primary: { count: tasks.length, lacksRoom } };
  if (tasks.length > 0) emitStarted(world, service, tasks, Math.min(census.wanted - census.good, tasks.length), owner);
  stopPlanned(world, service, owner, planStops(view, launches, placed));
}
