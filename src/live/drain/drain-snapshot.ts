import type { ContainerInstance, Service, Task } from '@aws-sdk/client-ecs';
import { isStopped } from '../core/deployment-bounds.ts';
import type { ReachedByInstance } from '../core/progress-memory.ts';
import { newerTasks } from '../deployment/deployment-snapshot.ts';
import { ABSENCES_TO_BELIEVE } from '../topic/look-failures.ts';
import { type DrainAdvance, drainAdvance, isSameDrain } from './drain-advance.ts';

export interface DrainTarget {
  readonly clusterArn: string;
  readonly containerInstanceArns: readonly string[];
  /** Set if all were draining before the first poll: an instance that is ACTIVE now is not waited for. */
  readonly haveDrained?: boolean;
  /** The mark of the cursor that the stream resumes from. */
  readonly mark?: string;
  /** Number of further instances of that cursor that have left the cluster since. */
  readonly goneInstanceCount?: number;
}

/** The readings of one poll of draining instances. */
export interface DrainLook {
  /** The instances that ECS still shows. */
  readonly instances: readonly ContainerInstance[];
  /** All tasks on them, of any status. */
  readonly tasks: readonly Task[];
  /** The services of those tasks. */
  readonly services: readonly Service[];
  /** The tasks of those services on any instance. */
  readonly serviceTasks: readonly Task[];
  /** Null if the gateway may not read the protection. */
  readonly protectedTaskArns: ReadonlySet<string> | null;
  /** An earlier poll would have shown a drain that began before this time; absent if there was no earlier poll. */
  readonly completeSince?: number | undefined;
  /** How far the drains had come when this process followed them before, by instance ARN. */
  readonly reached?: ReadonlyMap<string, ReachedByInstance> | undefined;
}

/** How the drain of an instance ended. */
export type DrainOutcome = 'DRAINED' | 'REACTIVATED' | 'DEREGISTERED' | 'TIMED_OUT';

export interface DrainSnapshot extends Omit<DrainLook, 'reached' | 'completeSince'> {
  readonly target: DrainTarget;
  readonly observedAt: number;
  /** Tasks that were on the instances in any poll, so that tasks that left count as moved. */
  readonly seenTasks: ReadonlyMap<string, Task>;
  /** Since when each instance is known to be draining. */
  readonly drainingSince: ReadonlyMap<string, number>;
  /** How many tasks each instance had at any time of its drain, as far as is known. */
  readonly totals: ReadonlyMap<string, number>;
  /**
   * Instances that were draining when they were first seen, and may have lost tasks before: stopped tasks are shown, or
   * the drain may be older than ECS shows stopped tasks.
   */
  readonly joined: ReadonlySet<string>;
  readonly endings: ReadonlyMap<string, DrainOutcome>;
  readonly absences: ReadonlyMap<string, number>;
  /** By instance ARN. */
  readonly advances: ReadonlyMap<string, DrainAdvance>;
}

/** Since when no task has left any of the instances. */
export function drainQuietSince({ advances }: DrainSnapshot): number {
  return Math.max(...[...advances.values()].map(({ at }) => at));
}

/** If a drain was in progress at the first poll, its stopping tasks show that it started this long before them. */
const HEAD_START_MS = 120_000;

/**
 * Combines a new poll with the earlier state. A finished drain stays finished, unless the instance runs tasks again.
 */
