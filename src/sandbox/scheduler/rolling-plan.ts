/** What a rolling deployment looks like to the arithmetic: numbers only. */
export interface RollingView {
  readonly desired: number;
  readonly minimumHealthyPercent: number;
  readonly maximumPercent: number;
  /** RUNNING or on their way up, of every deployment, also those already told to stop. */
  readonly occupied: number;
  /** Meant to stay and healthy, of every deployment. */
  readonly healthy: number;
  /** Tasks of the PRIMARY deployment that are good: not on a draining instance, not unhealthy. */
  readonly fresh: number;
  readonly freshHealthy: number;
  /** All others that are meant to stay: to be replaced. */
  readonly retiring: number;
  /** Of these, the ones that are not healthy: stopping them costs nothing. */
  readonly retiringUnhealthy: number;
}

export interface RollingPlan {
  /** Tasks of the PRIMARY deployment to start. */
  readonly launch: number;
  /** Retiring tasks to stop, those that are not healthy first. */
  readonly stop: number;
  /** Tasks of the PRIMARY deployment too many. */
  readonly surplus: number;
  /** The percentages allow neither a start nor a stop. */
  readonly isStuck: boolean;
}

/** At least so many tasks stay healthy. */
export function healthyFloor(desired: number, minimumHealthyPercent: number): number {
  return Math.ceil((desired * minimumHealthyPercent) / 100);
}

/** At most so many tasks are RUNNING or on their way there. */
export function launchCeiling(desired: number, maximumPercent: number): number {
  return Math.floor((desired * maximumPercent) / 100);
}

/**
 * One step of a rolling deployment, also of a drain and of the replacement of unhealthy tasks: start what the ceiling
 * allows; stop a retiring task for each new one that is healthy; and where the ceiling allows no start, stop first as
 * many as the floor allows. AWS documents the two limits; that it starts first where it can is our reading.
 */
export function planRolling(view: RollingView): RollingPlan {
  const floor = healthyFloor(view.desired, view.minimumHealthyPercent);
  const room = Math.max(0, launchCeiling(view.desired, view.maximumPercent) - view.occupied);
  const missing = Math.max(0, view.desired - view.fresh);
  const launch = Math.min(missing, room);
  const replaced = view.retiring - Math.max(0, view.desired - view.freshHealthy);
  const toMakeRoom = launch === 0 ? missing : 0;
  const wanted = Math.max(0, Math.min(view.retiring, Math.max(replaced, toMakeRoom)));
  const spareHealthy = Math.max(0, view.healthy - floor);
  const stop = Math.min(wanted, view.retiringUnhealthy + spareHealthy);
  return {
    launch,
    stop,
    surplus: Math.max(0, view.fresh - view.desired),
    isStuck: missing > 0 && launch === 0 && stop === 0,
  };
}
