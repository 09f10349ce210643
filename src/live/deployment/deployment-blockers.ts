import {
  type Blocker,
  blocker,
  distinctBlockers,
  eventBlockers,
  isDeadlocked,
  percentagesMessage,
} from '../core/blockers.ts';
import { isHealthy, isStopped, latitudeOf } from '../core/deployment-bounds.ts';
import { counted } from '../core/duration.ts';
import { exitsThatGoOn, hasFailed, whyStopped } from '../core/task-verdict.ts';
import type { DeploymentSnapshot } from './deployment-state.ts';

/** This many failures without a healthy task are a pattern. */
const FAILURES_TO_REPORT = 2;

/** The blockers of a deployment; empty while it progresses. */
export function deploymentBlockers(snapshot: DeploymentSnapshot, now: number): Blocker[] {
  const { service } = snapshot;
  if (service === null) return [];
  return distinctBlockers([
    ...hookBlockers(snapshot),
    ...eventBlockers(service, startOf(snapshot)),
    ...percentageBlockers(snapshot, now),
    ...failureBlockers(snapshot),
    ...exitBlockers(snapshot, now),
  ]);
}

/** When the deployment started, by ECS's clock. */
export function startOf({
  serviceDeployment,
  deployment,
}: Pick<DeploymentSnapshot, 'serviceDeployment' | 'deployment'>): Date | undefined {
  return serviceDeployment?.startedAt ?? serviceDeployment?.createdAt ?? deployment?.createdAt;
}

