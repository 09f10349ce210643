import type { InstanceBefore, InstanceRecord } from '../model/instances/instance-record.ts';
import type { DeploymentRecord } from '../model/services/deployment-record.ts';
import type { ServiceRecord } from '../model/services/service-record.ts';
import type { Census } from '../model/services/task-census.ts';
import type { TaskSetRecord } from '../model/services/task-set-record.ts';
import type { TaskBefore, TaskRecord } from '../model/tasks/task-record.ts';
import type { World } from '../model/world.ts';
import { isOccupying, isPending, isUp, isWanted } from '../store/task-statuses.ts';
import { graceEnd, isHealthy, isHealthyIn, isUnhealthy, presumedAt } from '../tasks/task-health.ts';

export function onDrainingInstance(task: TaskRecord): boolean {
  return task.instance !== undefined && task.instance.status !== 'ACTIVE';
}

/** Whether a task's place stays: its instance does not drain, and AWS does not retire its host. */
function isInPlace(world: World, task: TaskRecord): boolean {
  return !onDrainingInstance(task) && !(world.retiring.size > 0 && world.retiring.has(task));
}

/** Healthy or not yet checked, on a place that stays: it needs no replacement. */
export function isGood(world: World, task: TaskRecord): boolean {
  return isInPlace(world, task) && !isUnhealthy(world, task);
}

/** Counts a task that is meant to stay. */
function countWanted(world: World, census: Census, task: TaskRecord): void {
  const now = world.clock.now();
  const isFailing = isUnhealthy(world, task);
  const isFit = !isFailing && isInPlace(world, task);
  census.wanted += 1;
  if (isFailing) census.unhealthy += 1;
  if (task.startedAt !== undefined) census.hasStarted = true;
  if (isFit) census.good += 1;
  if (isHealthy(world, task)) {
    census.healthy += 1;
    if (isFit) census.goodHealthy += 1;
    return;
  }
  if (isPending(task)) {
    census.starting += 1;
    if (onDrainingInstance(task)) census.pendingOnDraining += 1;
  }
  awaitPresumed(world, census, task);
  const grace = graceEnd(task);
  if (grace > now) census.until = Math.min(census.until, grace);
}

function awaitPresumed(world: World, census: Census, task: TaskRecord): void {
  const presumed = presumedAt(world, task);
  if (presumed <= world.clock.now()) return;
  census.nextPresumed = Math.min(census.nextPresumed, presumed);
  census.until = Math.min(census.until, presumed);
}

function take(world: World, { spec }: ServiceRecord, tasks: Iterable<TaskRecord>): Census {
  const census: Census = {
    spec,
    up: 0,
    occupied: 0,
    wanted: 0,
    good: 0,
    pendingOnDraining: 0,
    unhealthy: 0,
    starting: 0,
    healthy: 0,
    goodHealthy: 0,
    hasStarted: false,
    nextPresumed: Number.POSITIVE_INFINITY,
    until: Number.POSITIVE_INFINITY,
  };
  for (const task of tasks) {
    if (isUp(task)) census.up += 1;
    if (isOccupying(task)) census.occupied += 1;
    if (isWanted(task)) countWanted(world, census, task);
  }
  return census;
}

/** The current counts. */
export function censusOf(world: World, owner: DeploymentRecord | TaskSetRecord): Census {
  const { census, service } = owner;
  if (census !== undefined && census.spec === service.spec && world.clock.now() < census.until) return census;
  owner.census = take(world, service, owner.tasks);
  return owner.census;
}

/** Whether two states of a task differ only in its progress. */
function isOnItsWay(task: TaskRecord, before: TaskBefore): boolean {
  return (
    task.desiredStatus === before.desiredStatus &&
    task.healthStatus === before.healthStatus &&
    task.target === before.target &&
    task.instance === before.instance &&
    task.deployment === before.deployment &&
    task.taskSet === before.taskSet &&
    !onDrainingInstance(task)
  );
}

