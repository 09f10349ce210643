import { countFailures } from '../deployments/circuit-breaker.ts';
import {
  emitScaleInProtected,
  emitStarted,
  emitStopped,
  emitStuck,
  emitTargetUnhealthy,
  emitUnhealthy,
} from '../events/service-events.ts';
import type { DeploymentRecord } from '../model/services/deployment-record.ts';
import type { ServiceRecord } from '../model/services/service-record.ts';
import type { Census } from '../model/services/task-census.ts';
import type { TaskEnd, TaskRecord } from '../model/tasks/task-record.ts';
import type { World } from '../model/world.ts';
import { censusOf, isGood, onDrainingInstance, totalOf } from '../services/task-census.ts';
import { change } from '../store/eventual-consistency.ts';
import { filterTasks } from '../store/task-scan.ts';
import { isPending, isWanted } from '../store/task-statuses.ts';
import { RETIRED, stopTask, stopTaskWith } from '../tasks/stop-task.ts';
import { isHealthy, isUnhealthy } from '../tasks/task-health.ts';
import { flat } from '../util/flat-string.ts';
import { wakeService } from '../wakeups/wake-services.ts';
import { holdOf } from './launch-holds.ts';
import { planLaunches, planStops, type ServiceView, type Side, type StopPlan } from './rolling-plan.ts';
import { chooseToStop, stopRulesOf } from './scale-in-order.ts';
import { launchForService, setDesired } from './service-launch.ts';

function scalingReason({ deployment, taskSet }: TaskRecord): string {
  const owner = taskSet === undefined ? `deployment ${deployment?.id ?? ''}` : `taskSet ${taskSet.id}`;
  return flat(`Scaling activity initiated by (${owner})`);
}

/** Why an unhealthy task is replaced, for its event. */
function failureReason(world: World, service: ServiceRecord, task: TaskRecord): string {
  if (task.healthStatus === 'UNHEALTHY') {
    emitUnhealthy(world, service, task);
    return 'Task failed container health checks';
  }
  emitTargetUnhealthy(world, service, task);
  return `Task failed ELB health checks in (target-group ${task.target?.targetGroupArn ?? ''})`;
}

export function stopForService(world: World, service: ServiceRecord, tasks: readonly TaskRecord[]): void {
  if (tasks.length === 0) return;
  let scaling: { readonly first: TaskRecord; readonly end: TaskEnd } | undefined;
  for (const task of tasks) {
    const { deployment, taskSet } = task;
    const isFailure = isUnhealthy(world, task);
    if (isFailure && deployment?.rolloutState === 'IN_PROGRESS') countFailures(world, deployment, 1);
    if (scaling?.first.deployment !== deployment || scaling?.first.taskSet !== taskSet) scaling = undefined;
    scaling ??= { first: task, end: { stopCode: 'ServiceSchedulerInitiated', stoppedReason: scalingReason(task) } };
    const isRetired = world.retiring.size > 0 && world.retiring.has(task);
    if (isFailure) stopTask(world, task, 'ServiceSchedulerInitiated', failureReason(world, service, task));
    else if (isRetired) stopTask(world, task, 'ServiceSchedulerInitiated', RETIRED);
    else stopTaskWith(world, task, scaling.end);
  }
  emitStopped(world, service, tasks);
}

/** Protected tasks block scale-in. The event is emitted once, until the service is steady again. */
export function emitProtectedOnce(world: World, service: ServiceRecord, id: string): void {
  if (service.isProtectionEmitted) return;
  service.isProtectionEmitted = true;
  emitScaleInProtected(world, service, id);
}

/** Skips protected healthy tasks; the scheduler is woken when their protection ends. */
export function unprotected(world: World, service: ServiceRecord, tasks: readonly TaskRecord[]): TaskRecord[] {
  const now = world.clock.now();
  return tasks.filter((task) => {
    if (task.protectedUntil === undefined || task.protectedUntil <= now || isUnhealthy(world, task)) return true;
    wakeService(world, service, task.protectedUntil);
    return false;
  });
}

