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
 * The verdict on a stopped task, undefined while it has not stopped. It follows from how the task ended (its stop code, then the exit
 * codes of its containers) and not from the phases that ECS showed: a task that is done within a second may never show RUNNING. Every
 * essential container counts, so that a sidecar's 0 hides no failure. Where the task definition is not known every container counts.
 */
export function verdictOf(task: Task, essential: Essential): TaskVerdict | undefined {
  return isStopped(task) ? endOf(task, essential) : undefined;
}

/**
 * The verdict on a task that ECS shows no more, from how it was last seen: undefined unless it had come to its end by then, so that
 * only its removal was not seen.
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
    // Whatever the reason says: a person wrote it.
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
  // Only a container that ran has an exit code.
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
 * Stopped, or about to stop, in a way that is a failure of a service's task. A service keeps its tasks running, so one that exits by
 * itself has failed with exit code 0 too.
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

/** Stopped after it had run, because a container that it cannot do without has exited, whatever the exit code. */
export function hasRunAndExited(task: Task): boolean {
  return task.stopCode === 'EssentialContainerExited' && task.startedAt !== undefined;
}

/** So many are a pattern, not an accident; and one that is older than this is history. */
const EXITS_THAT_TELL = 2;
const EXITS_RECENT_MS = 10 * 60_000;

/** Those of the tasks that ran and exited, newest first, where that goes on; none where it does not. */
export function exitsThatGoOn(tasks: readonly Task[], now: number): Task[] {
  const timeOf = ({ stoppedAt, stoppingAt, executionStoppedAt }: Task) =>
    (stoppedAt ?? executionStoppedAt ?? stoppingAt)?.getTime() ?? now;
  const exited = tasks.filter(hasRunAndExited).sort((a, b) => timeOf(b) - timeOf(a));
  const [newest] = exited;
  const goesOn = exited.length >= EXITS_THAT_TELL && newest !== undefined && now - timeOf(newest) < EXITS_RECENT_MS;
  return goesOn ? exited : [];
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
