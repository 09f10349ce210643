import type { Deployment, Service, ServiceDeployment, ServiceEvent, Task } from '@aws-sdk/client-ecs';
import { isStopped, lastPart, primaryOf } from '../core/deployment-bounds.ts';
import { ABSENCES_TO_BELIEVE } from '../topic/look-failures.ts';
import { advanceOf, firstAdvance } from './deployment-advance.ts';
import { sourceCountOf } from './deployment-past.ts';
import { isRollingBack, percentSeen } from './deployment-percent.ts';
import type { DeploymentLook, DeploymentSnapshot, DeploymentTarget } from './deployment-state.ts';

/** Order of the states of a service deployment: a poll with a lower rank is stale. */
const RANK: Readonly<Record<string, number>> = {
  PENDING: 0,
  IN_PROGRESS: 1,
  STOP_REQUESTED: 2,
  ROLLBACK_REQUESTED: 2,
  ROLLBACK_IN_PROGRESS: 3,
  SUCCESSFUL: 4,
  STOPPED: 4,
  ROLLBACK_SUCCESSFUL: 4,
  ROLLBACK_FAILED: 4,
};

/** Combines a new poll with the earlier state. Nothing in it goes back in time. */
export function observeDeployment(
  previous: DeploymentSnapshot | undefined,
  target: DeploymentTarget,
  look: DeploymentLook,
  now: number,
): DeploymentSnapshot {
  const shown = isOfAnotherLife(look, previous) ? null : look.service;
  const absent = shown === null && previous !== undefined && previous.service !== null;
  const absences = absent ? (previous?.absences ?? 0) + 1 : 0;
  const found = shown === null ? null : withTaskSets(shown);
  const service = absent && absences < ABSENCES_TO_BELIEVE ? previous.service : newerService(previous?.service, found);
  const serviceDeployment = newerServiceDeployment(previous?.serviceDeployment, look.serviceDeployment);
  const known = { ...target, deploymentId: target.deploymentId ?? previous?.target.deploymentId };
  const named = { ...known, deploymentId: known.deploymentId ?? idOf(service, serviceDeployment) };
  const deployment =
    service?.deployments?.find((candidate) => candidate.id === named.deploymentId) ?? previous?.deployment;
  const tasks = newerTasks(previous?.tasks, look.tasks ?? []);
  const source = (service?.deployments ?? [])
    .filter((candidate) => candidate.id !== named.deploymentId)
    .reduce((sum, candidate) => sum + (candidate.runningCount ?? 0), 0);
  const stageName = serviceDeployment?.lifecycleStage ?? serviceDeployment?.status;
  const shownNow = {
    service,
    serviceDeployment,
    tasks,
    hasTasks: look.tasks !== null,
    target: named,
    observedAt: Math.max(now, previous?.observedAt ?? now),
    firstSeenAt: previous?.firstSeenAt ?? now,
    deployment,
    stage:
      previous !== undefined && previous.stage.name === stageName
        ? previous.stage
        : { name: stageName, since: now, exact: previous !== undefined },
    absences,
    unlisted: deployment === undefined && serviceDeployment === null ? (previous?.unlisted ?? 0) + 1 : 0,
  };
  const { reached } = look;
  const before = previous?.sourceCount ?? Math.max(sourceCountOf(shownNow), reached?.sourceCount ?? 0);
  const seen = { ...shownNow, sourceCount: Math.max(source, before) };
  const advance =
    previous === undefined ? firstAdvance(seen, now, reached?.advance) : advanceOf(previous.advance, seen, now);
  // A rollback undoes progress and makes none.
  const percent = previous !== undefined && isRollingBack(seen) ? 0 : percentSeen({ ...seen, advance }, now);
  const reachedPercent = Math.max(previous?.reachedPercent ?? reached?.reachedPercent ?? 0, percent);
  return { ...seen, reachedPercent, advance };
}

