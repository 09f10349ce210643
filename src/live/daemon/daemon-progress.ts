import type { DaemonDeployment } from '@aws-sdk/client-ecs';
import { percentOf } from '../core/deployment-bounds.ts';
import { counted, inWords } from '../core/duration.ts';
import type { ReachedByDaemon } from '../core/progress-memory.ts';
import type { DeploymentEnding } from '../deployment/deployment-outcome.ts';
import type { BreakerProgress } from '../deployment/deployment-progress.ts';
import { endingWords } from '../deployment/ending-summary.ts';
import type { Facts } from '../topic/changes.ts';
import { ABSENCES_TO_BELIEVE } from '../topic/look-failures.ts';

/** The readings of one poll. */
export interface DaemonLook {
  /** Null if ECS no longer shows it. */
  readonly deployment: DaemonDeployment | null;
  /** Why a deployment was stopped, which ECS does not show: its daemon was deleted, or a newer deployment started. */
  readonly stoppedBy: 'DELETION' | 'NEWER_DEPLOYMENT' | null;
  /** How far it had come when this process followed it before. */
  readonly reached?: ReachedByDaemon | undefined;
}

export interface DaemonSnapshot extends Omit<DaemonLook, 'reached'> {
  readonly arn: string;
  /** As it was last seen. */
  readonly deployment: DaemonDeployment | null;
  readonly absences: number;
  readonly observedAt: number;
  /** The most instances that it ran on in its current status, and when it reached that number. */
  readonly advance: ReachedByDaemon;
}

/** The state of a daemon's deployment. A daemon runs once on each instance, so instances are counted. */
export interface DaemonProgress {
  readonly arn: string;
  readonly deployment: DaemonDeployment | null;
  readonly runningCount: number;
  readonly drainingInstanceCount: number;
  readonly withoutDaemonInstanceCount: number;
  /** Instances that still run an older revision. */
  readonly sourceRunningInstanceCount: number;
  readonly percent: number;
  readonly circuitBreaker: BreakerProgress | null;
  readonly triggeredAlarms: readonly string[];
  readonly ending: DeploymentEnding | null;
}

const ENDED: ReadonlySet<string | undefined> = new Set([
  'SUCCESSFUL',
  'STOPPED',
  'ROLLBACK_SUCCESSFUL',
  'ROLLBACK_FAILED',
]);

/** Combines a new poll with the earlier state. A deployment that has ended stays ended. */
export function observeDaemon(
  previous: DaemonSnapshot | undefined,
  arn: string,
  { deployment: found, stoppedBy, reached }: DaemonLook,
  now: number,
): DaemonSnapshot {
  const known = previous?.deployment ?? null;
  const isLate = ENDED.has(known?.status) && !ENDED.has(found?.status);
  const deployment = isLate ? known : (found ?? known);
  return {
    arn,
    deployment,
    advance: advanceOf(previous?.advance ?? reached, deployment, now),
    stoppedBy: stoppedBy ?? previous?.stoppedBy ?? null,
    absences: found === null ? (previous?.absences ?? 0) + 1 : 0,
    observedAt: now,
  };
}

function advanceOf(
  previous: ReachedByDaemon | undefined,
  deployment: DaemonDeployment | null,
  now: number,
): ReachedByDaemon {
  const status = deployment?.status;
  const running = deployment?.targetDaemonRevision?.totalRunningInstanceCount ?? 0;
  if (previous === undefined)
    return { status, running, at: running > 0 ? now : Math.min(now, beganAt(deployment) ?? now) };
  const isFurther = previous.status !== status || running > previous.running;
  return isFurther ? { status, running, at: now } : previous;
}

/** When a deployment began that runs nowhere yet. ECS does not date a rollback of it. */
function beganAt(deployment: DaemonDeployment | null): number | undefined {
  if (deployment?.status !== 'PENDING' && deployment?.status !== 'IN_PROGRESS') return undefined;
  return (deployment.startedAt ?? deployment.createdAt)?.getTime();
}