/** PENDING tasks on a draining instance stop at once, whatever the percentages are. */
function clearDraining(world: World, service: ServiceRecord): void {
  if (totalOf(world, service.deployments).pendingOnDraining === 0) return;
  const isPendingThere = (task: TaskRecord): boolean => isWanted(task) && isPending(task) && onDrainingInstance(task);
  stopForService(world, service, filterTasks(service.tasks, isPendingThere));
}

/** The counts of one deployment for the arithmetic of rolling deployments. */
export function sideOf(census: Census, hold: Side['hold']): Side {
  const { wanted, good, goodHealthy, healthy, unhealthy, starting } = census;
  return { wanted, good, goodHealthy, healthy, unhealthy, starting, hold };
}

/** The completed revision that serves while a newer one is rolled out, if there is one. */
export function servingOf({ deployments, lastCompleted }: ServiceRecord): DeploymentRecord | undefined {
  const [primary, ...older] = deployments;
  return lastCompleted !== primary && older.includes(lastCompleted as DeploymentRecord) ? lastCompleted : undefined;
}

function viewOf(world: World, service: ServiceRecord, primary: DeploymentRecord): ServiceView {
  const serving = servingOf(service);
  const { minimumHealthyPercent = 100, maximumPercent = 200 } = service.spec.deploymentConfiguration;
  const { occupied, wanted, live } = totalOf(world, service.deployments);
  const others = totalOf(
    world,
    service.deployments.filter((item) => item !== primary && item !== serving),
  );
  return {
    desired: service.desiredCount,
    minimumHealthyPercent,
    maximumPercent,
    occupied,
    leaving: live - wanted,
    primary: {
      ...sideOf(censusOf(world, primary), holdOf(world, primary)),
      isFailed: primary.rolloutState === 'FAILED',
    },
    serving:
      serving === undefined
        ? undefined
        : { ...sideOf(censusOf(world, serving), holdOf(world, serving)), desired: serving.desiredCount },
    others,
    grown: Math.max(0, service.desiredCount - service.plannedCount),
  };
}

interface Groups {
  /** All tasks that are meant to stay. */
  readonly wanted: readonly TaskRecord[];
  /** Tasks of the PRIMARY deployment that need no replacement. */
  readonly good: readonly TaskRecord[];
  readonly unhealthy: readonly TaskRecord[];
  /** All other tasks: of older revisions, or on a place that goes away. */
  readonly retiring: readonly TaskRecord[];
}

function sortOut(world: World, service: ServiceRecord, primary: DeploymentRecord): Groups {
  const groups = { wanted: [], good: [], unhealthy: [], retiring: [] } as Record<keyof Groups, TaskRecord[]>;
  for (const task of service.tasks) {
    if (!isWanted(task)) continue;
    groups.wanted.push(task);
    if (isUnhealthy(world, task)) groups.unhealthy.push(task);
    else if (task.deployment === primary && isGood(world, task)) groups.good.push(task);
    else groups.retiring.push(task);
  }
  return groups;
}

/** Chooses this many tasks, from the first group first; within a group by the service's rules. */
function chooseInTurn(
  world: World,
  service: ServiceRecord,
  groups: readonly (readonly TaskRecord[])[],
  peers: readonly TaskRecord[],
  count: number,
  providers?: Parameters<typeof stopRulesOf>[3],
): TaskRecord[] {
  const rules = stopRulesOf(world, service, peers[0]?.launchType === 'FARGATE', providers);
  const chosen: TaskRecord[] = [];
  for (const group of groups) chosen.push(...chooseToStop(rules, group, peers, count - chosen.length));
  return chosen;
}

/**
 * Chooses tasks for scale-in of a revision: not yet healthy ones first, then by strategy and shares of capacity
 * providers.
 */
export function chooseSurplus(
  world: World,
  service: ServiceRecord,
  owner: { readonly id: string; readonly spec: DeploymentRecord['spec'] },
  good: readonly TaskRecord[],
  count: number,
): TaskRecord[] {
  const spare = unprotected(world, service, good);
  if (spare.length < count) emitProtectedOnce(world, service, owner.id);
  const isSound = (task: TaskRecord): boolean => isHealthy(world, task);
  const groups = [spare.filter((task) => !isSound(task)), spare.filter(isSound)];
  return chooseInTurn(world, service, groups, good, count, owner.spec.capacityProviderStrategy);
}

