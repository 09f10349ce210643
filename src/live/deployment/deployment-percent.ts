import { isHealthy, percentOf } from '../core/deployment-bounds.ts';
import { startedCount, targetTasks } from './deployment-blockers.ts';
import type { DeploymentSnapshot } from './deployment-state.ts';

/** A poll before it is compared with the furthest progress so far. */
export type Seen = Omit<DeploymentSnapshot, 'reachedPercent' | 'advance'>;

/** The name of the controller if it is not ECS's own, else the strategy. */
export function strategyOf({ service, serviceDeployment }: Seen): string {
  const controller = service?.deploymentController?.type;
  if (controller === 'CODE_DEPLOY' || controller === 'EXTERNAL') return controller;
  return (serviceDeployment?.deploymentConfiguration ?? service?.deploymentConfiguration)?.strategy ?? 'ROLLING';
}

function sourceRunning({ service, target, serviceDeployment }: Seen): number {
  const others = (service?.deployments ?? []).filter(({ id }) => id !== target.deploymentId);
  if (others.length > 0) return others.reduce((sum, { runningCount }) => sum + (runningCount ?? 0), 0);
  const sources = serviceDeployment?.sourceServiceRevisions ?? [];
  const ours = serviceDeployment?.targetServiceRevision?.arn;
  return sources
    .filter(({ arn }) => arn !== ours)
    .reduce((sum, { runningTaskCount }) => sum + (runningTaskCount ?? 0), 0);
}

/**
 * How many tasks the deployment is meant to have. ECS requests none until its scheduler has planned, some seconds after
 * the call, nor before SCALE_UP. Then the service's desired count is used, not 0.
 */
function desiredCountOf(snapshot: Seen): number {
  const { service, serviceDeployment, deployment } = snapshot;
  const wanted = service?.desiredCount ?? 0;
  const requested = serviceDeployment?.targetServiceRevision?.requestedTaskCount ?? deployment?.desiredCount ?? wanted;
  const isToCome = deployment?.status === 'PRIMARY' && deployment.rolloutState === 'IN_PROGRESS';
  return requested === 0 && isToCome && !isRollingBack(snapshot) ? wanted : requested;
}

/** A task needs about a minute to start, and counts as healthy 40 s later. */
const JUST_STARTED_MS = 100_000;

/** The counts behind the percentage. */
export function countsOf(snapshot: Seen, now: number) {
  const { serviceDeployment, deployment, hasTasks } = snapshot;
  const runningCount = deployment?.runningCount ?? serviceDeployment?.targetServiceRevision?.runningTaskCount ?? 0;
  const healthyTaskCount = targetTasks(snapshot).filter((task) => isHealthy(task, now)).length;
  return {
    runningCount,
    healthyTaskCount,
    /** Tasks that are as good as done. If no tasks are read, the running ones that did not start just now. */
    readyCount: hasTasks ? healthyTaskCount : Math.max(0, runningCount - startedCount(snapshot, now, JUST_STARTED_MS)),
    desiredCount: desiredCountOf(snapshot),
    sourceRunningTaskCount: sourceRunning(snapshot),
  };
}

export function isRollingBack({ serviceDeployment }: Pick<DeploymentSnapshot, 'serviceDeployment'>): boolean {
  return serviceDeployment?.status?.startsWith('ROLLBACK') ?? false;
}

/** The percentage at which each stage of a traffic-shifting deployment starts. The next number is where it ends. */
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

/** The percentage of a deployment. It never falls below an earlier poll's, except in a rollback. */
export function percentDone(snapshot: DeploymentSnapshot, now: number): number {
  const percent = percentSeen(snapshot, now);
  return isRollingBack(snapshot)
    ? Math.min(percent, snapshot.reachedPercent)
    : Math.max(percent, snapshot.reachedPercent);
}

/** The percentage by one poll and the furthest progress so far. */
export function percentSeen(snapshot: Omit<DeploymentSnapshot, 'reachedPercent'>, now: number): number {
  const { serviceDeployment, sourceCount, advance } = snapshot;
  const { desiredCount, readyCount, runningCount, sourceRunningTaskCount } = countsOf(snapshot, now);
  // The remaining part: ECS no longer requests any of its tasks.
  if (isRollingBack(snapshot)) return Math.min(99, partOf(runningCount, runningCount + sourceRunningTaskCount));
  const strategy = strategyOf(snapshot);
  const index = STAGES.findIndex(([name]) => name === serviceDeployment?.lifecycleStage);
  const ready = Math.min(Math.max(readyCount, advance.ready), desiredCount);
  if (strategy === 'ROLLING' || index < 0) {
    // A replaced task counts as much as a healthy new one, and the deployment needs both.
    const replaced = Math.max(sourceCount - sourceRunningTaskCount, advance.replaced);
    return Math.min(99, partOf(ready + replaced, desiredCount + sourceCount));
  }
  const [stage = '', start = 0] = STAGES[index] ?? [];
  const end = STAGES[index + 1]?.[1] ?? 100;
  const within =
    stage === 'SCALE_UP'
      ? partOf(ready, desiredCount)
      : stage === 'PRODUCTION_TRAFFIC_SHIFT'
        ? (serviceDeployment?.targetServiceRevision?.requestedProductionTrafficWeight ?? 0)
        : 0;
  return Math.floor(start + ((end - start) * within) / 100);
}

/** If nothing is requested yet, nothing is done: ECS shows the counts of a new revision with a delay. */
function partOf(part: number, whole: number): number {
  return whole <= 0 ? 0 : percentOf(part, whole);
}
