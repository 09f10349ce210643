import { LatestValues } from '../../util/latest-values.ts';

/** The furthest progress of a deployment in its current stage, and when it was reached. */
export interface Advance {
  /** Status, lifecycle stage and hook results. Progress before a change of these no longer counts. */
  readonly stage: string;
  /** The highest number of finished new tasks and of replaced old tasks. */
  readonly ready: number;
  readonly replaced: number;
  /** In a rollback, the lowest number of tasks of the new revision. */
  readonly left: number;
  readonly weight: number;
  /** ECS's time. */
  readonly at: number;
}

/** The progress of a deployment, kept for the next life of its topic. */
export interface ReachedByDeployment {
  readonly advance: Advance;
  /** The most running tasks of older revisions: the number to replace. */
  readonly sourceCount: number;
  readonly reachedPercent: number;
}

/** The progress of the drain of one instance, kept for the next life of its topic. */
export interface ReachedByInstance {
  /** ECS's version of the instance: the same version means that the same drain is under way. */
  readonly version: number | undefined;
  readonly drainingSince: number;
  /** Tasks that had not started to stop, and tasks that had not stopped. */
  readonly waiting: number;
  readonly remaining: number;
  /** Tasks that were on it at any time of the drain. */
  readonly total: number;
  /** Whether tasks may have left before anybody followed the drain. */
  readonly isJoined: boolean;
  readonly at: number;
}

/** The progress of a daemon's deployment. */
export interface ReachedByDaemon {
  readonly status: string | undefined;
  /** The most instances that it ran on in this status. */
  readonly running: number;
  readonly at: number;
}

/** A value takes some 200 bytes. */
const MOST = 5_000;

/**
 * How far the deployments and drains came that this process has followed. ECS does not date every progress, so a topic
 * that starts again continues from here: a stall keeps its beginning without followers.
 */
export class ProgressMemory {
  readonly deployments = new LatestValues<ReachedByDeployment>(MOST);
  readonly instances = new LatestValues<ReachedByInstance>(MOST);
  readonly daemons = new LatestValues<ReachedByDaemon>(MOST);
}