/**
 * Chooses which tasks to replace first: unhealthy ones, then tasks of revisions that never completed or on a place that
 * goes away.
 */
export function chooseReplaced(
  world: World,
  service: ServiceRecord,
  retiring: readonly TaskRecord[],
  wanted: readonly TaskRecord[],
  count: number,
): TaskRecord[] {
  const serving = servingOf(service);
  const groups: [TaskRecord[], TaskRecord[], TaskRecord[]] = [[], [], []];
  for (const task of unprotected(world, service, retiring)) {
    if (!isHealthy(world, task)) groups[0].push(task);
    else groups[task.deployment === serving && isGood(world, task) ? 2 : 1].push(task);
  }
  return chooseInTurn(world, service, groups, wanted, count);
}

function launch(world: World, service: ServiceRecord, owner: DeploymentRecord | undefined, count: number) {
  if (owner === undefined || count === 0) return { tasks: [], count: 0, lacksRoom: false };
  const tasks = launchForService(world, service, owner, count);
  return { tasks, count: tasks.length, lacksRoom: tasks.length < count && owner.holds.lacksRoom };
}

function stopPlanned(
  world: World,
  service: ServiceRecord,
  primary: DeploymentRecord,
  plan: StopPlan,
  servingMissing: number,
): void {
  const { surplus, replaced, unhealthy } = plan;
  if (surplus + replaced + unhealthy.primary + unhealthy.serving + unhealthy.others === 0) return;
  const groups = sortOut(world, service, primary);
  // The extra task of zone rebalancing exceeds the count until another task has stopped.
  const good = groups.good.filter((task) => task !== service.rebalancing.extra);
  const above = surplus - (groups.good.length - good.length);
  if (above > 0) stopForService(world, service, chooseSurplus(world, service, primary, good, above));
  const serving = servingOf(service);
  const failing = { primary: [], serving: [], others: [] } as Record<keyof StopPlan['unhealthy'], TaskRecord[]>;
  for (const task of groups.unhealthy) {
    const side = task.deployment === primary ? 'primary' : task.deployment === serving ? 'serving' : 'others';
    failing[side].push(task);
  }
  const goers = [
    ...failing.primary.slice(0, unhealthy.primary),
    ...failing.serving.slice(0, unhealthy.serving),
    ...failing.others.slice(0, unhealthy.others),
    ...chooseReplaced(world, service, groups.retiring, groups.wanted, replaced),
  ];
  if (serving !== undefined) {
    const isGoing = (task: TaskRecord): boolean => task.deployment === serving && isGood(world, task);
    const left = censusOf(world, serving).good - goers.filter(isGoing).length;
    setDesired(world, serving, Math.min(serving.desiredCount, left + servingMissing));
  }
  stopForService(world, service, goers);
}

function emitStuckOnce(world: World, service: ServiceRecord, primary: DeploymentRecord): void {
  if (primary.isStuckEmitted) return;
  change(world, primary, { isStuckEmitted: true });
  emitStuck(world, service);
}

/** Reconciles a REPLICA service: a rolling step, which also handles drains and unhealthy tasks. */
export function reconcileReplicas(world: World, service: ServiceRecord, primary: DeploymentRecord): void {
  clearDraining(world, service);
  setDesired(world, primary, service.desiredCount);
  const view = viewOf(world, service, primary);
  const serving = servingOf(service);
  service.plannedCount = service.desiredCount;
  const launches = planLaunches(view);
  if (serving !== undefined) setDesired(world, serving, launches.servingTarget);
  const placed = {
    serving: launch(world, service, serving, launches.serving),
    primary: launch(world, service, primary, launches.primary),
  };
  const launched = [...placed.serving.tasks, ...placed.primary.tasks];
  if (launched.length > 0) {
    const failing = view.primary.unhealthy + (view.serving?.unhealthy ?? 0);
    emitStarted(world, service, launched, Math.min(failing, launched.length));
  }
  const stops = planStops(view, launches, placed);
  stopPlanned(world, service, primary, stops, Math.max(0, launches.missing.serving - placed.serving.count));
  if (stops.isStuck) emitStuckOnce(world, service, primary);
}
