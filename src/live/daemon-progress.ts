import type { DaemonDeployment } from '@aws-sdk/client-ecs';
import { lastPart, percentOf } from './arithmetic.ts';
import type { Facts } from './changes.ts';
import type { DeploymentEnding } from './deployment-outcome.ts';
import type { BreakerProgress } from './deployment-progress.ts';
import { ABSENCES_TO_BELIEVE } from './deployment-snapshot.ts';
import { inWords } from './duration.ts';

export interface DaemonSnapshot {
  readonly arn: string;
  /** As it was last seen. */
  readonly deployment: DaemonDeployment | null;
  readonly absences: number;
  readonly observedAt: number;
}

/** Where the deployment of a daemon stands: a daemon runs once an instance, so instances are counted. */
export interface DaemonProgress {
  readonly arn: string;
  readonly deployment: DaemonDeployment | null;
  readonly runningCount: number;
  readonly drainingCount: number;
  readonly withoutDaemonCount: number;
  /** Instances that older revisions still run on. */
  readonly sourceRunningCount: number;
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

/** Puts a new look onto the old one: what has ended stays ended. */
export function observeDaemon(
  previous: DaemonSnapshot | undefined,
  arn: string,
  look: DaemonDeployment | null,
  now: number,
): DaemonSnapshot {
  const known = previous?.deployment ?? null;
  const isLate = ENDED.has(known?.status) && !ENDED.has(look?.status);
  return {
    arn,
    deployment: isLate ? known : (look ?? known),
    absences: look === null ? (previous?.absences ?? 0) + 1 : 0,
    observedAt: now,
  };
}

export function daemonProgress({ arn, deployment, absences }: DaemonSnapshot): DaemonProgress {
  const target = deployment?.targetDaemonRevision;
  const counts = {
    runningCount: target?.totalRunningInstanceCount ?? 0,
    drainingCount: target?.totalDrainingInstanceCount ?? 0,
    withoutDaemonCount: target?.totalWithoutDaemonInstanceCount ?? 0,
    sourceRunningCount: (deployment?.sourceDaemonRevisions ?? []).reduce(
      (sum, { totalRunningInstanceCount = 0 }) => sum + totalRunningInstanceCount,
      0,
    ),
  };
  const ending = endingOf(deployment, absences);
  const { runningCount, drainingCount, withoutDaemonCount, sourceRunningCount } = counts;
  const percent = percentOf(runningCount, runningCount + drainingCount + withoutDaemonCount + sourceRunningCount);
  const { status, failureCount = 0, threshold = 0 } = deployment?.circuitBreaker ?? {};
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

function endingOf(deployment: DaemonDeployment | null, absences: number): DeploymentEnding | null {
  const triggered =
    deployment?.circuitBreaker?.status === 'TRIGGERED'
      ? ('CIRCUIT_BREAKER' as const)
      : deployment?.alarms?.status === 'TRIGGERED'
        ? ('ALARM' as const)
        : undefined;
  const told = { reason: deployment?.rollback?.reason ?? deployment?.statusReason ?? null, inferred: false };
  switch (deployment?.status) {
    case 'SUCCESSFUL':
      return { outcome: 'SUCCEEDED', cause: null, ...told };
    case 'ROLLBACK_SUCCESSFUL':
      return { outcome: 'ROLLED_BACK', cause: triggered ?? 'USER', ...told };
    case 'ROLLBACK_FAILED':
      return { outcome: 'ROLLBACK_FAILED', cause: triggered ?? 'USER', ...told };
    case 'STOPPED':
      return triggered === undefined
        ? { outcome: 'STOPPED', cause: 'UNKNOWN', ...told }
        : { outcome: 'FAILED', cause: triggered, ...told };
    default:
      return absences >= ABSENCES_TO_BELIEVE ? { outcome: 'SERVICE_DELETED', cause: 'SERVICE_DELETED', ...told } : null;
  }
}

export function daemonFacts(progress: DaemonProgress): Facts {
  return {
    status: progress.deployment?.status,
    runningCount: progress.runningCount,
    drainingCount: progress.drainingCount,
    withoutDaemonCount: progress.withoutDaemonCount,
    sourceRunningCount: progress.sourceRunningCount,
    failureCount: progress.circuitBreaker?.failureCount,
    outcome: progress.ending?.outcome,
  };
}

/** One line that a bot can post as it is. */
export function daemonSummary(progress: DaemonProgress, now: number): string {
  const { arn, deployment, ending } = progress;
  const name = `daemon deployment ${lastPart(arn)} in ${lastPart(deployment?.clusterArn)}`;
  if (ending === null) {
    const all =
      progress.runningCount + progress.drainingCount + progress.withoutDaemonCount + progress.sourceRunningCount;
    return `${name}: ${progress.percent} % (on ${progress.runningCount} of ${all} instances, ${progress.drainingCount} draining)`;
  }
  const from = deployment?.startedAt ?? deployment?.createdAt;
  const took =
    from === undefined ? '' : ` after ${inWords((deployment?.finishedAt?.getTime() ?? now) - from.getTime())}`;
  return `${name}: ${ending.outcome}${took}${ending.reason === null ? '' : `: ${ending.reason}`}`;
}
