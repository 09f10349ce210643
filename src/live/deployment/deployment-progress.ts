import type { DeploymentLifecycleHookDetail, ServiceRevisionSummary, Task } from '@aws-sdk/client-ecs';
import type { Blocker } from '../core/blockers.ts';
import { isStopping, latitudeOf } from '../core/deployment-bounds.ts';
import { inOrder, type TimedEvent } from '../core/service-events.ts';
import { deploymentBlockers, failedTasks, startOf } from './deployment-blockers.ts';
import { type Estimate, estimateDeployment } from './deployment-estimate.ts';
import { type DeploymentEnding, deploymentEnding } from './deployment-outcome.ts';
import { countsOf, isRollingBack, percentDone, strategyOf } from './deployment-percent.ts';
import type { DeploymentSnapshot, DeploymentTarget } from './deployment-state.ts';
import { type DeploymentTask, deploymentTasks } from './deployment-task.ts';

/** Consecutive failures, and the number that trips the circuit breaker. */
export interface BreakerProgress {
  readonly status: string | null;
  readonly failureCount: number | null;
  readonly threshold: number | null;
}

/** The state of a deployment. Counts are of the followed deployment's own tasks unless they say otherwise. */
export interface DeploymentProgress {
  readonly target: DeploymentTarget;
  readonly strategy: string;
  /** The service deployment's status, else the rollout state. */
  readonly status: string | null;
  readonly statusReason: string | null;
  readonly rolloutState: string | null;
  readonly lifecycleStage: string | null;
  readonly desiredCount: number;
  readonly pendingCount: number;
  readonly runningCount: number;
  /** 0 if tasks are not read. */
  readonly healthyTaskCount: number;
  readonly hasTasks: boolean;
  readonly failedTaskCount: number;
  /** Stopping tasks of the service, of any revision. */
  readonly stoppingTaskCount: number;
  /** Running tasks of older revisions. */
  readonly sourceRunningTaskCount: number;
  readonly percent: number;
  readonly isRollingBack: boolean;
  readonly sourceRevisions: readonly ServiceRevisionSummary[];
  readonly targetRevision: ServiceRevisionSummary | null;
  readonly taskDefinitionArn: string | null;
  readonly circuitBreaker: BreakerProgress | null;
  readonly triggeredAlarms: readonly string[];
  readonly hooks: readonly DeploymentLifecycleHookDetail[];
  /** Tasks of the service that have not stopped, at most 100. */
  readonly tasks: readonly DeploymentTask[];
  /** Newest first, at most ten. */
  readonly failedTasks: readonly Task[];
  /** Service events since the deployment began, oldest first, at most twenty. */
  readonly events: readonly TimedEvent[];
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  readonly estimate: Estimate | null;
  readonly blockedBy: readonly Blocker[];
  readonly ending: DeploymentEnding | null;
}

const MOST_FAILED_TASKS = 10;
const MOST_EVENTS = 20;

export function deploymentProgress(snapshot: DeploymentSnapshot, now: number): DeploymentProgress {
  const { service, serviceDeployment, deployment, tasks } = snapshot;
  const failed = failedTasks(snapshot);
  const target = serviceDeployment?.targetServiceRevision;
  const startedAt = startOf(snapshot);
  const ending = deploymentEnding(snapshot) ?? null;
  const counts = {
    ...countsOf(snapshot, now),
    pendingCount: deployment?.pendingCount ?? target?.pendingTaskCount ?? 0,
    failedTaskCount: failed.length,
    stoppingTaskCount: tasks.filter(isStopping).length,
  };
  const percent = ending?.outcome === 'SUCCEEDED' ? 100 : percentDone(snapshot, now);
  const blockedBy = ending === null ? deploymentBlockers(snapshot, now) : [];
  const isOver = ending !== null;
  return {
    target: snapshot.target,
    strategy: strategyOf(snapshot),
    status: serviceDeployment?.status ?? deployment?.rolloutState ?? deployment?.status ?? null,
    statusReason: serviceDeployment?.statusReason ?? deployment?.rolloutStateReason ?? null,
    rolloutState: deployment?.rolloutState ?? null,
    lifecycleStage: serviceDeployment?.lifecycleStage ?? null,
    ...counts,
    hasTasks: snapshot.hasTasks,
    percent,
    isRollingBack: isRollingBack(snapshot),
    sourceRevisions: serviceDeployment?.sourceServiceRevisions ?? [],
    targetRevision: target ?? null,
    taskDefinitionArn: deployment?.taskDefinition ?? null,
    circuitBreaker: breakerOf(snapshot),
    triggeredAlarms: serviceDeployment?.alarms?.triggeredAlarmNames ?? [],
    hooks: serviceDeployment?.lifecycleHookDetails ?? [],
    tasks: deploymentTasks(snapshot, now),
    failedTasks: failed.slice(0, MOST_FAILED_TASKS),
    events: inOrder(service?.events)
      .filter((event) => startedAt === undefined || event.createdAt >= startedAt)
      .slice(-MOST_EVENTS),
    startedAt: startedAt ?? null,
    finishedAt: finishOf(snapshot, ending) ?? null,
    estimate: isOver || blockedBy.length > 0 ? null : estimateDeployment(snapshot, percent, now),
    blockedBy,
    ending,
  };
}

/** Without a service deployment, the last change of an ended deployment was its end. */
function finishOf({ serviceDeployment, deployment }: DeploymentSnapshot, ending: DeploymentEnding | null) {
  const isReported = ending?.outcome === 'SUCCEEDED' || ending?.outcome === 'FAILED';
  if (serviceDeployment === null) return isReported ? deployment?.updatedAt : undefined;
  return serviceDeployment.finishedAt ?? serviceDeployment.stoppedAt;
}

/** ECS returns the threshold only in a service deployment. Otherwise the documented default is computed. */
function breakerOf({ service, serviceDeployment, deployment }: DeploymentSnapshot): BreakerProgress | null {
  const breaker = serviceDeployment?.deploymentCircuitBreaker;
  if (breaker !== undefined) {
    const { status = null, failureCount = null, threshold = null } = breaker;
    return status === 'DISABLED' ? null : { status, failureCount, threshold };
  }
  const configured = service?.deploymentConfiguration?.deploymentCircuitBreaker;
  if (service === null || configured?.enable !== true) return null;
  const { type = 'BOUNDED_PERCENT', value = 50 } = configured.thresholdConfiguration ?? {};
  const percent = Math.ceil((latitudeOf(service).desiredCount * (value ?? 50)) / 100);
  const threshold = type === 'COUNT' ? (value ?? 0) : type === 'BOUNDED_PERCENT' ? clamp(percent, 3, 200) : percent;
  return { status: null, failureCount: deployment?.failedTasks ?? null, threshold };
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
