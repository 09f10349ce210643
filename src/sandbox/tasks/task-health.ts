import type { HealthStatus } from '@aws-sdk/client-ecs';
import type { ContainerRecipe } from '../model/tasks/container-recipe.ts';
import type { Containers } from '../model/tasks/containers.ts';
import type { TaskRecord } from '../model/tasks/task-record.ts';
import type { World } from '../model/world.ts';
import { timingsOf } from '../store/timings-of.ts';
import { dueAction } from '../time/due-action.ts';
import { plan } from '../wakeups/task-timers.ts';
import { wakeService } from '../wakeups/wake-services.ts';
import { changeTask } from './add-task.ts';
import { hasTarget } from './load-balancer-targets.ts';

/** HEALTHY if all checked containers are, UNHEALTHY if one is, else UNKNOWN. */
export function healthOf({ all }: Containers): HealthStatus {
  const statuses = all.filter(({ recipe }) => recipe.isChecked).map(({ healthStatus }) => healthStatus);
  if (statuses.includes('UNHEALTHY')) return 'UNHEALTHY';
  return statuses.length > 0 && statuses.every((status) => status === 'HEALTHY') ? 'HEALTHY' : 'UNKNOWN';
}

export function setHealth(world: World, task: TaskRecord, name: string, healthStatus: HealthStatus): void {
  const containers = task.containers.with(name, { healthStatus });
  changeTask(world, task, { containers, healthStatus: healthOf(containers) });
}

/** Health checks pass after a while, unless the container is set to fail them. */
export function scheduleHealth(world: World, task: TaskRecord): void {
  for (const recipe of task.taskDefinition.recipes) if (recipe.isChecked) scheduleChecks(world, task, recipe);
  scheduleGrace(world, task);
}

/** Wakes the scheduler when a task's grace period ends. */
export function scheduleGrace(world: World, task: TaskRecord): void {
  if (graceOf(task) > 0) plan(world, task, graceOf(task), wakeOwner, task);
}

function scheduleChecks(world: World, task: TaskRecord, { name, fate }: ContainerRecipe): void {
  const { unhealthyAfter, healthyAfter: firstHealthy = timingsOf(world, task).firstHealthy } = fate;
  if (unhealthyAfter === undefined || unhealthyAfter > firstHealthy) {
    plan(world, task, firstHealthy, settleCheck, { task, name, health: 'HEALTHY' });
  }
  if (unhealthyAfter !== undefined) {
    plan(world, task, unhealthyAfter, settleCheck, { task, name, health: 'UNHEALTHY' });
  }
}

interface Check {
  readonly task: TaskRecord;
  readonly name: string;
  readonly health: HealthStatus;
}

export const settleCheck = dueAction('task.settleCheck', (world: World, { task, name, health }: Check) => {
  setHealth(world, task, name, health);
});

const wakeOwner = dueAction('task.endGrace', (world: World, { service }: TaskRecord) => {
  if (service !== undefined) wakeService(world, service);
});

/** When a wanted task will have been RUNNING for long enough; Infinity if more than time decides. */
export function presumedAt(world: World, task: TaskRecord): number {
  const { startedAt, taskDefinition } = task;
  if (startedAt === undefined || taskDefinition.isChecked || hasTarget(task)) return Number.POSITIVE_INFINITY;
  return startedAt + world.timings.presumedHealthy;
}

/** How long after its start a task's failing checks are ignored. */
function graceOf(task: TaskRecord): number {
  return (task.service?.spec.healthCheckGracePeriodSeconds ?? 0) * 1000;
}

/** Until when failing checks of a task are ignored. */
export function graceEnd(task: TaskRecord): number {
  return (task.startedAt ?? 0) + graceOf(task);
}

/** Whether the scheduler must replace a task: its container's or its load balancer's checks fail. */
export function isUnhealthy(world: World, task: TaskRecord): boolean {
  const fails = task.healthStatus === 'UNHEALTHY' || task.target?.health === 'unhealthy';
  return fails && world.clock.now() >= graceEnd(task);
}

type Health = Pick<TaskRecord, 'lastStatus' | 'desiredStatus' | 'started' | 'target' | 'healthStatus'>;

/**
 * Whether the scheduler counts a task as healthy: its checks pass and its target is healthy, as far as it has them;
 * without both, after 40 s of RUNNING.
 */
export function isHealthy(world: World, task: TaskRecord): boolean {
  return isHealthyIn(world, task, task);
}

/** The same for an earlier state of the task. */
export function isHealthyIn(
  world: World,
  task: TaskRecord,
  { lastStatus, desiredStatus, started, target, healthStatus }: Health,
): boolean {
  if (lastStatus !== 'RUNNING' || desiredStatus !== 'RUNNING' || started === undefined) return false;
  const isTarget = hasTarget(task);
  if (isTarget && target?.health !== 'healthy') return false;
  if (task.taskDefinition.isChecked) return healthStatus === 'HEALTHY';
  if (isTarget) return true;
  return world.clock.now() - task.bornAt - started >= world.timings.presumedHealthy;
}
