import type {
  DeploymentConfiguration,
  DeploymentLifecycleHookStage,
  ServiceDeploymentLifecycleStage,
} from '@aws-sdk/client-ecs';
import type { Wire } from '../../util/wire-types.ts';

export type Stage = ServiceDeploymentLifecycleStage | DeploymentLifecycleHookStage;

/** One lifecycle stage. Linear and canary deployments pass two of them at each traffic step. */
export interface Step {
  readonly stage: Stage;
  /** Percentage of production or test traffic for the target revision from here on. */
  readonly production?: number;
  readonly test?: number;
  /** How long the stage continues after its work and hooks are done. */
  readonly bakeMs?: number;
}

type Configuration = Wire<DeploymentConfiguration>;

const MINUTE = 60_000;

export const DEFAULT_STEP_PERCENT = 10;
export const DEFAULT_STEP_BAKE_MINUTES = 6;
export const DEFAULT_CANARY_PERCENT = 5;
export const DEFAULT_CANARY_BAKE_MINUTES = 10;

/** Percentages may be multiples of 0.1, whose binary sums are inexact. */
function roundPercent(value: number): number {
  return Math.round(value * 10) / 10;
}

function linearSteps({ linearConfiguration }: Configuration): Step[] {
  const percent = linearConfiguration?.stepPercent ?? DEFAULT_STEP_PERCENT;
  const bakeMs = (linearConfiguration?.stepBakeTimeInMinutes ?? DEFAULT_STEP_BAKE_MINUTES) * MINUTE;
  const steps: Step[] = [];
  for (let production = percent; production < 100; production = roundPercent(production + percent)) {
    steps.push({ stage: 'PRODUCTION_TRAFFIC_SHIFT', production, bakeMs });
  }
  return [...steps, { stage: 'PRODUCTION_TRAFFIC_SHIFT', production: 100 }];
}

function canarySteps({ canaryConfiguration }: Configuration): Step[] {
  const production = canaryConfiguration?.canaryPercent ?? DEFAULT_CANARY_PERCENT;
  const bakeMs = (canaryConfiguration?.canaryBakeTimeInMinutes ?? DEFAULT_CANARY_BAKE_MINUTES) * MINUTE;
  const all: Step = { stage: 'PRODUCTION_TRAFFIC_SHIFT', production: 100 };
  return production < 100 ? [{ stage: 'PRODUCTION_TRAFFIC_SHIFT', production, bakeMs }, all] : [all];
}

function trafficSteps(configuration: Configuration): Step[] {
  const shifts: Step[] =
    configuration.strategy === 'LINEAR'
      ? linearSteps(configuration)
      : configuration.strategy === 'CANARY'
        ? canarySteps(configuration)
        : [{ stage: 'PRODUCTION_TRAFFIC_SHIFT', production: 100 }];
  return shifts.flatMap((shift): Step[] => [{ stage: 'PRE_PRODUCTION_TRAFFIC_SHIFT' }, shift]);
}

function bakeStep(configuration: Configuration): Step {
  return { stage: 'BAKE_TIME', bakeMs: (configuration.bakeTimeInMinutes ?? 0) * MINUTE };
}

/**
 * The stages of a deployment, in order. A rolling deployment has none, unless it has hooks: then the stages that AWS
 * names for scaling up (AWS does not say which; our choice).
 */
export function planStages(configuration: Configuration, sourceRevisions: number): readonly Step[] {
  const reconcile: Step[] = sourceRevisions > 1 ? [{ stage: 'RECONCILE_SERVICE' }] : [];
  const scaleUp: Step[] = [{ stage: 'PRE_SCALE_UP' }, { stage: 'SCALE_UP' }, { stage: 'POST_SCALE_UP' }];
  if (shiftsTraffic(configuration)) {
    return [
      ...reconcile,
      ...scaleUp,
      { stage: 'TEST_TRAFFIC_SHIFT', test: 100 },
      { stage: 'POST_TEST_TRAFFIC_SHIFT' },
      ...trafficSteps(configuration),
      { stage: 'POST_PRODUCTION_TRAFFIC_SHIFT' },
      bakeStep(configuration),
      { stage: 'CLEAN_UP' },
    ];
  }
  return (configuration.lifecycleHooks?.length ?? 0) > 0 ? [...scaleUp, bakeStep(configuration)] : [];
}

/** The stages of a rollback: shifted traffic returns at once, then the target revision's tasks stop. */
export function planRollback(traffic: { readonly production: number; readonly test: number }): readonly Step[] {
  const production: Step[] = traffic.production > 0 ? [{ stage: 'PRODUCTION_TRAFFIC_SHIFT', production: 0 }] : [];
  const test: Step[] = traffic.test > 0 ? [{ stage: 'TEST_TRAFFIC_SHIFT', test: 0 }] : [];
  return [...production, ...test, { stage: 'CLEAN_UP' }];
}

/** Whether a deployment runs two revisions in parallel and shifts traffic between them. */
export function shiftsTraffic({ strategy }: Configuration): boolean {
  return strategy === 'BLUE_GREEN' || strategy === 'LINEAR' || strategy === 'CANARY';
}
