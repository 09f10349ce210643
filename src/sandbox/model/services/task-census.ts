import type { ServiceSpec } from './service-spec.ts';

/**
 * Counts of the tasks of a deployment or task set. The scheduler looks at a service very often and little changes in
 * between, so tasks are counted again only when one of them has changed, or when time changes how they count.
 */
export interface Census {
  /** The service's spec at the time of the count. */
  readonly spec: ServiceSpec;
  /** RUNNING or on the way there. */
  up: number;
  /** The same plus stopping tasks. */
  occupied: number;
  /**
   * Tasks that are meant to stay; of these, tasks that need no replacement, and tasks that are starting on a draining
   * instance.
   */
  wanted: number;
  good: number;
  pendingOnDraining: number;
  /** Wanted, but their checks fail. */
  unhealthy: number;
  /** Wanted and starting. */
  starting: number;
  /** Wanted and healthy. */
  healthy: number;
  goodHealthy: number;
  /** Whether a wanted task has started to run. */
  hasStarted: boolean;
  /** When the next task counts as healthy through time alone. */
  nextPresumed: number;
  /** Until when the counts are valid if nothing happens. */
  until: number;
}
