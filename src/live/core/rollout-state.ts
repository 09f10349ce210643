import type { Deployment, Service } from '@aws-sdk/client-ecs';
import { primaryOf } from './deployment-bounds.ts';

/** The state of a service's rollout, by one reading of the service. */
export type RolloutState =
  | 'STEADY'
  | 'DEPLOYING'
  | 'ROLLING_BACK'
  | 'FAILED'
  | 'UNDER_DESIRED'
  | 'DRAINING'
  | 'INACTIVE'
  | 'UNRECOGNIZED';

export interface Rollout {
  readonly state: RolloutState;
  /** When the state started, or the latest possible time; null if ECS does not say. */
  readonly since: Date | null;
}

/** Members of a service that `rolloutOf` reads. */
export const ROLLOUT_MEMBERS = ['status', 'deployments', 'taskSets', 'desiredCount', 'runningCount', 'pendingCount'];

const STATES: ReadonlySet<string> = new Set(['IN_PROGRESS', 'COMPLETED', 'FAILED']);

/** The rollout of a service. */
export function rolloutOf(service: Service): Rollout {
  const { status = 'ACTIVE', desiredCount = 0, runningCount = 0 } = service;
  if (status === 'DRAINING' || status === 'INACTIVE') return { state: status, since: null };
  if (status !== 'ACTIVE') return { state: 'UNRECOGNIZED', since: null };
  const primary = primaryOf(service);
  const rolledBack = primary && rolledBackBy(service, primary);
  if (primary?.rolloutState === 'FAILED') return { state: 'FAILED', since: primary.updatedAt ?? null };
  if (primary?.rolloutState === 'IN_PROGRESS' && rolledBack !== undefined)
    return { state: 'ROLLING_BACK', since: rolledBack.updatedAt ?? null };
  if (primary?.rolloutState === 'IN_PROGRESS') return { state: 'DEPLOYING', since: primary.createdAt ?? null };
  if (primary?.rolloutState !== undefined && !STATES.has(primary.rolloutState))
    return { state: 'UNRECOGNIZED', since: null };
  if (primary?.rolloutState === undefined && isMoving(service))
    return { state: 'DEPLOYING', since: newest(service) ?? null };
  if (runningCount < desiredCount) return { state: 'UNDER_DESIRED', since: null };
  return { state: 'STEADY', since: primary?.updatedAt ?? newest(service) ?? null };
}

/** The deployment that the primary one rolls back; undefined if it is no rollback. */
function rolledBackBy({ deployments = [] }: Service, primary: Deployment): Deployment | undefined {
  return deployments.find(
    (other) =>
      other !== primary &&
      other.createdAt !== undefined &&
      other.rolloutState !== 'COMPLETED' &&
      isRollback(primary, other),
  );
}

const ROLLING_BACK_TO = /rolling back to (?:deploymentId |deployment )?(ecs-svc\/\d+)/;

/**
 * Whether the primary deployment of a service is the rollback of another deployment that is not completed: the other
 * one's reason names it, or the other one is not the older of the two.
 */
export function isRollback(primary: Deployment, other: Deployment): boolean {
  if (ROLLING_BACK_TO.exec(other.rolloutStateReason ?? '')?.[1] === primary.id) return true;
  return (primary.createdAt?.getTime() ?? 0) <= (other.createdAt?.getTime() ?? 0);
}

/** If ECS returns no rollout state (other controllers, Classic Load Balancers): whether anything is being replaced. */
function isMoving({ deployments = [], taskSets = [] }: Service): boolean {
  const isUnstable = taskSets.some(
    ({ stabilityStatus, status }) => stabilityStatus === 'STABILIZING' || status === 'DRAINING',
  );
  return isUnstable || deployments.length > 1;
}

function newest({ deployments = [], taskSets = [] }: Service): Date | undefined {
  const times = [...deployments, ...taskSets].flatMap(({ createdAt }) => createdAt ?? []);
  return times.sort((a, b) => b.getTime() - a.getTime())[0];
}

/** ECS's dates have a precision of one second. */
const PRECISION_MS = 1_000;

/**
 * Whether a service's deployment succeeded before a time, by its own record: such a record is final, so no stale read can
 * show it.
 */
export function isSuccessBefore(
  deployment: { readonly status?: string | undefined; readonly finishedAt?: Date | undefined } | null,
  before: number,
): boolean {
  const { status, finishedAt } = deployment ?? {};
  return status === 'SUCCESSFUL' && finishedAt !== undefined && finishedAt.getTime() + PRECISION_MS < before;
}
