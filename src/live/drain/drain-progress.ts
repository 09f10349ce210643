import type { ContainerInstance, Task } from '@aws-sdk/client-ecs';
import type { Blocker } from '../core/blockers.ts';
import { isHealthy, isStopped, isStopping, percentOf } from '../core/deployment-bounds.ts';
import { kindOf, serviceNameOf } from '../core/task-owner.ts';
import { byPace, type Estimate } from '../deployment/deployment-estimate.ts';
import { drainBlockers } from './drain-blockers.ts';
import type { DrainOutcome, DrainSnapshot } from './drain-snapshot.ts';
import type { DrainTask } from './drain-task.ts';

export interface InstanceDrain {
  readonly containerInstanceArn: string;
  /** As it was last seen; null if ECS never showed it. */
  readonly instance: ContainerInstance | null;
  readonly tasks: readonly DrainTask[];
  readonly remainingTaskCount: number;
  /** Null while nothing is known of the tasks that it had when its drain began. */
  readonly percent: number | null;
  readonly outcome: DrainOutcome | null;
}

export interface DrainProgress {
  readonly clusterArn: string;
  readonly instances: readonly InstanceDrain[];
  /** Tasks that differ from the event before; empty in the first event, and in feeds. */
  readonly changedTasks: readonly DrainTask[];
  /**
   * Tasks that are still on their instances, including tasks that are stopping, and tasks that stay because their drain
   * was cancelled.
   */
  readonly remainingTaskCount: number;
  readonly stoppingTaskCount: number;
  readonly standaloneTaskCount: number;
  /** Null if the protection cannot be read. */
  readonly protectedTaskCount: number | null;
  /** Null while nothing is known of the tasks that the instances had when their drains began. */
  readonly movedTaskCount: number | null;
  /** Instances of the cursor about which only their departure from the cluster is known. */
  readonly goneInstanceCount: number;
  /** Null while nothing is known of the tasks that the instances had when their drains began. */
  readonly percent: number | null;
  readonly estimate: Estimate | null;
  readonly blockedBy: readonly Blocker[];
  readonly outcome: DrainOutcome | null;
}

export function drainProgress(snapshot: DrainSnapshot, now: number): DrainProgress {
  const { target, endings } = snapshot;
  const tasks = drainTasks(snapshot, now);
  const instances = target.containerInstanceArns.map((arn) => instanceDrain(snapshot, arn, tasks));
  const remaining = tasks.filter(({ state }) => state !== 'STOPPED');
  const awaited = remaining.filter(({ task }) => !endings.has(task.containerInstanceArn ?? ''));
  const moved = movedCount(snapshot, target.containerInstanceArns, remaining.length);
  const outcome = overall(instances, target.goneInstanceCount ?? 0);
  const blockedBy = outcome === null ? drainBlockers(snapshot, awaited, now) : [];
  const since = Math.min(...snapshot.drainingSince.values());
  const canTell = outcome === null && blockedBy.length === 0 && Number.isFinite(since);
  return {
    clusterArn: target.clusterArn,
    instances,
    changedTasks: [],
    remainingTaskCount: remaining.length,
    stoppingTaskCount: remaining.filter(({ state }) => state === 'STOPPING').length,
    standaloneTaskCount: remaining.filter(({ kind }) => kind === 'STANDALONE').length,
    protectedTaskCount:
      snapshot.protectedTaskArns === null ? null : remaining.filter(({ isProtected }) => isProtected === true).length,
    movedTaskCount: moved,
    goneInstanceCount: target.goneInstanceCount ?? 0,
    percent: percentLeft(snapshot, target.containerInstanceArns, remaining.length),
    estimate: canTell && moved !== null ? byPace(new Date(since), percentOf(moved, moved + awaited.length), now) : null,
    blockedBy,
    outcome,
  };
}

/** The tasks that are new or changed since an earlier progress. */
export function changedTasks(before: DrainProgress, after: DrainProgress): DrainTask[] {
  const earlier = new Map(tasksOf(before).map((task) => [task.task.taskArn, standing(task)]));
  return tasksOf(after).filter((task) => earlier.get(task.task.taskArn) !== standing(task));
}

/** The tasks of two events in one, each in its later state. */
export function joinChangedTasks(earlier: DrainProgress, later: DrainProgress): DrainProgress {
  const joined = [...earlier.changedTasks, ...later.changedTasks].map((task) => [task.task.taskArn, task] as const);
  return { ...later, changedTasks: [...new Map(joined).values()] };
}