export function observeDrain(
  previous: DrainSnapshot | undefined,
  target: DrainTarget,
  look: DrainLook,
  now: number,
): DrainSnapshot {
  const instances = newerInstances(previous?.instances, look.instances, target);
  const tasks = newerTasks(previous?.tasks, look.tasks);
  const seenTasks = new Map(previous?.seenTasks);
  for (const task of tasks) {
    const arn = task.taskArn ?? '';
    if (!isStopped(task) || seenTasks.has(arn)) seenTasks.set(arn, task);
  }
  const drainingSince = new Map(previous?.drainingSince);
  const totals = new Map(previous?.totals);
  const joined = new Set(previous?.joined);
  const endings = new Map(previous?.endings);
  const absences = new Map<string, number>();
  const shownInstances = new Set(look.instances.map(({ containerInstanceArn }) => containerInstanceArn));
  const found = new Map(
    instances
      .filter(({ containerInstanceArn }) => shownInstances.has(containerInstanceArn))
      .map((instance) => [instance.containerInstanceArn, instance]),
  );
  // ECS no longer lists a task that left: a task seen earlier has stopped if its instance is shown without it.
  const shown = new Set(tasks.map(({ taskArn }) => taskArn));
  for (const [arn, task] of seenTasks) {
    const on = task.containerInstanceArn ?? '';
    const isRead = isInUse(found.get(on)) && !endings.has(on);
    if (isRead && !shown.has(arn)) seenTasks.set(arn, { ...task, lastStatus: 'STOPPED' });
  }
  for (const arn of target.containerInstanceArns) {
    const instance = found.get(arn);
    const onIt = tasks.filter((task) => task.containerInstanceArn === arn && !isStopped(task));
    const known = look.reached?.get(arn);
    if (instance?.status === 'DRAINING' && !drainingSince.has(arn)) {
      const continued = isSameDrain(instance, known) ? known : undefined;
      drainingSince.set(arn, continued?.drainingSince ?? beginning(onIt, now));
      if (continued !== undefined) totals.set(arn, continued.total);
      if (continued?.isJoined ?? (isFirstSight(previous, arn) && mayHaveLost(look, arn, now))) joined.add(arn);
    }
    totals.set(arn, Math.max(totals.get(arn) ?? 0, countOn(seenTasks, arn)));
    if (instance === undefined) absences.set(arn, (previous?.absences.get(arn) ?? 0) + 1);
    const hasDrained = target.haveDrained === true || drainingSince.has(arn);
    const ending = endingOf(instance, onIt.length, hasDrained, absences.get(arn) ?? 0);
    const before = endings.get(arn);
    if (before === undefined && ending !== undefined) endings.set(arn, ending);
    // An instance stays drained until it is in use again. An instance that leaves the cluster stays drained.
    else if (before === 'DRAINED' && ending === 'REACTIVATED') endings.set(arn, ending);
    else if (before === 'DRAINED' && instance?.status === 'DRAINING' && ending === undefined) endings.delete(arn);
  }
  const { reached, completeSince, ...read } = look;
  const advances = new Map(
    target.containerInstanceArns.map((arn) => {
      const on = [...seenTasks.values()].filter((task) => task.containerInstanceArn === arn);
      const seen = {
        instance: found.get(arn),
        tasks: on,
        hasEnded: endings.has(arn),
        drainingSince: drainingSince.get(arn),
      };
      return [arn, drainAdvance(previous?.advances.get(arn), seen, now, reached?.get(arn))] as const;
    }),
  );
  return {
    ...read,
    instances,
    tasks,
    target,
    observedAt: now,
    seenTasks,
    drainingSince,
    totals,
    joined,
    endings,
    absences,
    advances,
  };
}

function isFirstSight(previous: DrainSnapshot | undefined, arn: string): boolean {
  return previous?.instances.some(({ containerInstanceArn }) => containerInstanceArn === arn) !== true;
}

/** ECS shows a stopped task for about an hour. */
const STOPPED_SHOWN_MS = 3_600_000;

/**
 * Whether tasks may have left before this first poll. A draining instance gets no new tasks, so one that was created
 * within the hour shows that the drain is younger, and that everything that has left since is shown.
 */
function mayHaveLost({ tasks, completeSince }: DrainLook, arn: string, now: number): boolean {
  const onIt = tasks.filter(({ containerInstanceArn }) => containerInstanceArn === arn);
  const stopped = onIt.filter(isStopped);
  if (completeSince !== undefined) return stopped.some((task) => (task.stoppedAt?.getTime() ?? now) >= completeSince);
  const isYoung = onIt.some(({ createdAt }) => createdAt !== undefined && createdAt.getTime() > now - STOPPED_SHOWN_MS);
  return stopped.length > 0 || !isYoung;
}

function countOn(tasks: ReadonlyMap<string, Task>, arn: string): number {
  let count = 0;
  for (const { containerInstanceArn } of tasks.values()) if (containerInstanceArn === arn) count += 1;
  return count;
}

function isInUse(instance: ContainerInstance | undefined): boolean {
  return instance?.status === 'ACTIVE' || instance?.status === 'DRAINING';
}

function beginning(tasks: readonly Task[], now: number): number {
  const stopping = tasks.flatMap(({ stoppingAt }) => stoppingAt?.getTime() ?? []);
  return stopping.length === 0 ? now : Math.min(now, Math.min(...stopping) - HEAD_START_MS);
}

/** An ACTIVE instance that was never seen draining is waited for, because ECS's answer may be stale. */
function endingOf(
  instance: ContainerInstance | undefined,
  tasks: number,
  hasDrained: boolean,
  absences: number,
): DrainOutcome | undefined {
  if (instance === undefined) return absences >= ABSENCES_TO_BELIEVE ? 'DEREGISTERED' : undefined;
  if (instance.status === 'INACTIVE' || instance.status === 'DEREGISTERING') return 'DEREGISTERED';
  if (instance.status === 'ACTIVE') return hasDrained ? 'REACTIVATED' : undefined;
  return instance.status === 'DRAINING' && tasks === 0 ? 'DRAINED' : undefined;
}

function newerInstances(
  previous: readonly ContainerInstance[] | undefined,
  look: readonly ContainerInstance[],
  { containerInstanceArns }: DrainTarget,
): ContainerInstance[] {
  const before = new Map((previous ?? []).map((instance) => [instance.containerInstanceArn, instance]));
  const now = new Map(look.map((instance) => [instance.containerInstanceArn, instance]));
  return containerInstanceArns.flatMap((arn) => {
    const [known, seen] = [before.get(arn), now.get(arn)];
    if (known === undefined || seen === undefined) return seen ?? known ?? [];
    return (known.version ?? 0) > (seen.version ?? 0) ? known : seen;
  });
}
