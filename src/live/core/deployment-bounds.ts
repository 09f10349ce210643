import type { Deployment, DeploymentConfiguration, Service, Task } from '@aws-sdk/client-ecs';

/** How many tasks the percentages of a rolling deployment (or of a drain) allow to move. */
export interface Latitude {
  readonly desiredCount: number;
  readonly minimumHealthyPercent: number;
  readonly maximumPercent: number;
  /** The least number of tasks that must stay healthy. */
  readonly healthyFloor: number;
  /** The most tasks that may run or start. */
  readonly taskCeiling: number;
  /** Whether ECS may stop a healthy task before its replacement runs. */
  readonly mayStopFirst: boolean;
  /** Whether ECS may start a replacement before the old task stops. */
  readonly mayStartFirst: boolean;
}

/** The floor is rounded up and the ceiling down: three tasks at 125 % leave no room for a fourth. */
export function latitudeOf(
  service: Pick<Service, 'desiredCount' | 'deploymentConfiguration' | 'schedulingStrategy'>,
): Latitude {
  const desiredCount = service.desiredCount ?? 0;
  const daemon = service.schedulingStrategy === 'DAEMON';
  const { minimumHealthyPercent = daemon ? 0 : 100, maximumPercent = daemon ? 100 : 200 } =
    service.deploymentConfiguration ?? ({} as DeploymentConfiguration);
  const healthyFloor = Math.ceil((desiredCount * minimumHealthyPercent) / 100);
  const taskCeiling = Math.floor((desiredCount * maximumPercent) / 100);
  return {
    desiredCount,
    minimumHealthyPercent,
    maximumPercent,
    healthyFloor,
    taskCeiling,
    mayStopFirst: healthyFloor < desiredCount,
    mayStartFirst: taskCeiling > desiredCount,
  };
}

/** A task without health checks counts as healthy after it has run for this long. */
const PRESUMED_HEALTHY_MS = 40_000;

/** Whether the scheduler counts the task as healthy. ECS does not show the health of load balancer targets. */
export function isHealthy(task: Task, now: number): boolean {
  if (task.lastStatus !== 'RUNNING' || task.desiredStatus === 'STOPPED') return false;
  const from = healthyFrom(task);
  return from !== undefined && now >= from;
}

/**
 * When a task became healthy, at the earliest: ECS dates its start, not the first success of its health check.
 * Undefined if it is not known to have been healthy.
 */
export function healthyFrom(task: Task): number | undefined {
  const { startedAt, createdAt, healthStatus } = task;
  if (healthStatus === 'HEALTHY') return (startedAt ?? createdAt)?.getTime() ?? 0;
  if (healthStatus === 'UNHEALTHY' || hasHealthCheck(task) || startedAt === undefined) return undefined;
  return startedAt.getTime() + PRESUMED_HEALTHY_MS;
}

/** A container without a health check stays UNKNOWN, as does one whose check has not run yet. */
function hasHealthCheck(task: Task): boolean {
  return (task.containers ?? []).some(
    (container) => container.healthStatus === 'HEALTHY' || container.healthStatus === 'UNHEALTHY',
  );
}

/** Whether a task is between running and STOPPED: the service no longer counts it, and it is still on its instance. */
export function isStopping(task: Task): boolean {
  return task.lastStatus !== 'STOPPED' && task.lastStatus !== 'DELETED' && task.desiredStatus === 'STOPPED';
}

export function isStopped(task: Task): boolean {
  return task.lastStatus === 'STOPPED' || task.lastStatus === 'DELETED';
}

/** The newest deployment, which the service is moving to. */
export function primaryOf(service: Service): Deployment | undefined {
  return service.deployments?.find((deployment) => deployment.status === 'PRIMARY');
}

export function lastPart(arn: string | undefined): string {
  return arn?.slice(arn.lastIndexOf('/') + 1) ?? '';
}

export function percentOf(part: number, whole: number): number {
  return whole <= 0 ? 100 : Math.min(100, Math.max(0, Math.floor((100 * part) / whole)));
}
