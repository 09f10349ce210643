/** The stages of a deployment with traffic shifts, in their order. */
const STAGES = [
  'RECONCILE_SERVICE',
  'PRE_SCALE_UP',
  'SCALE_UP',
  'POST_SCALE_UP',
  'TEST_TRAFFIC_SHIFT',
  'POST_TEST_TRAFFIC_SHIFT',
  'PRODUCTION_TRAFFIC_SHIFT',
  'POST_PRODUCTION_TRAFFIC_SHIFT',
  'BAKE_TIME',
  'CLEAN_UP',
] as const;

/** A point of a deployment at which a stream can complete. */
export const MOMENTS = ['PAUSED', ...STAGES] as const;
export type DeploymentMoment = (typeof MOMENTS)[number];

/** The facts of a progress by which a moment is recognised. */
export interface MomentFacts {
  readonly lifecycleStage: string | null;
  readonly isRollingBack: boolean;
  readonly hooks: readonly { readonly status?: string | null | undefined }[];
}

/**
 * Whether a deployment has reached a moment: a pause hook waits for an answer, or the stage or a later one has begun. A rollback reaches
 * no further moment.
 */
export function hasReached(moment: DeploymentMoment, { lifecycleStage, isRollingBack, hooks }: MomentFacts): boolean {
  if (isRollingBack) return false;
  if (moment === 'PAUSED') return hooks.some(({ status }) => status === 'AWAITING_ACTION');
  return STAGES.indexOf(lifecycleStage as (typeof STAGES)[number]) >= STAGES.indexOf(moment);
}
