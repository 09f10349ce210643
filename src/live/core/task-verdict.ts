import type { Container, Task } from '@aws-sdk/client-ecs';
import { isStopped } from './deployment-bounds.ts';

/** How a task ended. */
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

/** How a container ended. */
export interface ContainerExit {
  readonly name: string;
  /** Null if the task definition could not be read. */
  readonly essential: boolean | null;
  /** Null if the container never ran, or was killed before it could report one. */
  readonly exitCode: number | null;
  readonly reason: string | null;
  readonly lastStatus: string | null;
}

/** Names of the essential containers of a task definition; undefined if unknown. */
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
 * The verdict on a stopped task; undefined until it has stopped. It follows from how the task ended (its stop code,
 * then the exit codes of its containers), not from the phases that ECS showed: a short task may never show RUNNING.
 * Every essential container counts, so that a sidecar's 0 hides no failure. Without the task definition, every
 * container counts.
 */
export function verdictOf(task: Task, essential: Essential): TaskVerdict | undefined {
  return isStopped(task) ? endOf(task, essential) : undefined;
}

/**
 * The verdict on a task that ECS no longer shows, from its last description. Undefined unless the task had ended by
 * then and only its removal was missed.
 */
export function verdictOfGone(task: Task, essential: Essential): TaskVerdict | undefined {
  if (isStopped(task)) return endOf(task, essential);
  const hasEnded = task.stopCode !== undefined && countingExits(task, essential).every(hasExited);
  return hasEnded && (task.containers ?? []).length > 0 ? endOf(task, essential) : undefined;
}

function endOf(task: Task, essential: Essential): TaskVerdict {
  switch (task.stopCode) {
    case 'TaskFailedToStart':
      return 'FAILED_TO_START';
    // The reason is free text of a person.
    case 'UserInitiated':
      return 'STOPPED_BY_USER';
    case 'ServiceSchedulerInitiated':
      return isUnhealthy(task) ? 'UNHEALTHY' : 'STOPPED_BY_SERVICE';
    case 'SpotInterruption':
    case 'TerminationNotice':
      return 'INTERRUPTED';
    case 'InfrastructureHealth':
      return 'INFRASTRUCTURE_FAILED';
    default:
  }
  if (isUnhealthy(task)) return 'UNHEALTHY';
  const counting = countingExits(task, essential);
  if (counting.some((exit) => hasExited(exit) && exit.exitCode !== 0)) return 'FAILED';
  // Only containers that ran have exit codes.
  if (counting.length > 0 && counting.every(hasExited)) return 'SUCCEEDED';
  return task.startedAt === undefined ? 'FAILED_TO_START' : 'FAILED';
}

function countingExits(task: Task, essential: Essential): ContainerExit[] {
  return exitsOf(task, essential).filter((exit) => exit.essential !== false);
}

function hasExited({ exitCode }: ContainerExit): boolean {
  return exitCode !== null;
}

function isUnhealthy({ stoppedReason = '' }: Task): boolean {
  return /health checks/i.test(stoppedReason);
}

/**
 * Whether a task stopped, or is stopping, in a way that is a failure for a service. A service keeps its tasks running,
 * so a task that exits on its own has failed even with exit code 0.
 */
export function hasFailed(task: Task): boolean {
  switch (task.stopCode) {
    case 'EssentialContainerExited':
    case 'TaskFailedToStart':
    case 'InfrastructureHealth':
      return true;
    case 'UserInitiated':
      return false;
    default:
      return isUnhealthy(task);
  }
}

/** Whether a task stopped after it had run because an essential container exited, with any exit code. */
export function hasRunAndExited(task: Task): boolean {
  return task.stopCode === 'EssentialContainerExited' && task.startedAt !== undefined;
}

/** This many exits are a pattern; an exit older than the limit below no longer counts. */
const EXITS_TO_REPORT = 2;
const EXITS_RECENT_MS = 10 * 60_000;

/** The tasks that ran and exited, newest first, if that still goes on; else empty. */
export function exitsThatGoOn(tasks: readonly Task[], now: number): Task[] {
  const timeOf = ({ stoppedAt, stoppingAt, executionStoppedAt }: Task) =>
    (stoppedAt ?? executionStoppedAt ?? stoppingAt)?.getTime() ?? now;
  const exited = tasks.filter(hasRunAndExited).sort((a, b) => timeOf(b) - timeOf(a));
  const [newest] = exited;
  const goesOn = exited.length >= EXITS_TO_REPORT && newest !== undefined && now - timeOf(newest) < EXITS_RECENT_MS;
  return goesOn ? exited : [];
}

/** Why a task stopped, in one line: ECS's reason and the exit codes other than 0. */
export function whyStopped(task: Task): string {
  const exits = (task.containers ?? [])
    .filter((container) => container.exitCode !== undefined && container.exitCode !== 0)
    .map((container) => `${container.name ?? 'container'} exited with ${container.exitCode}`);
  const reasons = (task.containers ?? []).flatMap((container) => container.reason ?? []);
  const reason = task.stoppedReason ?? task.stopCode ?? 'no reason given';
  return [reason.replace(/\.$/, ''), ...exits, ...new Set(reasons)].join('; ');
}
