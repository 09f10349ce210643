import type { Task } from '@aws-sdk/client-ecs';
import { isStopped, lastPart } from '../core/deployment-bounds.ts';
import { counted, inWords } from '../core/duration.ts';
import {
  type ContainerExit,
  type Essential,
  exitsOf,
  type TaskVerdict,
  verdictOf,
  verdictOfGone,
  whyStopped,
} from '../core/task-verdict.ts';
import type { Facts } from '../topic/changes.ts';
import { ABSENCES_TO_BELIEVE } from '../topic/look-failures.ts';

/** The state of one task. */
export interface TaskState {
  readonly taskArn: string;
  /** As it was last seen; null if ECS never showed it. */
  readonly task: Task | null;
  /** Null until it has stopped. */
  readonly verdict: TaskVerdict | null;
  readonly containers: readonly ContainerExit[];
  /** Why it stopped, in one line; null until it has. */
  readonly reason: string | null;
}

/** The state of some tasks on their way to STOPPED. */
export interface TasksProgress {
  readonly clusterArn: string;
  readonly tasks: readonly TaskState[];
  readonly stoppedTaskCount: number;
  readonly outcome: TasksOutcome | null;
}

export type TasksOutcome = TaskVerdict | 'TIMED_OUT';

/** The readings of one poll. A task that ECS does not show is omitted. */
export interface TasksLook {
  readonly tasks: readonly Task[];
  /** By the ARN of the task definition. Unreadable ones are omitted. */
  readonly essential: ReadonlyMap<string, ReadonlySet<string>>;
}

export interface TasksSnapshot {
  readonly clusterArn: string;
  readonly taskArns: readonly string[];
  readonly tasks: ReadonlyMap<string, Task>;
  readonly absences: ReadonlyMap<string, number>;
  readonly essential: ReadonlyMap<string, ReadonlySet<string>>;
  readonly observedAt: number;
  /** How far they have come on their way to STOPPED, and when they came that far. */
  readonly advance: { readonly steps: number; readonly at: number };
}

/** Combines a new poll with the earlier state. A lower version is stale, and one absence proves nothing. */
export function observeTasks(
  previous: TasksSnapshot | undefined,
  { clusterArn, taskArns }: { readonly clusterArn: string; readonly taskArns: readonly string[] },
  look: TasksLook,
  now: number,
): TasksSnapshot {
  const tasks = new Map(previous?.tasks);
  const absences = new Map<string, number>();
  const found = new Map(look.tasks.map((task) => [task.taskArn ?? '', task]));
  for (const arn of taskArns) {
    const task = found.get(arn);
    const known = tasks.get(arn);
    if (task === undefined) absences.set(arn, (previous?.absences.get(arn) ?? 0) + 1);
    else if (known === undefined || (task.version ?? 0) >= (known.version ?? 0)) tasks.set(arn, task);
  }
  const essential = new Map([...(previous?.essential ?? []), ...look.essential]);
  const steps = [...tasks.values()].reduce((sum, { lastStatus }) => sum + STATUSES.indexOf(lastStatus ?? '') + 1, 0);
  const advance = previous !== undefined && steps <= previous.advance.steps ? previous.advance : { steps, at: now };
  return { clusterArn, taskArns, tasks, absences, essential, observedAt: now, advance };
}

/** In the order in which a task goes through them. */
const STATUSES: readonly string[] = [
  'PROVISIONING',
  'PENDING',
  'ACTIVATING',
  'RUNNING',
  'DEACTIVATING',
  'STOPPING',
  'DEPROVISIONING',
  'STOPPED',
  'DELETED',
];

/** The verdict for all tasks: the first of these that any task has. */
const WORST_FIRST: readonly TaskVerdict[] = [
  'FAILED_TO_START',
  'FAILED',
  'UNHEALTHY',
  'INFRASTRUCTURE_FAILED',
  'INTERRUPTED',
  'STOPPED_BY_USER',
  'STOPPED_BY_SERVICE',
  'GONE',
  'SUCCEEDED',
];

