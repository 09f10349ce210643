import type { Container, ContainerDefinition, HealthStatus } from '@aws-sdk/client-ecs';
import { plan } from './plans.ts';
import type { TaskRecord, World } from './state.ts';
import { hasTarget } from './targets.ts';
import { changeTask } from './tasks.ts';
import type { Wire } from './types.ts';
import { wakeService } from './wake.ts';

/** The essential containers that have a health check: these decide on the task. */
function checked(task: TaskRecord): string[] {
  const definitions = task.taskDefinition.definition.containerDefinitions ?? [];
  return definitions.filter(isChecked).map((definition) => definition.name ?? '');
}

function isChecked({ essential, healthCheck }: Wire<ContainerDefinition>): boolean {
  return essential !== false && healthCheck !== undefined;
}

/** HEALTHY when all that are checked are, UNHEALTHY when one is, else UNKNOWN. */
function overall(task: TaskRecord, containers: readonly Wire<Container>[]): HealthStatus {
  const names = new Set(checked(task));
  const statuses = containers.filter((item) => names.has(item.name ?? '')).map((item) => item.healthStatus);
  if (statuses.includes('UNHEALTHY')) return 'UNHEALTHY';
  return statuses.length > 0 && statuses.every((status) => status === 'HEALTHY') ? 'HEALTHY' : 'UNKNOWN';
}

function setHealth(world: World, task: TaskRecord, name: string, healthStatus: HealthStatus): void {
  const containers = task.containers.map((item) => (item.name === name ? { ...item, healthStatus } : item));
  changeTask(world, task, { containers, healthStatus: overall(task, containers) });
}

/** Health checks pass after a while, unless the container's fate is to fail them. */
export function scheduleHealth(world: World, task: TaskRecord): void {
  const names = checked(task);
  for (const name of names) {
    const unhealthyAfter = task.taskDefinition.fates.get(name)?.unhealthyAfter;
    const { firstHealthy } = world.timings;
    if (unhealthyAfter === undefined || unhealthyAfter > firstHealthy) {
      plan(world, task, firstHealthy, () => setHealth(world, task, name, 'HEALTHY'));
    }
    if (unhealthyAfter !== undefined) {
      plan(world, task, unhealthyAfter, () => setHealth(world, task, name, 'UNHEALTHY'));
    }
  }
  const { service } = task;
  if (service === undefined) return;
  const wake = (delay: number): void => plan(world, task, delay, () => wakeService(world, service));
  if (names.length === 0) wake(world.timings.presumedHealthy);
  if (graceOf(task) > 0) wake(graceOf(task));
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
  if (task.taskDefinition.definition.containerDefinitions?.some(isChecked)) return task.healthStatus === 'HEALTHY';
  if (isTarget) return true;
  return world.clock.now() - task.startedAt >= world.timings.presumedHealthy;
}
