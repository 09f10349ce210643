/** The counts of one revision of a service. Only tasks that are meant to stay count. */
export interface Side {
  readonly wanted: number;
  /** Neither unhealthy nor on a draining instance, so that they need no replacement. */
  readonly good: number;
  readonly goodHealthy: number;
  readonly healthy: number;
  /** Tasks whose container or load balancer checks fail. */
  readonly unhealthy: number;
  /** Tasks on the way to RUNNING. */
  readonly starting: number;
  /**
   * Why the revision starts no tasks: `room` if no instance has any, `other` for reasons that stopping tasks does not
   * solve (a back-off after failed starts, a FAILED deployment, a rate).
   */
  readonly hold: 'room' | 'other' | undefined;
}

/** A REPLICA service for the arithmetic of a rolling deployment. */
export interface ServiceView {
  readonly desired: number;
  readonly minimumHealthyPercent: number;
  readonly maximumPercent: number;
  /** PENDING, RUNNING or STOPPING tasks of all revisions: what maximumPercent limits. */
  readonly occupied: number;
  /** Stopping tasks whose room will soon be free. */
  readonly leaving: number;
  /** The PRIMARY deployment. A FAILED one starts nothing. */
  readonly primary: Side & { readonly isFailed: boolean };
  /** The last completed revision, until the new one completes: it is kept whole. */
  readonly serving: (Side & { readonly desired: number }) | undefined;
  /** All other revisions: they only shrink. */
  readonly others: Pick<Side, 'wanted' | 'healthy' | 'unhealthy'>;
  /** By how much the service was scaled out since the last plan. */
  readonly grown: number;
}

export interface LaunchPlan {
  /** Number of tasks that the serving revision should have. */
  readonly servingTarget: number;
  /** Tasks to start; the serving revision, which carries the load, comes first. */
  readonly serving: number;
  readonly primary: number;
  readonly missing: { readonly serving: number; readonly primary: number };
}

/** The result of a launch plan: `lacksRoom` if no instance had room for the rest. */
export interface Placed {
  readonly count: number;
  readonly lacksRoom: boolean;
}

export interface StopPlan {
  /** Good tasks of the PRIMARY deployment above the desired count. */
  readonly surplus: number;
  /** Tasks to replace that are not unhealthy: of older revisions, or of the PRIMARY one on draining instances. */
  readonly replaced: number;
  /** Unhealthy tasks to stop. */
  readonly unhealthy: { readonly primary: number; readonly serving: number; readonly others: number };
  /** The percentages allow neither a start nor a stop, and nothing in progress can change that. */
  readonly isStuck: boolean;
}

const NOTHING: Side = { wanted: 0, good: 0, goodHealthy: 0, healthy: 0, unhealthy: 0, starting: 0, hold: 'other' };

/** The least number of tasks that stay healthy. */
export function healthyFloor(desired: number, minimumHealthyPercent: number): number {
  return Math.ceil((desired * minimumHealthyPercent) / 100);
}

/** The most tasks that are PENDING, RUNNING or STOPPING. */
export function launchCeiling(desired: number, maximumPercent: number): number {
  return Math.floor((desired * maximumPercent) / 100);
}

/**
 * Number of tasks that the serving revision keeps: the ones that the new revision does not yet replace. It does not
 * grow again when new tasks become unhealthy, but takes part in a scale-out, and carries what a FAILED deployment
 * cannot.
 */
function servingTarget({ desired, primary, serving, grown }: ServiceView): number {
  if (serving === undefined) return 0;
  const uncovered = Math.max(0, desired - primary.goodHealthy);
  return primary.isFailed ? uncovered : Math.min(serving.desired + grown, uncovered);
}

export function planLaunches(view: ServiceView): LaunchPlan {
  const { desired, primary, serving = NOTHING } = view;
  const target = servingTarget(view);
  const missing = {
    serving: Math.max(0, target - serving.good),
    primary: primary.isFailed ? 0 : Math.max(0, desired - primary.good),
  };
  const free = Math.max(0, launchCeiling(desired, view.maximumPercent) - view.occupied);
  const ofServing = serving.hold === undefined ? Math.min(missing.serving, free) : 0;
  const ofPrimary = primary.hold === undefined ? Math.min(missing.primary, free - ofServing) : 0;
  return { servingTarget: target, serving: ofServing, primary: ofPrimary, missing };
}

