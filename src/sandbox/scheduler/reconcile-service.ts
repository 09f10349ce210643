import { countFailures, failureThreshold } from '../deployments/circuit-breaker.ts';
import { ringingAlarms } from '../deployments/deployment-alarms.ts';
import { completeDeployment, hasBegun, requestStop } from '../deployments/deployment-lifecycle.ts';
import {
  alarmFailure,
  breakerFailure,
  type Failure,
  failDeployment,
  plainFailure,
  tripBreaker,
} from '../deployments/rollback.ts';
import { emitImpaired, emitSteady } from '../events/service-events.ts';
import type { DeploymentRecord } from '../model/services/deployment-record.ts';
import type { ServiceRecord } from '../model/services/service-record.ts';
import type { TaskSetRecord } from '../model/services/task-set-record.ts';
import type { TaskRecord } from '../model/tasks/task-record.ts';
import type { World } from '../model/world.ts';
import { controllerOf } from '../services/deployment-controllers.ts';
import { censusOf, nextPresumedOf, totalOf } from '../services/task-census.ts';
import { change } from '../store/eventual-consistency.ts';
import { some } from '../store/task-scan.ts';
import { isUp, isWanted } from '../store/task-statuses.ts';
import { emitTargetChangesOnce } from '../tasks/load-balancer-targets.ts';
import { stopTask } from '../tasks/stop-task.ts';
import { isHealthy } from '../tasks/task-health.ts';
import { dueAction } from '../time/due-action.ts';
import { wakeService } from '../wakeups/wake-services.ts';
import { reconcileDaemon } from './daemon-strategy.ts';
import { holdStarts } from './launch-holds.ts';
import { reconcilePaused } from './paused-services.ts';
import { reconcileBalance } from './rebalancing.ts';
import { reconcileReplicas } from './replica-strategy.ts';
import { isBaked, isDoneEarly, stopOldTasks } from './rolling-end.ts';
import { holdStill, isStaged, keepSides, reconcileStages } from './staged-deployments.ts';
import { areTaskSetsSteady, reconcileTaskSets } from './task-sets.ts';

/** Reconciles a service: starts, stops, completes, fails or rolls back. */
export function reconcile(world: World, service: ServiceRecord): void {
  act(world, service);
  const nextPresumed = nextPresumedOf(world, service);
  if (nextPresumed < Number.POSITIVE_INFINITY)
    wakeService(world, service, nextPresumed + world.timings.schedulerReaction);
}

function act(world: World, service: ServiceRecord): void {
  if (service.status === 'INACTIVE') return;
  if (service.pausedUntil > world.clock.now() && reconcilePaused(world, service)) return;
  emitTargetChangesOnce(world, service);
  if (service.status === 'DRAINING') {
    drainService(world, service);
    return;
  }
  if (controllerOf(service) !== 'ECS') {
    reconcileControlled(world, service);
    return;
  }
  const [primary] = service.deployments;
  if (primary === undefined) return;
  if (!hasBegun(world, service, primary)) return;
  accountEnded(world, service, primary);
  const failure = failureOf(world, service, primary);
  if (failure !== undefined) {
    failDeployment(world, service, primary, failure);
    return;
  }
  scheduleTasks(world, service, primary);
  dropEmptyDeployments(world, service);
  if (isStaged(primary)) reconcileStages(world, service, primary);
  settle(world, service, primary);
  reconcileBalance(world, service, primary);
}

/** Starts and stops tasks: one revision after the other, or in parallel while traffic is shifted. */
function scheduleTasks(world: World, service: ServiceRecord, primary: DeploymentRecord): void {
  const { traffic, plan, step } = primary.serviceDeployment;
  const isHeld = traffic === undefined && (step < 0 || plan[step]?.stage === 'PRE_SCALE_UP');
  if (service.schedulingStrategy === 'DAEMON') reconcileDaemon(world, service, primary);
  else if (isStaged(primary) && (traffic !== undefined || isHeld)) keepSides(world, service, primary);
  else if (traffic !== undefined && primary.rolloutState === 'FAILED') holdStill(world, service);
  else reconcileReplicas(world, service, primary);
}