export function daemonProgress(snapshot: DaemonSnapshot): DaemonProgress {
  const { arn, deployment } = snapshot;
  const target = deployment?.targetDaemonRevision;
  const counts = {
    runningCount: target?.totalRunningInstanceCount ?? 0,
    drainingInstanceCount: target?.totalDrainingInstanceCount ?? 0,
    withoutDaemonInstanceCount: target?.totalWithoutDaemonInstanceCount ?? 0,
    sourceRunningInstanceCount: (deployment?.sourceDaemonRevisions ?? []).reduce(
      (sum, { totalRunningInstanceCount = 0 }) => sum + totalRunningInstanceCount,
      0,
    ),
  };
  const ending = endingOf(snapshot);
  const { runningCount, drainingInstanceCount, withoutDaemonInstanceCount, sourceRunningInstanceCount } = counts;
  const percent = percentOf(
    runningCount,
    runningCount + drainingInstanceCount + withoutDaemonInstanceCount + sourceRunningInstanceCount,
  );
  const { status, failureCount = null, threshold = null } = deployment?.circuitBreaker ?? {};
  return {
    arn,
    deployment,
    ...counts,
    percent: ending?.outcome === 'SUCCEEDED' ? 100 : Math.min(99, percent),
    circuitBreaker: status === undefined || status === 'DISABLED' ? null : { status, failureCount, threshold },
    triggeredAlarms: deployment?.alarms?.triggeredAlarmNames ?? [],
    ending,
  };
}

/** The failure that ended it; undefined if a user did. */
export function triggeredBy(deployment: DaemonDeployment | null): 'CIRCUIT_BREAKER' | 'ALARM' | undefined {
  if (deployment?.circuitBreaker?.status === 'TRIGGERED') return 'CIRCUIT_BREAKER';
  return deployment?.alarms?.status === 'TRIGGERED' ? 'ALARM' : undefined;
}

function endingOf({ deployment, stoppedBy, absences }: DaemonSnapshot): DeploymentEnding | null {
  const triggered = triggeredBy(deployment);
  const reported = { reason: deployment?.rollback?.reason ?? deployment?.statusReason ?? null, inferred: false };
  switch (deployment?.status) {
    case 'SUCCESSFUL':
      return { outcome: 'SUCCEEDED', cause: null, ...reported };
    case 'ROLLBACK_SUCCESSFUL':
      return { outcome: 'ROLLED_BACK', cause: triggered ?? 'USER', ...reported };
    case 'ROLLBACK_FAILED':
      return { outcome: 'ROLLBACK_FAILED', cause: triggered ?? 'USER', ...reported };
    case 'STOPPED':
      if (triggered !== undefined) return { outcome: 'FAILED', cause: triggered, ...reported };
      if (stoppedBy === 'DELETION') return { outcome: 'SERVICE_DELETED', cause: 'SERVICE_DELETED', ...reported };
      return stoppedBy === null
        ? { outcome: 'STOPPED', cause: 'UNKNOWN', ...reported }
        : { outcome: 'SUPERSEDED', cause: stoppedBy, ...reported };
    default:
      return absences >= ABSENCES_TO_BELIEVE
        ? { outcome: 'SERVICE_DELETED', cause: 'SERVICE_DELETED', ...reported }
        : null;
  }
}

export function daemonFacts(progress: DaemonProgress): Facts {
  return {
    status: progress.deployment?.status,
    runningCount: progress.runningCount,
    drainingInstanceCount: progress.drainingInstanceCount,
    withoutDaemonInstanceCount: progress.withoutDaemonInstanceCount,
    sourceRunningInstanceCount: progress.sourceRunningInstanceCount,
    failureCount: progress.circuitBreaker?.failureCount,
    outcome: progress.ending?.outcome,
  };
}

/** One line that a bot can post as it is. */
export function daemonSummary(progress: DaemonProgress, now: number): string {
  const { arn, deployment, ending, runningCount, drainingInstanceCount } = progress;
  const [cluster = '', daemon = ''] = arn.split('/').slice(-3);
  const name = `daemon ${daemon} in ${cluster}`;
  if (ending === null) {
    const all =
      runningCount + drainingInstanceCount + progress.withoutDaemonInstanceCount + progress.sourceRunningInstanceCount;
    const back = deployment?.status === 'ROLLBACK_IN_PROGRESS' ? ', rolling back' : '';
    return `${name}: ${progress.percent} % (on ${runningCount} of ${counted(all, 'instance')}, ${drainingInstanceCount} draining${back})`;
  }
  const from = deployment?.startedAt ?? deployment?.createdAt;
  const to = (deployment?.finishedAt ?? deployment?.stoppedAt)?.getTime() ?? now;
  const took = from === undefined ? '' : ` after ${inWords(to - from.getTime())}`;
  if (ending.outcome === 'SERVICE_DELETED') return `${name}: daemon was deleted during the deployment${took}`;
  const isReported = ending.cause === 'UNKNOWN' && ending.reason !== null;
  return `${name}: ${endingWords(ending, took, isReported ? [ending.reason] : [])}`;
}