function hookBlockers({ serviceDeployment }: DeploymentSnapshot): Blocker[] {
  return (serviceDeployment?.lifecycleHookDetails ?? [])
    .filter((hook) => hook.status === 'AWAITING_ACTION')
    .map((hook) => {
      const otherwise =
        hook.expiresAt === undefined
          ? ''
          : `; without one ECS will ${hook.timeoutAction ?? 'act'} at ${hook.expiresAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
      const stage = serviceDeployment?.lifecycleStage ?? 'its stage';
      return blocker('AWAITING_HOOK', `paused at ${stage} until its hook gets an answer${otherwise}`);
    });
}

function percentageBlockers(
  { service, serviceDeployment, deployment, tasks, hasTasks }: DeploymentSnapshot,
  now: number,
): Blocker[] {
  const strategy = (serviceDeployment?.deploymentConfiguration ?? service?.deploymentConfiguration)?.strategy;
  if (service === null || deployment === undefined || (strategy ?? 'ROLLING') !== 'ROLLING') return [];
  const isMoving =
    (deployment.pendingCount ?? 0) > 0 ||
    (deployment.runningCount ?? 0) >= (deployment.desiredCount ?? 0) ||
    tasks.some((task) => task.desiredStatus === 'STOPPED' && !isStopped(task));
  const latitude = latitudeOf(service);
  const { runningCount = 0, pendingCount = 0 } = service;
  const strength = {
    running: runningCount,
    healthy: hasTasks ? tasks.filter((task) => isHealthy(task, now)).length : runningCount,
    active: runningCount + pendingCount,
  };
  if (isMoving || !isDeadlocked(latitude, strength)) return [];
  const message = percentagesMessage(service.serviceName ?? 'the service', strength, latitude);
  return [
    blocker('PERCENTAGES_ALLOW_NOTHING', message, { inferred: true, serviceArn: service.serviceArn ?? null, latitude }),
  ];
}

function failureBlockers(snapshot: DeploymentSnapshot): Blocker[] {
  const failed = failedTasks(snapshot);
  const { serviceDeployment, deployment } = snapshot;
  const count = Math.max(serviceDeployment?.deploymentCircuitBreaker?.failureCount ?? 0, deployment?.failedTasks ?? 0);
  const newest = failed[0];
  if (count < FAILURES_TO_REPORT) return [];
  const why = newest === undefined ? '' : `: ${whyStopped(newest)}`;
  return [
    blocker('TASKS_KEEP_FAILING', `${counted(count, 'task')} failed in a row${why}`, {
      inferred: true,
      taskArns: failed.flatMap((task) => task.taskArn ?? []).slice(0, 10),
      serviceArn: snapshot.service?.serviceArn ?? null,
      since: failed.at(-1)?.stoppedAt ?? null,
    }),
  ];
}

/** ECS does not count a task that ran as failed. The text omits number and time, or each exit would be a change. */
function exitBlockers(snapshot: DeploymentSnapshot, now: number): Blocker[] {
  const { service, hasTasks, deployment, serviceDeployment } = snapshot;
  const serviceArn = service?.serviceArn ?? null;
  if (!hasTasks) {
    const wanted = serviceDeployment?.targetServiceRevision?.requestedTaskCount ?? deployment?.desiredCount ?? 0;
    if (startedCount(snapshot, now, STARTS_RECENT_MS) < STARTS_TO_REPORT * Math.max(1, wanted)) return [];
    const message = 'ECS keeps starting more tasks than are wanted: they do not stay';
    return [blocker('TASKS_KEEP_EXITING', message, { inferred: true, serviceArn })];
  }
  const ours = targetTasks(snapshot);
  const exited = exitsThatGoOn(ours, now);
  const [newest] = exited;
  if (newest === undefined) return [];
  return [
    blocker('TASKS_KEEP_EXITING', `tasks run and exit, and ECS starts others: ${whyStopped(newest)}`, {
      inferred: true,
      taskArns: exited.flatMap((task) => task.taskArn ?? []).slice(0, 10),
      serviceArn,
    }),
  ];
}

/** This many times as many tasks started as are wanted. */
const STARTS_TO_REPORT = 3;
const STARTS_RECENT_MS = 10 * 60_000;

/** Number of recently started tasks by the service's events, since the deployment started. */
export function startedCount(
  snapshot: Pick<DeploymentSnapshot, 'service' | 'serviceDeployment' | 'deployment'>,
  now: number,
  withinMs: number,
): number {
  const from = Math.max(startOf(snapshot)?.getTime() ?? 0, now - withinMs);
  return (snapshot.service?.events ?? [])
    .filter(({ createdAt }) => (createdAt?.getTime() ?? 0) >= from)
    .reduce((sum, { message }) => sum + Number(/has started (\d+) tasks?/.exec(message ?? '')?.[1] ?? 0), 0);
}

/** Failed tasks of the followed deployment, newest first. */
export function failedTasks(snapshot: DeploymentSnapshot): DeploymentSnapshot['tasks'][number][] {
  const timeOf = (task: DeploymentSnapshot['tasks'][number]) =>
    (task.stoppedAt ?? task.stoppingAt ?? task.createdAt)?.getTime() ?? 0;
  return targetTasks(snapshot)
    .filter(hasFailed)
    .sort((a, b) => timeOf(b) - timeOf(a));
}

/** Tasks that the followed deployment started. */
export function targetTasks(snapshot: TasksSeen): DeploymentSnapshot['tasks'][number][] {
  const { tasks, target, deployment, serviceDeployment } = snapshot;
  if (target.deploymentId !== undefined) return tasks.filter((task) => task.startedBy === target.deploymentId);
  return serviceDeployment === null
    ? tasks.filter((task) => task.taskDefinitionArn === deployment?.taskDefinition)
    : startedMeanwhile(snapshot);
}

/**
 * For a deployment that left the list before the first poll, ECS returns no id. Its tasks are those that started while
 * it was running, for a deployment that is no longer in the list.
 */
function startedMeanwhile({ tasks, service, serviceDeployment }: TasksSeen): DeploymentSnapshot['tasks'][number][] {
  const listed = new Set((service?.deployments ?? []).map(({ id }) => id));
  const from = serviceDeployment?.createdAt?.getTime() ?? Number.POSITIVE_INFINITY;
  const to = (serviceDeployment?.finishedAt ?? serviceDeployment?.stoppedAt)?.getTime() ?? Number.POSITIVE_INFINITY;
  return tasks.filter(({ createdAt, startedBy }) => {
    const at = createdAt?.getTime() ?? 0;
    return at >= from && at <= to && !listed.has(startedBy);
  });
}

type TasksSeen = Pick<DeploymentSnapshot, 'tasks' | 'target' | 'deployment' | 'service' | 'serviceDeployment'>;