/** The first reason for the deployment to fail: a request to stop it, its breaker, its alarms. */
function failureOf(world: World, service: ServiceRecord, primary: DeploymentRecord): Failure | undefined {
  const record = primary.serviceDeployment;
  if (record.status === 'ROLLBACK_REQUESTED') return plainFailure('of a StopServiceDeployment request.');
  if (primary.rolloutState !== 'IN_PROGRESS') return undefined;
  if (hasTripped(service, primary)) {
    tripBreaker(world, record);
    return breakerFailure(record);
  }
  const ringing = record.status === 'IN_PROGRESS' ? ringingAlarms(world, record) : [];
  return ringing.length > 0 ? alarmFailure(record, ringing) : undefined;
}

/** A service whose task sets a client creates and scales. */
function reconcileControlled(world: World, service: ServiceRecord): void {
  const { ended } = service;
  service.ended = [];
  for (const taskSet of service.taskSets.values()) {
    const own = ended.filter((task) => task.taskSet === taskSet);
    if (own.length > 0) accountStarts(world, service, taskSet, own);
  }
  reconcileTaskSets(world, service);
  setSteady(world, service, areTaskSetsSteady(service));
}

/** DRAINING: its tasks are stopped; INACTIVE once all of them are stopping. */
function drainService(world: World, service: ServiceRecord): void {
  for (const { serviceDeployment } of service.deployments) {
    requestStop(world, serviceDeployment, 'The service was deleted.');
  }
  for (const task of [...service.tasks]) {
    const id = task.deployment?.id ?? service.deployments[0]?.id ?? '';
    stopTask(world, task, 'ServiceSchedulerInitiated', `Scaling activity initiated by (deployment ${id})`);
  }
  if (some(service.tasks, isUp)) return;
  const { taskDefinition } = service.spec;
  taskDefinition?.services.delete(service);
  world.clock.cancel(service.steadyRepeat);
  service.taskSets.clear();
  service.cluster.daemonServices.delete(service);
  change(world, service, { status: 'INACTIVE', deployments: [] });
  world.clock.after(world.timings.keepInactiveService, forgetService, world, service);
}

const forgetService = dueAction('service.forget', (_: World, service: ServiceRecord) => {
  const { services } = service.cluster;
  if (services.get(service.name) === service) services.delete(service.name);
});

/**
 * Counts tasks that ended on their own before they ran. AWS: once a task of the deployment runs, the count is 0 and
 * only failed health checks count; `resetOnHealthyTask: false` counts all of them to the end.
 */
function accountEnded(world: World, service: ServiceRecord, primary: DeploymentRecord): void {
  const { ended } = service;
  const census = censusOf(world, primary);
  const countsAll = breakerOf(primary)?.resetOnHealthyTask === false;
  if (!primary.hasRun && (census.hasStarted || ended.some((t) => t.deployment === primary && hasStarted(t)))) {
    change(world, primary, { hasRun: true, ...(countsAll ? {} : { failedTasks: 0 }) });
  }
  if (ended.length > 0) {
    for (const deployment of service.deployments) {
      const own = ended.filter((task) => task.deployment === deployment);
      const failures = own.length === 0 ? 0 : accountStarts(world, service, deployment, own);
      const counts = deployment === primary && primary.rolloutState !== 'COMPLETED' && (!primary.hasRun || countsAll);
      if (failures > 0 && counts) countFailures(world, primary, failures);
    }
    service.ended = [];
  }
  if (census.healthy > primary.healthyTasks) forgiveFailures(world, primary);
  primary.healthyTasks = census.healthy;
}

/** Holds the launches of a deployment or task set all of whose tasks end before they run; returns how many did. */
function accountStarts(
  world: World,
  service: ServiceRecord,
  owner: DeploymentRecord | TaskSetRecord,
  ended: readonly TaskRecord[],
): number {
  const failures = ended.filter((task) => !hasStarted(task) && isFailure(task)).length;
  if (failures < ended.length && ended.some(hasStarted)) owner.holds.failedStarts = 0;
  if (failures > 0 && holdStarts(world, owner)) emitImpaired(world, service);
  return failures;
}

