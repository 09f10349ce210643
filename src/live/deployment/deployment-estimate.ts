import { startOf } from './deployment-blockers.ts';
import { isRollingBack } from './deployment-percent.ts';
import type { DeploymentSnapshot } from './deployment-state.ts';

/** What an estimate rests on. */
export type EstimateBasis = 'PACE_SO_FAR' | 'BAKE_TIME' | 'TRAFFIC_STEPS';

/** How much longer it may take. A guess: a task that fails, or a hook that waits, makes it wrong. */
export interface Estimate {
  readonly remainingMs: number;
  readonly basis: EstimateBasis;
}

/** Less than this tells nothing about the pace. */
const LEAST_PERCENT = 10;
const MINUTE = 60_000;

/** Null while nothing can be said: blocked, just begun, being rolled back, or over. */
export function estimateDeployment(snapshot: DeploymentSnapshot, percent: number, now: number): Estimate | null {
  const { serviceDeployment, stage } = snapshot;
  // The pace of what is undone says nothing.
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

/** As long again for each percent as the percents so far have taken. */
export function byPace(startedAt: Date | undefined, percent: number, now: number): Estimate | null {
  if (startedAt === undefined || percent < LEAST_PERCENT || percent >= 100) return null;
  const elapsed = Math.max(0, now - startedAt.getTime());
  return { remainingMs: Math.round((elapsed * (100 - percent)) / percent), basis: 'PACE_SO_FAR' };
}

type Configuration = NonNullable<DeploymentSnapshot['serviceDeployment']>['deploymentConfiguration'];

/** For how long nothing is meant to happen in the present stage: while it bakes, and between two steps of traffic. */
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

/** The waits between the steps that are left; none after the last. */
function trafficStepsLeft(configuration: Configuration, weight: number): number | undefined {
  if (weight >= 100) return 0;
  if (configuration?.strategy === 'LINEAR') {
    const { percent, ms } = stepOf(configuration);
    return Math.max(0, Math.ceil((100 - weight) / percent)) * ms;
  }
  return configuration?.strategy === 'CANARY' ? canaryOf(configuration) : undefined;
}
