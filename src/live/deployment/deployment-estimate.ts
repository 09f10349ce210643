import { startOf } from './deployment-blockers.ts';
import { isRollingBack } from './deployment-percent.ts';
import type { DeploymentSnapshot } from './deployment-state.ts';

/** The basis of an estimate. */
export type EstimateBasis = 'PACE_SO_FAR' | 'BAKE_TIME' | 'TRAFFIC_STEPS';

/** The estimated remaining time. A failing task or a waiting hook makes it wrong. */
export interface Estimate {
  readonly remainingMs: number;
  readonly basis: EstimateBasis;
}

/** Below this percentage the pace is not meaningful. */
const LEAST_PERCENT = 10;
const MINUTE = 60_000;

/** Null if no estimate is possible: blocked, just started, rolling back, or ended. */
export function estimateDeployment(snapshot: DeploymentSnapshot, percent: number, now: number): Estimate | null {
  const { serviceDeployment, stage } = snapshot;
  // The pace so far says nothing about a rollback.
  if (isRollingBack(snapshot)) return null;
  const configuration = serviceDeployment?.deploymentConfiguration;
  const inStage = now - stage.since;
  const bake = (configuration?.bakeTimeInMinutes ?? 0) * MINUTE;
  if (serviceDeployment?.lifecycleStage === 'BAKE_TIME') {
    return { remainingMs: Math.max(0, bake - inStage), basis: 'BAKE_TIME' };
  }
  if (serviceDeployment?.lifecycleStage === 'PRODUCTION_TRAFFIC_SHIFT') {
    const weight = serviceDeployment.targetServiceRevision?.requestedProductionTrafficWeight ?? 0;
    const steps = trafficStepsLeft(configuration, weight);
    if (steps !== undefined) return { remainingMs: steps + bake, basis: 'TRAFFIC_STEPS' };
  }
  return byPace(startOf(snapshot), percent, now);
}

/** Assumes that each remaining percent takes as long as the percents so far. */
export function byPace(startedAt: Date | undefined, percent: number, now: number): Estimate | null {
  if (startedAt === undefined || percent < LEAST_PERCENT || percent >= 100) return null;
  const elapsed = Math.max(0, now - startedAt.getTime());
  return { remainingMs: Math.round((elapsed * (100 - percent)) / percent), basis: 'PACE_SO_FAR' };
}

type Configuration = NonNullable<DeploymentSnapshot['serviceDeployment']>['deploymentConfiguration'];

/** How long the current stage is meant to wait: the bake time, or the time between two traffic steps. */
export function waitInStage({ serviceDeployment }: Pick<DeploymentSnapshot, 'serviceDeployment'>): number {
  const configuration = serviceDeployment?.deploymentConfiguration;
  if (serviceDeployment?.lifecycleStage === 'BAKE_TIME') return (configuration?.bakeTimeInMinutes ?? 0) * MINUTE;
  if (serviceDeployment?.lifecycleStage !== 'PRODUCTION_TRAFFIC_SHIFT') return 0;
  if (configuration?.strategy === 'LINEAR') return stepOf(configuration).ms;
  return configuration?.strategy === 'CANARY' ? canaryOf(configuration) : 0;
}

/** AWS's defaults: steps of 10 % and 6 min, a canary of 10 min. */
function stepOf(configuration: Configuration): { readonly percent: number; readonly ms: number } {
  const { stepPercent = 10, stepBakeTimeInMinutes = 6 } = configuration?.linearConfiguration ?? {};
  return { percent: stepPercent, ms: stepBakeTimeInMinutes * MINUTE };
}

function canaryOf(configuration: Configuration): number {
  return (configuration?.canaryConfiguration?.canaryBakeTimeInMinutes ?? 10) * MINUTE;
}

/** The waits between the remaining steps. No wait follows the last step. */
function trafficStepsLeft(configuration: Configuration, weight: number): number | undefined {
  if (weight >= 100) return 0;
  if (configuration?.strategy === 'LINEAR') {
    const { percent, ms } = stepOf(configuration);
    return Math.max(0, Math.ceil((100 - weight) / percent)) * ms;
  }
  return configuration?.strategy === 'CANARY' ? canaryOf(configuration) : undefined;
}