function hasStarted(task: TaskRecord): boolean {
  return task.startedAt !== undefined;
}

function isFailure(task: TaskRecord): boolean {
  return task.stopCode === 'TaskFailedToStart' || task.stopCode === 'EssentialContainerExited';
}

function breakerOf({ serviceDeployment }: DeploymentRecord) {
  return serviceDeployment.deploymentConfiguration.deploymentCircuitBreaker;
}

function forgiveFailures(world: World, deployment: DeploymentRecord): void {
  deployment.holds.failedStarts = 0;
  if (deployment.failedTasks === 0 || breakerOf(deployment)?.resetOnHealthyTask === false) return;
  countFailures(world, deployment, -deployment.failedTasks);
}

function hasTripped(service: ServiceRecord, primary: DeploymentRecord): boolean {
  const breaker = breakerOf(primary);
  if (breaker?.enable !== true || primary.rolloutState !== 'IN_PROGRESS') return false;
  return primary.failedTasks >= failureThreshold(breaker, service.desiredCount);
}

/** A replaced deployment leaves the list with its last task, unless it can still be a rollback target. */
function dropEmptyDeployments(world: World, service: ServiceRecord): void {
  const [primary] = service.deployments;
  const stays = (item: DeploymentRecord): boolean =>
    item === primary ||
    (item.rolloutState === 'COMPLETED' && primary?.rolloutState !== 'COMPLETED') ||
    item.tasks.size > 0;
  const kept = service.deployments.filter(stays);
  if (kept.length === service.deployments.length) return;
  for (const gone of service.deployments) if (!stays(gone)) change(world, gone, { status: 'INACTIVE' });
  change(world, service, { deployments: kept });
}

/**
 * Whether everything is as wanted: the count, all tasks of the newest deployment and healthy, and older tasks STOPPED.
 * Recordings of 2021 and 2026 have 22 s and 64 s from "has stopped" to "deployment completed".
 */
function isAsWanted(world: World, service: ServiceRecord, primary: DeploymentRecord): boolean {
  const own = censusOf(world, primary);
  const others = totalOf(world, service.deployments.slice(1));
  const { extra } = service.rebalancing;
  // The extra task of zone rebalancing does not count.
  const isExtra = extra !== undefined && isWanted(extra) && extra.deployment === primary;
  const wanted = own.wanted - Number(isExtra);
  const healthy = own.healthy - Number(isExtra && isHealthy(world, extra));
  const isReady = wanted === service.desiredCount && healthy === wanted;
  return isReady && others.live === 0;
}

/** Completes the rollout when everything is as wanted, and reports when the service becomes steady. */
function settle(world: World, service: ServiceRecord, primary: DeploymentRecord): void {
  const fits = isAsWanted(world, service, primary);
  if (primary.rolloutState === 'IN_PROGRESS' && !isStaged(primary)) {
    const isDone = fits || isDoneEarly(world, service, primary);
    if (isDone && isBaked(world, primary)) {
      if (fits || stopOldTasks(world, service, primary)) completeDeployment(world, service, primary);
    }
  }
  setSteady(world, service, fits && primary.rolloutState === 'COMPLETED');
}

function setSteady(world: World, service: ServiceRecord, steady: boolean): void {
  if (steady && !service.steady) announceSteady(world, service);
  if (!steady && service.steady) {
    world.clock.cancel(service.steadyRepeat);
    service.steadyRepeat = undefined;
  }
  service.steady = steady;
  if (steady) service.isProtectionEmitted = false;
}

const announceSteady = dueAction('service.announceSteady', (world: World, service: ServiceRecord) => {
  emitSteady(world, service);
  service.steadyRepeat = world.clock.after(world.timings.steadyRepeat, announceSteady, world, service);
});