/** Whether the service that ECS shows was created under the same name after the one that was followed. */
function isOfAnotherLife(
  { service, serviceDeployment }: DeploymentLook,
  previous: DeploymentSnapshot | undefined,
): boolean {
  const created = service?.createdAt?.getTime();
  if (created === undefined) return false;
  const known = previous?.service?.createdAt?.getTime() ?? Number.POSITIVE_INFINITY;
  const begun = (serviceDeployment ?? previous?.serviceDeployment)?.createdAt?.getTime() ?? Number.POSITIVE_INFINITY;
  return created > known || created > begun + MOST_APART_MS;
}

/** The creation times of a service and its first deployment differ by less than this. */
const MOST_APART_MS = 5_000;

/**
 * The `ecs-svc/...` id of a service deployment. ECS links the two nowhere: in every observed case the revision's number
 * is the deployment's number. Otherwise, the two were created within seconds of each other.
 */
export function idOf(service: Service | null, serviceDeployment: ServiceDeployment | null): string | undefined {
  if (service === null) return undefined;
  const deployments = service.deployments ?? [];
  if (serviceDeployment === null) return primaryOf(service)?.id;
  const revision = lastPart(serviceDeployment.targetServiceRevision?.arn);
  const byRevision = deployments.find(({ id }) => revision !== '' && lastPart(id) === revision);
  if (byRevision !== undefined) return byRevision.id;
  const created = serviceDeployment.createdAt?.getTime();
  if (created === undefined) return undefined;
  const apart = ({ createdAt }: Deployment) => Math.abs((createdAt?.getTime() ?? 0) - created);
  const nearest = [...deployments].sort((a, b) => apart(a) - apart(b))[0];
  return nearest !== undefined && apart(nearest) <= MOST_APART_MS ? nearest.id : undefined;
}

/** Services of other controllers have task sets instead of deployments. They are shown as deployments. */
export function withTaskSets(service: Service): Service {
  if ((service.deployments ?? []).length > 0 || service.taskSets === undefined) return service;
  const deployments = service.taskSets.map((taskSet) => ({
    ...taskSet,
    desiredCount: taskSet.computedDesiredCount,
  }));
  return { ...service, deployments };
}

function newerService(previous: Service | null | undefined, look: Service | null): Service | null {
  if (!previous || look === null) return look;
  const before = new Map((previous.deployments ?? []).map(({ id, updatedAt }) => [id, updatedAt?.getTime() ?? 0]));
  const isOlder = (look.deployments ?? []).some(
    ({ id, updatedAt }) => (updatedAt?.getTime() ?? 0) < (before.get(id) ?? 0),
  );
  return { ...(isOlder ? previous : look), events: allEvents(previous, look) };
}

/** Keeps events that a stale answer no longer contains. */
function allEvents(previous: Service, look: Service): ServiceEvent[] {
  const known = new Set((look.events ?? []).map(({ id }) => id));
  return [...(look.events ?? []), ...(previous.events ?? []).filter(({ id }) => !known.has(id))]
    .sort((a, b) => (b.createdAt?.getTime() ?? 0) - (a.createdAt?.getTime() ?? 0))
    .slice(0, MOST_EVENTS);
}

/** As many as ECS shows. */
const MOST_EVENTS = 100;

function newerServiceDeployment(
  previous: ServiceDeployment | null | undefined,
  look: ServiceDeployment | null,
): ServiceDeployment | null {
  if (!previous || look === null) return look ?? previous ?? null;
  if ((RANK[look.status ?? ''] ?? 1) < (RANK[previous.status ?? ''] ?? 0)) return previous;
  return (look.updatedAt?.getTime() ?? 0) < (previous.updatedAt?.getTime() ?? 0) ? previous : look;
}

/** Tasks with their highest version. Stopped tasks are kept when ECS no longer shows them; other tasks are removed. */
export function newerTasks(previous: readonly Task[] | undefined, look: readonly Task[]): Task[] {
  const before = new Map((previous ?? []).map((task) => [task.taskArn, task]));
  const merged = look.map((task) => {
    const known = before.get(task.taskArn);
    before.delete(task.taskArn);
    return known !== undefined && (known.version ?? 0) > (task.version ?? 0) ? known : task;
  });
  return [...merged, ...[...before.values()].filter(isStopped)];
}
