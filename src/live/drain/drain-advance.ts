import type { ContainerInstance, Task } from '@aws-sdk/client-ecs';
import { isStopped, isStopping } from '../core/deployment-bounds.ts';
import type { ReachedByInstance } from '../core/progress-memory.ts';

/** The furthest progress of the drain of one instance, and when it was reached. */
export interface DrainAdvance {
  /** The highest number of stopped tasks, and of tasks that at least started to stop. */
  readonly stopped: number;
  readonly leaving: number;
  readonly hasEnded: boolean;
  /** ECS's time. */
  readonly at: number;
}

interface InstanceSeen {
  readonly instance: ContainerInstance | undefined;
  /** The tasks on the instance, those that left included. */
  readonly tasks: readonly Task[];
  readonly hasEnded: boolean;
  /** Since when it is known to be draining. */
  readonly drainingSince: number | undefined;
}

/** Combines a poll with the furthest progress so far. */
export function drainAdvance(
  previous: DrainAdvance | undefined,
  seen: InstanceSeen,
  now: number,
  reached: ReachedByInstance | undefined,
): DrainAdvance {
  const stopped = seen.tasks.filter(isStopped).length;
  const leaving = stopped + seen.tasks.filter(isStopping).length;
  const { hasEnded, drainingSince = 0 } = seen;
  if (previous === undefined) return { stopped, leaving, hasEnded, at: firstAt(seen, now, reached) };
  const isFurther =
    stopped > previous.stopped ||
    leaving > previous.leaving ||
    (hasEnded && !previous.hasEnded) ||
    drainingSince > previous.at;
  return {
    stopped: Math.max(stopped, previous.stopped),
    leaving: Math.max(leaving, previous.leaving),
    hasEnded,
    at: isFurther ? now : previous.at,
  };
}

/**
 * ECS does not date a drain. If tasks are leaving, the last one that started to stop shows the last progress. Otherwise
 * it is known only if this process followed the same drain before and nothing has left since.
 */
function firstAt({ instance, tasks }: InstanceSeen, now: number, reached: ReachedByInstance | undefined): number {
  const staying = tasks.filter((task) => !isStopped(task));
  const moments = staying.flatMap(({ stoppingAt }) => stoppingAt?.getTime() ?? []);
  const dated = moments.length === 0 ? now : Math.min(now, Math.max(...moments));
  if (!isSameDrain(instance, reached)) return dated;
  const hasLeft = staying.length < reached.remaining || waiting(staying) < reached.waiting;
  return hasLeft ? Math.max(dated, reached.at) : reached.at;
}

/** ECS counts every change of an instance in its version, one of its status included. */
export function isSameDrain(
  instance: ContainerInstance | undefined,
  reached: ReachedByInstance | undefined,
): reached is ReachedByInstance {
  return reached !== undefined && instance?.status === 'DRAINING' && instance.version === reached.version;
}

/** The progress of an instance's drain, as it is kept for the next life of its topic. */
export function reachedBy(
  instance: ContainerInstance,
  tasks: readonly Task[],
  drain: Pick<ReachedByInstance, 'drainingSince' | 'total' | 'isJoined' | 'at'>,
): ReachedByInstance {
  const staying = tasks.filter((task) => !isStopped(task));
  return { version: instance.version, waiting: waiting(staying), remaining: staying.length, ...drain };
}

function waiting(tasks: readonly Task[]): number {
  return tasks.filter((task) => !isStopping(task)).length;
}
