import type { ContainerInstance, Service, Task } from '@aws-sdk/client-ecs';
import { clusterNameOf } from '../../ecs/core/arn.ts';
import { EcsError } from '../../ecs/core/errors.ts';
import type { LiveSession } from '../core/create-hub.ts';
import { isStopped } from '../core/deployment-bounds.ts';
import type { ReachedByInstance } from '../core/progress-memory.ts';
import { readTasks } from '../core/read-tasks.ts';
import { serviceNameOf } from '../core/task-owner.ts';
import { wokenByInstances } from '../core/woken-by.ts';
import { changesBetween } from '../topic/changes.ts';
import type { TopicSpec, Update } from '../topic/topic-spec.ts';
import { reachedBy } from './drain-advance.ts';
import { drainMark } from './drain-mark.ts';
import {
  changedTasks,
  type DrainProgress,
  drainProgress,
  type InstanceDrain,
  joinChangedTasks,
} from './drain-progress.ts';
import {
  type DrainLook,
  type DrainSnapshot,
  type DrainTarget,
  drainQuietSince,
  observeDrain,
} from './drain-snapshot.ts';
import { drainFacts, drainSummary } from './drain-summary.ts';
import { isBriefMark } from './packed-instances.ts';

/** Follows the drain of some container instances to its end. */
export function drainTopic(
  scope: string,
  target: DrainTarget,
): TopicSpec<LiveSession, DrainSnapshot, DrainLook, DrainProgress> {
  const mark = drainMark(target);
  const toUpdate = (progress: DrainProgress, before?: DrainProgress): Update<DrainProgress> => ({
    body: before === undefined ? progress : { ...progress, changedTasks: changedTasks(before, progress) },
    changes: before === undefined ? [] : changesBetween(drainFacts(before), drainFacts(progress)),
    summary: drainSummary(progress),
    outcome: progress.outcome,
    mark: progress.instances.every(hasBegun) ? mark : undefined,
  });
  return {
    key: `drain ${scope} ${target.clusterArn} ${isBriefMark(mark) ? mark : [...target.containerInstanceArns].sort().join()}`,
    group: `${scope} ${target.clusterArn}`,
    wakes: wokenByInstances(target),
    read: (session, state) => readDrain(session, target, state),
    step(state, look, now) {
      const next = observeDrain(state, target, look, now);
      if (state === undefined) return { state: next, news: [] };
      const news = toUpdate(drainProgress(next, now), drainProgress(state, state.observedAt));
      return { state: next, news: news.changes.length === 0 ? [] : [news] };
    },
    facts: drainFacts,
    whole: (state, now) => toUpdate(drainProgress(state, now)),
    confirms: new Set(['DRAINED']),
    quietSince: drainQuietSince,
    weigh: weighDrain,
    joinBodies: joinChangedTasks,
    summaryIsWhole: true,
    pulse: () => 'active',
    timedOut: (state, now) => toUpdate({ ...drainProgress(state, now), outcome: 'TIMED_OUT' }),
  };
}

/** The instances, and the tasks on them. */
export function weighDrain({ instances }: DrainProgress): number {
  return instances.reduce((sum, { tasks }) => sum + 1 + tasks.length, 0);
}

function hasBegun({ instance, outcome }: InstanceDrain): boolean {
  return outcome !== null || instance?.status === 'DRAINING';
}

/** Facts about a drain that need no reading. */
export type KnownDrain = Pick<
  DrainSnapshot,
  'endings' | 'tasks' | 'serviceTasks' | 'seenTasks' | 'instances' | 'advances' | 'drainingSince' | 'totals' | 'joined'
>;

