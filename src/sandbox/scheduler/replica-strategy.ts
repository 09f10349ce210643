import { countFailures } from '../deployments/circuit-breaker.ts';
import {
  sayScaleInProtected,
  sayStarted,
  sayStopped,
  sayStuck,
  sayTargetUnhealthy,
  sayUnhealthy,
} from '../events/service-events.ts';
import type { DeploymentRecord, ServiceRecord, TaskRecord, World } from '../model/world.ts';
import { censusOf, isGood, onDrainingInstance, totalOf } from '../services/task-census.ts';
import { change } from '../store/eventual-consistency.ts';
import { count, those } from '../store/task-scan.ts';
import { isPending, isWanted } from '../store/task-statuses.ts';
import { stopTask } from '../tasks/stop-task.ts';
import { isHealthy, isUnhealthy } from '../tasks/task-health.ts';
import { flat } from '../util/flat-string.ts';
import { wakeService } from '../wakeups/wake-services.ts';
import { planRolling, type RollingPlan } from './rolling-plan.ts';
import { chooseToStop } from './scale-in-order.ts';
import { launchForService, setDesired } from './service-launch.ts';

interface Squads {
  readonly wanted: TaskRecord[];
  /** Those of the newest deployment that need not be replaced, and all others. */
  readonly fresh: TaskRecord[];
  readonly retiring: TaskRecord[];
}

function sortOut(world: World, service: ServiceRecord, primary: DeploymentRecord): Squads {
  const squads: Squads = { wanted: [], fresh: [], retiring: [] };
  for (const task of service.tasks) {
    if (!isWanted(task)) continue;
    const isFresh = task.deployment === primary && isGood(world, task);
    squads.wanted.push(task);
    (isFresh ? squads.fresh : squads.retiring).push(task);
  }
  return squads;
}

function scalingReason({ deployment, taskSet }: TaskRecord): string {
  const owner = taskSet === undefined ? `deployment ${deployment?.id ?? ''}` : `taskSet ${taskSet.id}`;
  return flat(`Scaling activity initiated by (${owner})`);
}

/** Why an unhealthy task is given up, told in an event. */
function failureReason(world: World, service: ServiceRecord, task: TaskRecord): string {
  if (task.healthStatus === 'UNHEALTHY') {
    sayUnhealthy(world, service, task);
    return 'Task failed container health checks';
  }
  sayTargetUnhealthy(world, service, task);
  return `Task failed ELB health checks in (target-group ${task.target?.targetGroupArn ?? ''})`;
}

export function stopForService(world: World, service: ServiceRecord, tasks: readonly TaskRecord[]): void {
  if (tasks.length === 0) return;
  let scaling: { readonly first: TaskRecord; readonly reason: string } | undefined;
  for (const task of tasks) {
    const { deployment, taskSet } = task;
    const isFailure = isUnhealthy(world, task);
    if (isFailure && deployment?.rolloutState === 'IN_PROGRESS') countFailures(world, deployment, 1);
    if (scaling?.first.deployment !== deployment || scaling?.first.taskSet !== taskSet) scaling = undefined;
    scaling ??= { first: task, reason: scalingReason(task) };
    const reason = isFailure ? failureReason(world, service, task) : scaling.reason;
    stopTask(world, task, 'ServiceSchedulerInitiated', reason);
  }
  sayStopped(world, service, tasks);
}

/** Fewer tasks can be stopped than should be, because others are protected: told once, until the service is steady again. */
export function tellProtected(world: World, service: ServiceRecord, id: string): void {
  if (service.protectionSaid) return;
  service.protectionSaid = true;
  sayScaleInProtected(world, service, id);
}

/** Healthy tasks under protection are passed over; when the protection ends, the scheduler looks again. */
export function unprotected(world: World, service: ServiceRecord, tasks: readonly TaskRecord[]): TaskRecord[] {
  const now = world.clock.now();
  return tasks.filter((task) => {
    if (task.protectedUntil === undefined || task.protectedUntil <= now || isUnhealthy(world, task)) return true;
    wakeService(world, service, task.protectedUntil);
    return false;
  });
}

/** Who goes first: what is not healthy, then by balance over zones and instances. */
function choose(world: World, squads: Squads, from: readonly TaskRecord[], most: number): TaskRecord[] {
  const sick: TaskRecord[] = [];
  const sound: TaskRecord[] = [];
  for (const task of from) (isHealthy(world, task) ? sound : sick).push(task);
  const first = chooseToStop(sick, squads.wanted, most);
  return [...first, ...chooseToStop(sound, squads.wanted, most - first.length)];
}

/** PENDING tasks on a draining instance go at once, whatever the percentages say. */
function clearDraining(world: World, service: ServiceRecord): void {
  if (totalOf(world, service.deployments).pendingOnDraining === 0) return;
  const isPendingThere = (task: TaskRecord): boolean => isWanted(task) && isPending(task) && onDrainingInstance(task);
  stopForService(world, service, those(service.tasks, isPendingThere));
}

