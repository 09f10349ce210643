import type { Container, Task } from '@aws-sdk/client-ecs';
import { isStopped } from './deployment-bounds.ts';

/** How one task ended. */
export type TaskVerdict =
  | 'SUCCEEDED'
  | 'FAILED'
  | 'FAILED_TO_START'
  | 'UNHEALTHY'
  | 'STOPPED_BY_USER'
  | 'STOPPED_BY_SERVICE'
  | 'INTERRUPTED'
  | 'INFRASTRUCTURE_FAILED'
  | 'GONE';

/** How one container ended. */
export interface ContainerExit {
  readonly name: string;
  /** Null when the task definition could not be read. */
  readonly essential: boolean | null;
  /** Null when the container never ran, or was killed before it could say. */
  readonly exitCode: number | null;
  readonly reason: string | null;
  readonly lastStatus: string | null;
}

/** Names of the essential containers of a task definition; undefined when it is not known. */
export type Essential = ReadonlySet<string> | undefined;

export function exitsOf(task: Task, essential: Essential): ContainerExit[] {
  return (task.containers ?? []).map((container: Container) => ({
    name: container.name ?? '',
    essential: essential === undefined ? null : essential.has(container.name ?? ''),
    exitCode: container.exitCode ?? null,
    reason: container.reason ?? null,
    lastStatus: container.lastStatus ?? null,
  }));
}

/**
 * The verdict on a stopped task, undefined while it has not stopped. Every essential container counts, so that a sidecar's 0 hides
 * no failure; where the task definition is not known every container counts.
 */
export function verdictOf(task: Task, essential: Essential): TaskVerdict | undefined {
  if (!isStopped(task)) return undefined;
  const reason = task.stoppedReason ?? '';
  if (task.stopCode === 'TaskFailedToStart') return 'FAILED_TO_START';
  if (/health checks/i.test(reason)) return 'UNHEALTHY';
  switch (task.stopCode) {
    case 'UserInitiated':
      return 'STOPPED_BY_USER';
    case 'ServiceSchedulerInitiated':
      return 'STOPPED_BY_SERVICE';
    case 'SpotInterruption':
    case 'TerminationNotice':
      return 'INTERRUPTED';
    case 'InfrastructureHealth':
      return 'INFRASTRUCTURE_FAILED';
    default:
  }
  const counting = exitsOf(task, essential).filter((exit) => exit.essential !== false);
  if (counting.some((exit) => exit.exitCode !== null && exit.exitCode !== 0)) return 'FAILED';
  if (task.startedAt === undefined) return 'FAILED_TO_START';
  if (counting.some((exit) => exit.exitCode === null)) return 'FAILED';
  return 'SUCCEEDED';
}

/** Stopped, or about to stop, for a reason that a deployment would count as a failure. */
export function hasFailed(task: Task): boolean {
  switch (task.stopCode) {
    case 'EssentialContainerExited':
    case 'TaskFailedToStart':
    case 'InfrastructureHealth':
      return true;
    default:
      return /health checks/i.test(task.stoppedReason ?? '');
  }
}

/** Why a task stopped, in one line: ECS's reason, with the exit codes that are not 0. */
export function whyStopped(task: Task): string {
  const exits = (task.containers ?? [])
    .filter((container) => container.exitCode !== undefined && container.exitCode !== 0)
    .map((container) => `${container.name ?? 'container'} exited with ${container.exitCode}`);
  const reasons = (task.containers ?? []).flatMap((container) => container.reason ?? []);
  const reason = task.stoppedReason ?? task.stopCode ?? 'no reason given';
  return [reason.replace(/\.$/, ''), ...exits, ...new Set(reasons)].join('; ');
}
