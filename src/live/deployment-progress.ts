import type { DeploymentLifecycleHookDetail, ServiceRevisionSummary, Task } from '@aws-sdk/client-ecs';
import { isHealthy, isStopping, latitudeOf, percentOf } from './arithmetic.ts';
import type { Blocker } from './blockers.ts';
import { deploymentBlockers, failedTasks, startOf, targetTasks } from './deployment-blockers.ts';
import { type Estimate, estimateDeployment } from './deployment-estimate.ts';
import { type DeploymentEnding, deploymentEnding } from './deployment-outcome.ts';
import type { DeploymentSnapshot, DeploymentTarget } from './deployment-snapshot.ts';
import { inOrder, type TimedEvent } from './service-events.ts';

/** Failures in a row against the number that trips the circuit breaker. */
export interface BreakerProgress {
  readonly status: string | null;
  readonly failureCount: number;
  readonly threshold: number;
}

/** Where a deployment stands. Counts are of the followed deployment's own tasks unless they say otherwise. */
export interface DeploymentProgress {
  readonly target: DeploymentTarget;
  readonly strategy: string;
  /** The service deployment's status, or the rollout state where there is none. */
  readonly status: string | null;
  readonly statusReason: string | null;
  readonly rolloutState: string | null;
  readonly lifecycleStage: string | null;
  readonly desiredCount: number;
  readonly pendingCount: number;
  readonly runningCount: number;
  readonly healthyCount: number;
  readonly failedCount: number;
  /** Tasks of the service on their way out, whichever revision. */
  readonly stoppingCount: number;
  /** Tasks that older revisions still run. */
  readonly sourceRunningCount: number;
  readonly percent: number;
  readonly isRollingBack: boolean;
  readonly sourceRevisions: readonly ServiceRevisionSummary[];
  readonly targetRevision: ServiceRevisionSummary | null;
  readonly taskDefinitionArn: string | null;
  readonly circuitBreaker: BreakerProgress | null;
  readonly triggeredAlarms: readonly string[];
  readonly hooks: readonly DeploymentLifecycleHookDetail[];
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
  const ours = targetTasks(snapshot);
  const failed = failedTasks(snapshot);
  const target = serviceDeployment?.targetServiceRevision;
  const startedAt = startOf(snapshot);
  const ending = deploymentEnding(snapshot) ?? null;
  const counts = {
    desiredCount: target?.requestedTaskCount ?? deployment?.desiredCount ?? service?.desiredCount ?? 0,
    pendingCount: deployment?.pendingCount ?? target?.pendingTaskCount ?? 0,
    runningCount: deployment?.runningCount ?? target?.runningTaskCount ?? 0,
    healthyCount: ours.filter((task) => isHealthy(task, now)).length,
    failedCount: failed.length,
    stoppingCount: tasks.filter(isStopping).length,
    sourceRunningCount: sourceRunning(snapshot),
  };
  const percent = ending?.outcome === 'SUCCEEDED' ? 100 : percentDone(snapshot, counts);
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
    percent,
    isRollingBack: serviceDeployment?.status?.startsWith('ROLLBACK') ?? false,
    sourceRevisions: serviceDeployment?.sourceServiceRevisions ?? [],
    targetRevision: target ?? null,
    taskDefinitionArn: deployment?.taskDefinition ?? null,
    circuitBreaker: breakerOf(snapshot),
    triggeredAlarms: serviceDeployment?.alarms?.triggeredAlarmNames ?? [],
    hooks: serviceDeployment?.lifecycleHookDetails ?? [],
    failedTasks: failed.slice(0, MOST_FAILED_TASKS),
    events: inOrder(service?.events)
      .filter((event) => startedAt === undefined || event.createdAt >= startedAt)
      .slice(-MOST_EVENTS),
    startedAt: startedAt ?? null,
    finishedAt: serviceDeployment?.finishedAt ?? serviceDeployment?.stoppedAt ?? null,
    estimate: isOver || blockedBy.length > 0 ? null : estimateDeployment(snapshot, percent, now),
    blockedBy,
    ending,
  };
}