export function tasksProgress({ clusterArn, taskArns, tasks, absences, essential }: TasksSnapshot): TasksProgress {
  const states = taskArns.map((taskArn) => {
    const task = tasks.get(taskArn) ?? null;
    const isGone = (absences.get(taskArn) ?? 0) >= ABSENCES_TO_BELIEVE && (task === null || !isStopped(task));
    return taskState(taskArn, task, essential.get(task?.taskDefinitionArn ?? ''), isGone);
  });
  const verdicts = new Set(states.map(({ verdict }) => verdict));
  const isOver = !verdicts.has(null);
  return {
    clusterArn,
    tasks: states,
    stoppedTaskCount: states.filter(({ verdict }) => verdict !== null).length,
    outcome: isOver ? (WORST_FIRST.find((verdict) => verdicts.has(verdict)) ?? 'SUCCEEDED') : null,
  };
}

export function taskState(taskArn: string, task: Task | null, essential: Essential, isGone = false): TaskState {
  const late = isGone && task !== null ? verdictOfGone(task, essential) : undefined;
  if (task === null || (isGone && late === undefined)) {
    return {
      taskArn,
      task,
      verdict: isGone ? 'GONE' : null,
      containers: [],
      reason: isGone ? 'ECS shows it no more' : null,
    };
  }
  const verdict = late ?? verdictOf(task, essential) ?? null;
  return {
    taskArn,
    task,
    verdict,
    containers: exitsOf(task, essential),
    reason: verdict === null ? null : whyStopped(task),
  };
}

export function tasksFacts({ tasks }: TasksProgress): Facts {
  const facts: Record<string, string | null | undefined> = {};
  for (const { taskArn, task, verdict, containers } of tasks) {
    const id = lastPart(taskArn);
    facts[`task/${id}/lastStatus`] = task?.lastStatus;
    facts[`task/${id}/desiredStatus`] = task?.desiredStatus;
    facts[`task/${id}/healthStatus`] = task?.healthStatus;
    facts[`task/${id}/verdict`] = verdict;
    for (const { name, lastStatus, exitCode } of containers) {
      facts[`task/${id}/container/${name}`] = exitCode === null ? lastStatus : `${lastStatus} ${exitCode}`;
    }
  }
  return facts;
}

/** One line that a bot can post as it is. */
export function tasksSummary({ clusterArn, tasks, stoppedTaskCount, outcome }: TasksProgress, now: number): string {
  const cluster = lastPart(clusterArn);
  const [only] = tasks;
  if (tasks.length === 1 && only !== undefined) {
    const name = `task ${lastPart(only.taskArn).slice(0, 8)} (${lastPart(only.task?.taskDefinitionArn)}) in ${cluster}`;
    const from = only.task?.startedAt ?? only.task?.createdAt;
    const took =
      from === undefined ? '' : ` after ${inWords((only.task?.stoppedAt?.getTime() ?? now) - from.getTime())}`;
    if (outcome === 'TIMED_OUT') return `${name}: has not stopped in the time allowed`;
    return only.verdict === null
      ? `${name}: ${only.task?.lastStatus ?? 'not yet visible'}`
      : `${name}: ${only.verdict}${took}: ${only.reason}`;
  }
  const name = `${counted(tasks.length, 'task')} in ${cluster}`;
  if (outcome === null) return `${name}: ${stoppedTaskCount} stopped`;
  if (outcome === 'TIMED_OUT') return `${name}: only ${stoppedTaskCount} have stopped in the time allowed`;
  const bad = tasks.find(({ verdict }) => verdict === outcome);
  return outcome === 'SUCCEEDED' ? `${name}: all SUCCEEDED` : `${name}: ${outcome}: ${bad?.reason ?? ''}`;
}