/** One poll of the instances, their tasks, and the services of those. */
export async function readDrain(
  session: LiveSession,
  { clusterArn, containerInstanceArns }: DrainTarget,
  state?: KnownDrain,
): Promise<DrainLook> {
  const cluster = clusterNameOf(clusterArn);
  const open = containerInstanceArns.filter((arn) => !state?.endings.has(arn));
  const known = [...(state?.tasks ?? []), ...(state?.serviceTasks ?? [])];
  const listed = open.map((arn) => listedOn(session, clusterArn, arn, known));
  const instances = await Promise.all(
    containerInstanceArns.map((id) => session.loaders.of('ContainerInstance').load({ id, cluster, members: [] })),
  );
  for (const { containerInstanceArn: arn = '', runningTasksCount = 0, pendingTasksCount = 0 } of instances.filter(
    isThere,
  )) {
    if (state?.endings.get(arn) === 'DRAINED' && runningTasksCount + pendingTasksCount > 0)
      listed.push(listedOn(session, clusterArn, arn, known));
  }
  const shown = new Set(instances.filter(isInCluster).map((instance) => instance?.containerInstanceArn));
  const tasks: Task[] = [];
  for (const { arn, onIt, error } of await Promise.all(listed)) {
    if (error !== undefined && shown.has(arn)) throw error;
    tasks.push(...onIt);
  }
  const concerned = [...tasks.filter((task) => !isStopped(task)), ...(state?.seenTasks.values() ?? [])];
  const names = new Set(concerned.flatMap((task) => serviceNameOf(task) ?? []));
  const [services, serviceTasks, protectedTaskArns] = await Promise.all([
    Promise.all([...names].map((id) => session.loaders.of('Service').load({ id, cluster, members: [] }))),
    Promise.all([...names].map((serviceName) => readTasks(session, clusterArn, { serviceName }, known))),
    readProtected(session, cluster, tasks),
  ]);
  return {
    instances: instances.filter(isThere),
    tasks,
    services: services.filter((service): service is Service => service !== null),
    serviceTasks: serviceTasks.flat(),
    protectedTaskArns,
    reached: reachedBefore(session, containerInstanceArns, state),
  };
}

/**
 * How far the drains had come when this process followed them before; keeps how far they have come by now for the next
 * time.
 */
function reachedBefore(
  { progress }: LiveSession,
  arns: readonly string[],
  state: KnownDrain | undefined,
): ReadonlyMap<string, ReachedByInstance> {
  const reached = new Map<string, ReachedByInstance>();
  for (const arn of arns) {
    const [advance, drainingSince] = [state?.advances.get(arn), state?.drainingSince.get(arn)];
    const instance = state?.instances.find(({ containerInstanceArn }) => containerInstanceArn === arn);
    const known = progress?.instances.get(arn);
    if (advance === undefined && known !== undefined) reached.set(arn, known);
    if (state === undefined || advance === undefined || drainingSince === undefined || instance === undefined) continue;
    const on = [...state.seenTasks.values()].filter((task) => task.containerInstanceArn === arn);
    const [total, isJoined] = [state.totals.get(arn) ?? on.length, state.joined.has(arn)];
    progress?.instances.set(arn, reachedBy(instance, on, { drainingSince, total, isJoined, at: advance.at }));
  }
  return reached;
}

function isThere(instance: ContainerInstance | null): instance is ContainerInstance {
  return instance !== null;
}

function isInCluster(instance: ContainerInstance | null): boolean {
  return instance !== null && instance.status !== 'INACTIVE';
}

/**
 * ECS refuses to list the tasks of an instance that is gone. Whether that is an error is known once the instance was
 * read.
 */
async function listedOn(session: LiveSession, clusterArn: string, arn: string, known: readonly Task[]) {
  try {
    return { arn, onIt: await readTasks(session, clusterArn, { containerInstanceArn: arn }, known), error: undefined };
  } catch (error) {
    return { arn, onIt: [], error };
  }
}

const PROTECTION_BATCH = 100;

/** The protected tasks. Only tasks of services can be protected. Null if ECS does not let the gateway read it. */
export async function readProtected(
  { ecs }: LiveSession,
  cluster: string,
  tasks: readonly Task[],
): Promise<ReadonlySet<string> | null> {
  const arns = tasks
    .filter((task) => task.desiredStatus === 'RUNNING' && serviceNameOf(task) !== undefined)
    .flatMap(({ taskArn }) => taskArn ?? []);
  const guarded = new Set<string>();
  for (let start = 0; start < arns.length; start += PROTECTION_BATCH) {
    try {
      const batch = arns.slice(start, start + PROTECTION_BATCH);
      const { protectedTasks } = await ecs.read('GetTaskProtection', { cluster, tasks: batch });
      for (const { taskArn, protectionEnabled } of protectedTasks ?? []) {
        if (protectionEnabled === true && taskArn !== undefined) guarded.add(taskArn);
      }
    } catch (error) {
      if (error instanceof EcsError && !error.retryable) return null;
      throw error;
    }
  }
  return guarded;
}