/**
 * Updates the counts for the usual changes: a wanted task starts to run, or a stopped one leaves. False if everything
 * must be counted again.
 */
function follow(world: World, census: Census, task: TaskRecord, before: TaskBefore): boolean {
  if (!isOnItsWay(task, before)) return false;
  if (isWanted(task)) {
    if (!isUp(before) || !isUp(task) || isHealthy(world, task)) return false;
    if (task.started === before.started) return true;
    census.hasStarted = true;
    census.starting -= 1;
    awaitPresumed(world, census, task);
    return true;
  }
  census.up += Number(isUp(task)) - Number(isUp(before));
  census.occupied += Number(isOccupying(task)) - Number(isOccupying(before));
  return true;
}

/** Counts a new task. */
function followNew(world: World, census: Census, task: TaskRecord): boolean {
  if (!isWanted(task) || !isPending(task) || !isInPlace(world, task)) return false;
  census.up += 1;
  census.occupied += 1;
  census.wanted += 1;
  census.good += 1;
  census.starting += 1;
  return true;
}

/** Counts a healthy task that is stopped while others are healthy, which changes only the numbers. */
function followStop(world: World, census: Census, task: TaskRecord, before: TaskBefore): boolean {
  const isStop =
    before.desiredStatus === 'RUNNING' &&
    task.desiredStatus === 'STOPPED' &&
    task.lastStatus === before.lastStatus &&
    task.healthStatus === before.healthStatus &&
    task.target === before.target &&
    task.instance === before.instance;
  if (!isStop || world.clock.now() >= census.until || census.goodHealthy < 2) return false;
  if (!isHealthyIn(world, task, before) || !isInPlace(world, task)) return false;
  census.wanted -= 1;
  census.good -= 1;
  census.healthy -= 1;
  census.goodHealthy -= 1;
  return true;
}

function forget({ deployment, taskSet }: Pick<TaskBefore, 'deployment' | 'taskSet'>): void {
  if (deployment !== undefined) deployment.census = undefined;
  if (taskSet !== undefined) taskSet.census = undefined;
}

/** Invalidates counts when a task came, left or changed. */
export function observeTaskForCensus(world: World, task: TaskRecord, before: TaskBefore | undefined): void {
  const { census } = task.deployment ?? task.taskSet ?? {};
  if (census !== undefined && before === undefined && followNew(world, census, task)) return;
  if (census !== undefined && before !== undefined) {
    if (follow(world, census, task, before) || followStop(world, census, task, before)) return;
  }
  forget(task);
  if (before !== undefined) forget(before);
}

/** The same when an instance changed its status. */
export function observeInstanceForCensus(instance: InstanceRecord, before: InstanceBefore | undefined): void {
  if (before?.status !== instance.status) for (const task of instance.tasks) forget(task);
}

/** The sum over several owners. */
export function totalOf(
  world: World,
  owners: readonly (DeploymentRecord | TaskSetRecord)[],
): Pick<Census, 'occupied' | 'wanted' | 'healthy' | 'unhealthy' | 'pendingOnDraining'> & { readonly live: number } {
  const total = { occupied: 0, wanted: 0, healthy: 0, unhealthy: 0, pendingOnDraining: 0, live: 0 };
  for (const owner of owners) {
    const { occupied, wanted, healthy, unhealthy, pendingOnDraining } = censusOf(world, owner);
    total.occupied += occupied;
    total.wanted += wanted;
    total.healthy += healthy;
    total.unhealthy += unhealthy;
    total.pendingOnDraining += pendingOnDraining;
    total.live += owner.tasks.size;
  }
  return total;
}

/** When the next task passes its grace period and counts as healthy; Infinity if no task is waiting. */
export function nextPresumedOf(world: World, { deployments, taskSets }: ServiceRecord): number {
  let next = Number.POSITIVE_INFINITY;
  for (const deployment of deployments) next = Math.min(next, censusOf(world, deployment).nextPresumed);
  for (const taskSet of taskSets.values()) next = Math.min(next, censusOf(world, taskSet).nextPresumed);
  return next;
}
