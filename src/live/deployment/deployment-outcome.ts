import type { Service, ServiceDeployment } from '@aws-sdk/client-ecs';
import { primaryOf } from '../core/deployment-bounds.ts';
import { isRollback } from '../core/rollout-state.ts';
import { ABSENCES_TO_BELIEVE } from '../topic/look-failures.ts';
import type { DeploymentSnapshot } from './deployment-state.ts';

/** How a deployment ended. */
export type DeploymentOutcome =
  | 'SUCCEEDED'
  | 'FAILED'
  | 'ROLLED_BACK'
  | 'ROLLBACK_FAILED'
  | 'SUPERSEDED'
  | 'STOPPED'
  | 'SERVICE_DELETED'
  | 'TIMED_OUT';

/** Why it ended that way. */
export type DeploymentCause =
  | 'CIRCUIT_BREAKER'
  | 'ALARM'
  | 'LIFECYCLE_HOOK'
  | 'USER'
  | 'NEWER_DEPLOYMENT'
  | 'SERVICE_DELETED'
  | 'TIMEOUT'
  | 'UNKNOWN';

export interface DeploymentEnding {
  readonly outcome: DeploymentOutcome;
  /** Null for a success. */
  readonly cause: DeploymentCause | null;
  /** ECS's own text, or null. */
  readonly reason: string | null;
  /** True if it was inferred from the counts, not reported by ECS. */
  readonly inferred: boolean;
}

/** How the deployment ended; undefined until it has. */
export function deploymentEnding(snapshot: DeploymentSnapshot): DeploymentEnding | undefined {
  return snapshot.serviceDeployment === null ? byDeployment(snapshot) : byServiceDeployment(snapshot);
}

function ending(
  outcome: DeploymentOutcome,
  cause: DeploymentCause | null,
  reason?: string,
  inferred = false,
): DeploymentEnding {
  return { outcome, cause, reason: reason ?? null, inferred };
}

function isGone(service: Service | null): boolean {
  return service === null || service.status === 'DRAINING' || service.status === 'INACTIVE';
}

function byServiceDeployment(snapshot: DeploymentSnapshot): DeploymentEnding | undefined {
  const { service, serviceDeployment } = snapshot;
  const reason = serviceDeployment?.rollback?.reason ?? serviceDeployment?.statusReason;
  switch (serviceDeployment?.status) {
    case 'SUCCESSFUL':
      return ending('SUCCEEDED', null, serviceDeployment.statusReason);
    case 'ROLLBACK_SUCCESSFUL':
      return ending('ROLLED_BACK', rollbackCause(snapshot), reason);
    case 'ROLLBACK_FAILED':
      return ending('ROLLBACK_FAILED', rollbackCause(snapshot), reason);
    default:
  }
  const isStopped = serviceDeployment?.status === 'STOPPED';
  // If its service was deleted afterwards, this is how it had ended before.
  const failed = isStopped ? failureCause(serviceDeployment) : undefined;
  if (failed !== undefined) return ending('FAILED', failed, reason);
  if (isStopped && isSuperseded(snapshot)) return ending('SUPERSEDED', 'NEWER_DEPLOYMENT', reason);
  if (isGone(service)) return ending('SERVICE_DELETED', 'SERVICE_DELETED', serviceDeployment?.statusReason);
  if (!isStopped) return undefined;
  // A deployment also stops with its service: while the service is missing, the cause is not known yet.
  return snapshot.absences > 0 ? undefined : ending('STOPPED', 'USER', reason);
}

/** The failure that ended it; undefined if a person did. */
export function failureCause(serviceDeployment: ServiceDeployment | null): DeploymentCause | undefined {
  if (serviceDeployment?.deploymentCircuitBreaker?.status === 'TRIGGERED') return 'CIRCUIT_BREAKER';
  if (serviceDeployment?.alarms?.status === 'TRIGGERED') return 'ALARM';
  const hooks = serviceDeployment?.lifecycleHookDetails ?? [];
  return hooks.some(({ status }) => status === 'FAILED' || status === 'TIMED_OUT') ? 'LIFECYCLE_HOOK' : undefined;
}

