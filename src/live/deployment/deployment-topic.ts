import type { Service, Task } from '@aws-sdk/client-ecs';
import { clusterNameOf } from '../../ecs/core/arn.ts';
import { EcsError } from '../../ecs/core/errors.ts';
import type { LiveSession } from '../core/create-hub.ts';
import type { ReachedByDeployment } from '../core/progress-memory.ts';
import { readTasks } from '../core/read-tasks.ts';
import { isSuccessBefore } from '../core/rollout-state.ts';
import { wokenByService } from '../core/woken-by.ts';
import { changesBetween } from '../topic/changes.ts';
import type { TopicSpec, Update } from '../topic/topic-spec.ts';
import { quietSince } from './deployment-advance.ts';
import { deploymentMark } from './deployment-mark.ts';
import type { DeploymentEnding } from './deployment-outcome.ts';
import { type DeploymentProgress, deploymentProgress } from './deployment-progress.ts';
import { observeDeployment } from './deployment-snapshot.ts';
import {
  type DeploymentLook,
  type DeploymentSnapshot,
  type DeploymentTarget,
  deploymentKey,
} from './deployment-state.ts';
import { deploymentFacts, deploymentSummary } from './deployment-summary.ts';

/** Follows one deployment to its end. */
export function deploymentTopic(
  scope: string,
  target: DeploymentTarget,
): TopicSpec<LiveSession, DeploymentSnapshot, DeploymentLook, DeploymentProgress> {
  const mark = deploymentMark(target);
  const toUpdate = (
    progress: DeploymentProgress,
    now: number,
    before?: DeploymentProgress,
  ): Update<DeploymentProgress> => ({
    body: progress,
    changes: before === undefined ? [] : changesBetween(deploymentFacts(before), deploymentFacts(progress)),
    summary: deploymentSummary(progress, now),
    outcome: progress.ending?.outcome ?? null,
    mark,
  });
  return {
    key: `deployment ${scope} ${target.serviceArn} ${mark}`,
    group: `${scope} ${target.clusterArn}`,
    wakes: wokenByService(target),
    read: (session, state) => readDeployment(session, state?.target ?? target, state),
    step(state, look, now) {
      const next = observeDeployment(state, target, look, now);
      if (state === undefined) return { state: next, news: [] };
      const news = toUpdate(deploymentProgress(next, now), now, deploymentProgress(state, state.observedAt));
      return { state: next, news: news.changes.length === 0 ? [] : [news] };
    },
    facts: deploymentFacts,
    whole: (state, now) => toUpdate(deploymentProgress(state, now), now),
    confirms: new Set(['SUCCEEDED']),
    isFinalSince: ({ serviceDeployment }, before) => isSuccessBefore(serviceDeployment, before),
    quietSince,
    weigh: weighDeployment,
    pulse: () => 'active',
    timedOut(state, now) {
      const ending: DeploymentEnding = { outcome: 'TIMED_OUT', cause: 'TIMEOUT', reason: null, inferred: false };
      return toUpdate({ ...deploymentProgress(state, now), ending }, now);
    },
  };
}

export function weighDeployment({ tasks, failedTasks, events }: DeploymentProgress): number {
  return tasks.length + failedTasks.length + events.length;
}

/** One poll of a deployment, its service and the service's tasks. */
export async function readDeployment(
  session: LiveSession,
  target: DeploymentTarget,
  previous?: DeploymentSnapshot,
): Promise<DeploymentLook> {
  const { clusterArn, serviceName, serviceDeploymentArn } = target;
  const { loaders } = session;
  // All reads start together, so that the loaders batch the reads of a round.
  const listed = unlessForbidden(readTasks(session, clusterArn, { serviceName }, previous?.tasks ?? []));
  listed.catch(() => undefined);
  const [service, serviceDeployment] = await Promise.all([
    loaders.of('Service').load({ id: serviceName, cluster: clusterNameOf(clusterArn), members: [] }),
    // Without permission to read service deployments, the service's own list is used.
    serviceDeploymentArn === undefined
      ? null
      : unlessForbidden(loaders.of('ServiceDeployment').load({ id: serviceDeploymentArn, members: [] })),
  ]);
  // ECS may refuse to list the tasks of a deleted service.
  const isThere = service !== null && service.status !== 'INACTIVE';
  const tasks = isThere ? await listed : [];
  if (isThere && tasks !== null && !agrees(service, tasks)) session.tasks?.doubt(tasks);
  return { service, serviceDeployment, tasks, reached: reachedBefore(session, target, previous) };
}

/**
 * How far the deployment had come when this process followed it before; keeps how far it has come by now for the next
 * time.
 */
export function reachedBefore(
  { progress }: LiveSession,
  target: DeploymentTarget,
  previous: DeploymentSnapshot | undefined,
): ReachedByDeployment | undefined {
  const key = deploymentKey(target);
  if (previous === undefined) return progress?.deployments.get(key);
  const { advance, sourceCount, reachedPercent } = previous;
  progress?.deployments.set(key, { advance, sourceCount, reachedPercent });
  return undefined;
}

/** Whether the service's running count equals the running tasks, with or without the ones about to stop. */
function agrees({ runningCount = 0 }: Service, tasks: readonly Task[]): boolean {
  const running = tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING');
  const staying = running.filter(({ desiredStatus }) => desiredStatus !== 'STOPPED');
  return staying.length <= runningCount && runningCount <= running.length;
}

/** The result, or null if the credentials of this process may not read it. */
async function unlessForbidden<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof EcsError && error.code === 'FORBIDDEN_UPSTREAM') return null;
    throw error;
  }
}