/** What the service still wants of its older deployments, given how far the new one has come. */
function shrinkOld(world: World, service: ServiceRecord, freshHealthy: number): void {
  let left = Math.max(0, service.desiredCount - freshHealthy);
  for (const old of service.deployments.slice(1)) {
    const kept = Math.min(old.desiredCount, left);
    setDesired(world, old, kept);
    left -= kept;
  }
}

/** An older deployment that had completed gets back what it lost, on its own revision, where there is room. */
function replaceOld(world: World, service: ServiceRecord): TaskRecord[] {
  const launched: TaskRecord[] = [];
  if (service.deployments.length < 2) return launched;
  const room = ceilingOf(service) - totalOf(world, service.deployments).up;
  if (room <= 0) return launched;
  for (const old of service.deployments.slice(1)) {
    if (old.rolloutState !== 'COMPLETED') continue;
    const missing = Math.min(old.desiredCount - censusOf(world, old).good, room - launched.length);
    if (missing > 0) launched.push(...launchForService(world, service, old, missing));
  }
  return launched;
}

export function ceilingOf(service: ServiceRecord): number {
  return Math.floor((service.desiredCount * (service.spec.deploymentConfiguration.maximumPercent ?? 200)) / 100);
}

function launchPlanned(world: World, service: ServiceRecord, primary: DeploymentRecord, plan: RollingPlan): void {
  const isHeld = service.heldUntil > world.clock.now();
  if (isHeld) wakeService(world, service, service.heldUntil);
  if (isHeld) return;
  const mayLaunch = plan.launch > 0 && primary.rolloutState !== 'FAILED';
  const launched = mayLaunch ? launchForService(world, service, primary, plan.launch) : [];
  launched.push(...replaceOld(world, service));
  if (launched.length === 0) return;
  const sick = count(primary.tasks, (task) => isWanted(task) && isUnhealthy(world, task));
  sayStarted(world, service, launched, Math.min(sick, launched.length));
}

function stopPlanned(world: World, service: ServiceRecord, primary: DeploymentRecord, plan: RollingPlan): void {
  if (plan.surplus === 0 && plan.stop === 0) return;
  const squads = sortOut(world, service, primary);
  // The task that zone rebalancing has started is above the count until rebalancing has stopped another one.
  const fresh = squads.fresh.filter((task) => task !== service.rebalancing.extra);
  const surplus = Math.min(plan.surplus, plan.surplus - (squads.fresh.length - fresh.length));
  if (surplus > 0) {
    const spare = unprotected(world, service, fresh);
    if (spare.length < surplus) tellProtected(world, service, service.deployments[0]?.id ?? '');
    stopForService(world, service, choose(world, squads, spare, Math.min(surplus, spare.length)));
  }
  if (plan.stop === 0) return;
  const goers = choose(world, squads, unprotected(world, service, squads.retiring), plan.stop);
  for (const old of service.deployments.slice(1)) {
    const going = goers.filter((task) => task.deployment === old).length;
    setDesired(world, old, Math.max(0, old.desiredCount - going));
  }
  stopForService(world, service, goers);
}

function tellWhenStuck(world: World, service: ServiceRecord, primary: DeploymentRecord): void {
  const { up, wanted, healthy } = totalOf(world, service.deployments);
  const isQuiet = up === wanted && wanted === healthy;
  if (!isQuiet || primary.stuckSaid) return;
  change(world, primary, { stuckSaid: true });
  sayStuck(world, service);
}

/** One look at a REPLICA service: a rolling step, which is also how drains and unhealthy tasks are dealt with. */
export function reconcileReplicas(world: World, service: ServiceRecord, primary: DeploymentRecord): void {
  clearDraining(world, service);
  setDesired(world, primary, service.desiredCount);
  const { minimumHealthyPercent = 100, maximumPercent = 200 } = service.spec.deploymentConfiguration;
  const { up, wanted, healthy } = totalOf(world, service.deployments);
  const { good: fresh, goodHealthy: freshHealthy } = censusOf(world, primary);
  const plan = planRolling({
    desired: service.desiredCount,
    minimumHealthyPercent,
    maximumPercent,
    occupied: up,
    healthy,
    fresh,
    freshHealthy,
    retiring: wanted - fresh,
    retiringUnhealthy: wanted - fresh - (healthy - freshHealthy),
  });
  stopPlanned(world, service, primary, primary.rolloutState === 'FAILED' ? { ...plan, stop: 0 } : plan);
  shrinkOld(world, service, freshHealthy);
  launchPlanned(world, service, primary, plan);
  if (plan.isStuck) tellWhenStuck(world, service, primary);
}
