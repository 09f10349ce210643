import type { HealthStatus } from '@aws-sdk/client-ecs';
import { wakeService } from '../services/wake.ts';
import type { ServiceRecord, TaskRecord, World } from '../state.ts';
import type { Containers } from './containers.ts';
import { plan } from './plans.ts';
import { hasTarget } from './targets.ts';
import { changeTask } from './tasks.ts';

/** HEALTHY when all that are checked are, UNHEALTHY when one is, else UNKNOWN. */
function overall({ all }: Containers): HealthStatus {
  const statuses = all.filter(({ recipe }) => recipe.isChecked).map(({ healthStatus }) => healthStatus);
  if (statuses.includes('UNHEALTHY')) return 'UNHEALTHY';
  return statuses.length > 0 && statuses.every((status) => status === 'HEALTHY') ? 'HEALTHY' : 'UNKNOWN';
}

function setHealth(world: World, task: TaskRecord, name: string, healthStatus: HealthStatus): void {
  const containers = task.containers.with(name, { healthStatus });
  changeTask(world, task, { containers, healthStatus: overall(containers) });
}

/** Health checks pass after a while, unless the container's fate is to fail them. */
export function scheduleHealth(world: World, task: TaskRecord): void {
  const { firstHealthy } = world.timings;
  for (const { name, fate, isChecked } of task.taskDefinition.recipes) {
    if (!isChecked) continue;
    const { unhealthyAfter } = fate;
    if (unhealthyAfter === undefined || unhealthyAfter > firstHealthy) {
      plan(world, task, firstHealthy, () => setHealth(world, task, name, 'HEALTHY'));
    }
    if (unhealthyAfter !== undefined) {
      plan(world, task, unhealthyAfter, () => setHealth(world, task, name, 'UNHEALTHY'));
    }
  }
  const { service } = task;
  const grace = graceOf(task);
  if (service !== undefined && grace > 0) plan(world, task, grace, () => wakeService(world, service));
}

/** Of the tasks that need nothing but time to count as healthy: has the scheduler look again when the next one does. */
export function awaitPresumed(world: World, service: ServiceRecord): void {
  const now = world.clock.now();
  const { presumedHealthy, schedulerReaction } = world.timings;
  let soonest = Number.POSITIVE_INFINITY;
  for (const { startedAt, desiredStatus, taskDefinition } of service.tasks) {
    if (startedAt === undefined || desiredStatus !== 'RUNNING' || taskDefinition.isChecked) continue;
    const at = startedAt + presumedHealthy;
    if (at > now && at < soonest) soonest = at;
  }
  if (soonest < Number.POSITIVE_INFINITY) wakeService(world, service, soonest + schedulerReaction);
}

/** How long after its start a task's failing checks are overlooked. */
function graceOf(task: TaskRecord): number {
  return (task.service?.spec.healthCheckGracePeriodSeconds ?? 0) * 1000;
}

/** Whether the scheduler has to replace a task: its container's checks or its load balancer's fail. */
export function isUnhealthy(world: World, task: TaskRecord): boolean {
  const fails = task.healthStatus === 'UNHEALTHY' || task.target?.health === 'unhealthy';
  return fails && world.clock.now() >= (task.startedAt ?? 0) + graceOf(task);
}

/**
 * Whether the scheduler may count on a task: its checks pass and its target is healthy, whichever it has; with neither,
 * once it has been RUNNING for 40 s.
 */
export function isHealthy(world: World, task: TaskRecord): boolean {
  if (task.lastStatus !== 'RUNNING' || task.desiredStatus !== 'RUNNING' || task.startedAt === undefined) return false;
  const isTarget = hasTarget(task);
  if (isTarget && task.target?.health !== 'healthy') return false;
  if (task.taskDefinition.isChecked) return task.healthStatus === 'HEALTHY';
  if (isTarget) return true;
  return world.clock.now() - task.startedAt >= world.timings.presumedHealthy;
}