function strategyOf({ service, serviceDeployment }: DeploymentSnapshot): string {
  const controller = service?.deploymentController?.type;
  if (controller === 'CODE_DEPLOY' || controller === 'EXTERNAL') return controller;
  return (serviceDeployment?.deploymentConfiguration ?? service?.deploymentConfiguration)?.strategy ?? 'ROLLING';
}

function sourceRunning({ service, target, serviceDeployment }: DeploymentSnapshot): number {
  const others = (service?.deployments ?? []).filter(({ id }) => id !== target.deploymentId);
  if (others.length > 0) return others.reduce((sum, { runningCount }) => sum + (runningCount ?? 0), 0);
  const sources = serviceDeployment?.sourceServiceRevisions ?? [];
  const ours = serviceDeployment?.targetServiceRevision?.arn;
  return sources
    .filter(({ arn }) => arn !== ours)
    .reduce((sum, { runningTaskCount }) => sum + (runningTaskCount ?? 0), 0);
}

/** How far each stage of a deployment that shifts traffic has come when it begins; the next number is where it ends. */
const STAGES: readonly (readonly [string, number])[] = [
  ['PENDING', 0],
  ['RECONCILE_SERVICE', 0],
  ['PRE_SCALE_UP', 2],
  ['SCALE_UP', 5],
  ['POST_SCALE_UP', 45],
  ['TEST_TRAFFIC_SHIFT', 48],
  ['POST_TEST_TRAFFIC_SHIFT', 52],
  ['PRE_PRODUCTION_TRAFFIC_SHIFT', 55],
  ['PRODUCTION_TRAFFIC_SHIFT', 58],
  ['POST_PRODUCTION_TRAFFIC_SHIFT', 85],
  ['BAKE_TIME', 88],
  ['CLEAN_UP', 95],
  ['END', 100],
];

type Counts = Pick<DeploymentProgress, 'desiredCount' | 'healthyCount' | 'sourceRunningCount'>;

function percentDone(snapshot: DeploymentSnapshot, { desiredCount, healthyCount, sourceRunningCount }: Counts): number {
  const { serviceDeployment, sourceCount } = snapshot;
  const strategy = strategyOf(snapshot);
  const index = STAGES.findIndex(([name]) => name === serviceDeployment?.lifecycleStage);
  const healthy = Math.min(healthyCount, desiredCount);
  if (strategy === 'ROLLING' || index < 0) {
    // A replaced task counts as much as a new one that is healthy, and neither is done without the other.
    return Math.min(99, percentOf(healthy + sourceCount - sourceRunningCount, desiredCount + sourceCount));
  }
  const [stage = '', start = 0] = STAGES[index] ?? [];
  const end = STAGES[index + 1]?.[1] ?? 100;
  const within =
    stage === 'SCALE_UP'
      ? percentOf(healthy, desiredCount)
      : stage === 'PRODUCTION_TRAFFIC_SHIFT'
        ? (serviceDeployment?.targetServiceRevision?.requestedProductionTrafficWeight ?? 0)
        : 0;
  return Math.floor(start + ((end - start) * within) / 100);
}

/** ECS tells the threshold only in a service deployment; elsewhere it follows from the documented default. */
function breakerOf({ service, serviceDeployment, deployment }: DeploymentSnapshot): BreakerProgress | null {
  const told = serviceDeployment?.deploymentCircuitBreaker;
  if (told !== undefined) {
    const { status, failureCount = 0, threshold = 0 } = told;
    return status === 'DISABLED' ? null : { status: status ?? null, failureCount, threshold };
  }
  const configured = service?.deploymentConfiguration?.deploymentCircuitBreaker;
  if (service === null || configured?.enable !== true) return null;
  const { type = 'BOUNDED_PERCENT', value = 50 } = configured.thresholdConfiguration ?? {};
  const percent = Math.ceil((latitudeOf(service).desiredCount * (value ?? 50)) / 100);
  const threshold = type === 'COUNT' ? (value ?? 0) : type === 'BOUNDED_PERCENT' ? clamp(percent, 3, 200) : percent;
  return { status: null, failureCount: deployment?.failedTasks ?? 0, threshold };
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