/** If no monitor was triggered, a user requested the rollback. */
export function rollbackCause(snapshot: DeploymentSnapshot): DeploymentCause {
  return failureCause(snapshot.serviceDeployment) ?? 'USER';
}

function isSuperseded({ service, serviceDeployment, target }: DeploymentSnapshot): boolean {
  if (service === null) return false;
  const current = service.currentServiceDeployment;
  if (current !== undefined && current !== target.serviceDeploymentArn) return true;
  const primary = primaryOf(service);
  const ours = serviceDeployment?.createdAt?.getTime() ?? 0;
  return primary?.id !== target.deploymentId && (primary?.createdAt?.getTime() ?? 0) > ours;
}

const UNSEEN = 'ECS does not list it any more, and how it ended was not seen';

/** From the service's list of deployments alone, if ECS keeps no service deployments. */
function byDeployment(snapshot: DeploymentSnapshot): DeploymentEnding | undefined {
  const { service, deployment, target, unlisted } = snapshot;
  const present = service?.deployments?.some(({ id }) => id === target.deploymentId) ?? false;
  const reason = deployment?.rolloutStateReason;
  // A completed deployment has succeeded, whatever happened to the service afterwards.
  if (present && deployment?.rolloutState === 'COMPLETED') return ending('SUCCEEDED', null, reason);
  if (service === null || isGone(service)) return ending('SERVICE_DELETED', 'SERVICE_DELETED');
  if (deployment === undefined) {
    // If only a cursor shows that ECS once listed the deployment, all that can be known is that another one replaced
    // it.
    return unlisted >= ABSENCES_TO_BELIEVE ? ending('SUPERSEDED', 'UNKNOWN', UNSEEN, true) : undefined;
  }
  const primary = primaryOf(service);
  if (primary !== undefined && primary.id !== target.deploymentId) {
    if (!isRollback(primary, deployment)) {
      return deployment.rolloutState === 'COMPLETED'
        ? ending('SUCCEEDED', null, reason)
        : ending('SUPERSEDED', 'NEWER_DEPLOYMENT', reason);
    }
    if (primary.rolloutState === 'COMPLETED') return ending('ROLLED_BACK', breakerOr(reason), reason);
    return primary.rolloutState === 'FAILED' ? ending('ROLLBACK_FAILED', breakerOr(reason), reason) : undefined;
  }
  if (deployment.rolloutState === 'FAILED') {
    return willRollBack(service, target.deploymentId) ? undefined : ending('FAILED', breakerOr(reason), reason);
  }
  if (deployment.rolloutState === undefined && isSettled(service)) return ending('SUCCEEDED', null, undefined, true);
  return undefined;
}

function breakerOr(reason: string | undefined): DeploymentCause {
  return /circuit breaker/i.test(reason ?? '') ? 'CIRCUIT_BREAKER' : /alarm/i.test(reason ?? '') ? 'ALARM' : 'UNKNOWN';
}

/** A failed deployment rolls back only to a completed one, shortly after it failed. */
function willRollBack(service: Service, deploymentId: string | undefined): boolean {
  const { deploymentCircuitBreaker, alarms } = service.deploymentConfiguration ?? {};
  if (deploymentCircuitBreaker?.rollback !== true && alarms?.rollback !== true) return false;
  return (service.deployments ?? []).some(
    ({ id, rolloutState }) => id !== deploymentId && rolloutState === 'COMPLETED',
  );
}

/**
 * Deployments without a rollout state (other controllers, Classic Load Balancers) have ended when only one is left, at
 * full strength.
 */
function isSettled(service: Service): boolean {
  const taskSets = service.taskSets ?? [];
  const steady = taskSets.every(
    (taskSet) => taskSet.stabilityStatus !== 'STABILIZING' && taskSet.status !== 'DRAINING',
  );
  return (
    (service.deployments ?? []).length <= 1 &&
    steady &&
    (service.pendingCount ?? 0) === 0 &&
    service.runningCount === service.desiredCount
  );
}