/** Number of missing tasks whose room only stops can create, on the instances or under maximumPercent. */
function waitingForRoom({ hold }: Side, missing: number, launch: number, placed: Placed): number {
  if (hold === 'other') return 0;
  if (hold === 'room') return missing;
  if (launch === 0) return missing;
  return placed.lacksRoom ? launch - placed.count : 0;
}

/** Unhealthy tasks whose replacements are healthy. */
function replacedUnhealthy({ goodHealthy, unhealthy }: Side, target: number): number {
  return Math.min(unhealthy, Math.max(0, goodHealthy + unhealthy - target));
}

/** One at a time: the next one stops when the last replacement is healthy, or runs while enough others are healthy. */
function mayStopUnhealthy(side: Side, waiting: number, isAboveFloor: boolean): boolean {
  const isReplaced = isAboveFloor ? side.starting === 0 : side.good === side.goodHealthy;
  return side.unhealthy > 0 && waiting > 0 && isReplaced;
}

/** The tasks to stop, once it is known for how many of the planned starts there was room. */
export function planStops(
  view: ServiceView,
  launches: LaunchPlan,
  placed: { readonly serving: Placed; readonly primary: Placed },
): StopPlan {
  const { desired, leaving, primary, serving = NOTHING, others } = view;
  const healthy = primary.healthy + serving.healthy + others.healthy;
  const unhealthy = primary.unhealthy + serving.unhealthy + others.unhealthy;
  const retiring = primary.wanted + serving.wanted + others.wanted - unhealthy - primary.good;
  const retiringHealthy = healthy - primary.goodHealthy;
  const surplus = Math.max(0, primary.good - desired);

  const waiting = {
    serving: waitingForRoom(serving, launches.missing.serving, launches.serving, placed.serving),
    primary: waitingForRoom(primary, launches.missing.primary, launches.primary, placed.primary),
  };
  const inTheWay = Math.max(0, retiring - Math.max(0, desired - primary.goodHealthy));
  // Unhealthy tasks of the new revision make room first: no old task stops for them.
  const forPrimary = primary.unhealthy > 0 ? 0 : waiting.primary;
  const onDraining = serving.wanted - serving.good - serving.unhealthy;
  const forServing = Math.min(waiting.serving, Math.max(0, onDraining));
  const toMakeRoom = Math.max(0, forPrimary + forServing - leaving);
  const healthySurplus = Math.max(0, surplus - (primary.good - primary.goodHealthy));
  const floor = healthyFloor(desired, view.minimumHealthyPercent);
  const spare = Math.max(0, healthy - healthySurplus - floor);
  // Replacements of sick tasks are about to be what the floor lacks: a new revision has to wait until the sick have gone.
  const isRecovering = serving.unhealthy > 0;
  const recovering = isRecovering ? Math.min(serving.good - serving.goodHealthy, Math.max(0, floor - healthy)) : 0;
  const most = retiring - retiringHealthy - recovering + spare;
  const replaced = Math.min(retiring, Math.max(inTheWay, toMakeRoom), most);

  const primaryTarget = primary.isFailed ? Math.min(desired, primary.good) : desired;
  const replacedUnhealthyTasks = {
    primary: replacedUnhealthy(primary, primaryTarget),
    serving: replacedUnhealthy(serving, launches.servingTarget),
    others: others.unhealthy,
  };
  const stops =
    surplus +
    replaced +
    replacedUnhealthyTasks.primary +
    replacedUnhealthyTasks.serving +
    replacedUnhealthyTasks.others;
  if (stops > 0 || leaving > 0) return { surplus, replaced, unhealthy: replacedUnhealthyTasks, isStuck: false };

  const isAboveFloor = healthy >= floor;
  const ofServing = mayStopUnhealthy(serving, waiting.serving, isAboveFloor);
  const ofPrimary = !ofServing && mayStopUnhealthy(primary, waiting.primary, isAboveFloor);
  const isQuiet = healthy === primary.wanted + serving.wanted + others.wanted;
  const isBlocked = waiting.primary > 0 && primary.hold === undefined && launches.primary + launches.serving === 0;
  return {
    surplus,
    replaced,
    unhealthy: { primary: Number(ofPrimary), serving: Number(ofServing), others: 0 },
    isStuck: isQuiet && isBlocked,
  };
}