function tasksOf({ instances }: DrainProgress): DrainTask[] {
  return instances.flatMap(({ tasks }) => tasks);
}

function standing({ state, isProtected, probableReplacement, isReplacementHealthy }: DrainTask): string {
  return `${state} ${isProtected} ${probableReplacement?.taskArn} ${isReplacementHealthy}`;
}

function instanceDrain(snapshot: DrainSnapshot, arn: string, all: readonly DrainTask[]): InstanceDrain {
  const tasks = all.filter(({ task }) => task.containerInstanceArn === arn);
  const remainingTaskCount = tasks.filter(({ state }) => state !== 'STOPPED').length;
  return {
    containerInstanceArn: arn,
    instance: snapshot.instances.find(({ containerInstanceArn }) => containerInstanceArn === arn) ?? null,
    tasks,
    remainingTaskCount,
    percent: percentLeft(snapshot, [arn], remainingTaskCount),
    outcome: snapshot.endings.get(arn) ?? null,
  };
}

/** The share of the tasks that have left, of those that are known. Null while that is not known of an open drain. */
function percentLeft(snapshot: DrainSnapshot, arns: readonly string[], remaining: number): number | null {
  const isOpen = arns.some((arn) => snapshot.joined.has(arn) && !snapshot.endings.has(arn));
  if (isOpen && movedCount(snapshot, arns, remaining) === null) return null;
  const total = totalOn(snapshot, arns);
  return percentOf(total - remaining, total);
}

/**
 * How many of the known tasks have left. Null while none is known to have left although some may have left before the
 * drain was followed.
 */
function movedCount(snapshot: DrainSnapshot, arns: readonly string[], remaining: number): number | null {
  const moved = Math.max(0, totalOn(snapshot, arns) - remaining);
  return moved === 0 && arns.some((arn) => snapshot.joined.has(arn)) ? null : moved;
}

function totalOn({ totals }: DrainSnapshot, arns: readonly string[]): number {
  return arns.reduce((sum, arn) => sum + (totals.get(arn) ?? 0), 0);
}

/** For several instances: the worst outcome. */
function overall(instances: readonly InstanceDrain[], goneInstanceCount: number): DrainOutcome | null {
  const outcomes = new Set(instances.map(({ outcome }) => outcome));
  if (goneInstanceCount > 0) outcomes.add('DEREGISTERED');
  if (outcomes.has(null)) return null;
  if (outcomes.has('REACTIVATED')) return 'REACTIVATED';
  return outcomes.has('DEREGISTERED') ? 'DEREGISTERED' : 'DRAINED';
}

function drainTasks(snapshot: DrainSnapshot, now: number): DrainTask[] {
  const replacements = probableReplacements(snapshot);
  return [...snapshot.seenTasks.values()].map((task) => {
    const probableReplacement = replacements.get(task.taskArn ?? '') ?? null;
    return {
      task,
      kind: kindOf(task, snapshot.services),
      state: isStopped(task) ? 'STOPPED' : isStopping(task) ? 'STOPPING' : 'WAITING',
      isProtected: snapshot.protectedTaskArns?.has(task.taskArn ?? '') ?? null,
      probableReplacement,
      isReplacementHealthy: probableReplacement !== null && isHealthy(probableReplacement, now),
    };
  });
}

/** Pairs leaving tasks with tasks of the same service that started elsewhere since the drain began, in order. */
function probableReplacements(snapshot: DrainSnapshot): Map<string, Task> {
  const draining = new Set(snapshot.target.containerInstanceArns);
  const since = Math.min(...snapshot.drainingSince.values());
  const timeOf = (date: Date | undefined) => date?.getTime() ?? Number.MAX_SAFE_INTEGER;
  const fresh = snapshot.serviceTasks
    .filter(
      (task) => !draining.has(task.containerInstanceArn ?? '') && timeOf(task.createdAt) >= since && !isStopped(task),
    )
    .sort((a, b) => timeOf(a.createdAt) - timeOf(b.createdAt));
  const leaving = [...snapshot.seenTasks.values()].sort((a, b) => timeOf(a.stoppingAt) - timeOf(b.stoppingAt));
  const pairs = new Map<string, Task>();
  for (const task of leaving) {
    const service = serviceNameOf(task);
    const index = service === undefined ? -1 : fresh.findIndex((candidate) => serviceNameOf(candidate) === service);
    const [replacement] = index < 0 ? [] : fresh.splice(index, 1);
    if (replacement !== undefined) pairs.set(task.taskArn ?? '', replacement);
  }
  return pairs;
}
