import type { ServiceSpec } from './service-spec.ts';

/**
 * The tasks of a deployment or a task set in numbers. The scheduler looks at a service again and again, and most often
 * little has changed: so they are counted anew only when one of them has changed, or time has changed what they count as.
 */
export interface Census {
  /** Of the service when they were counted. */
  readonly spec: ServiceSpec;
  /** RUNNING or on their way there. */
  up: number;
  /** The same and those that are stopping. */
  occupied: number;
  /** Meant to stay; of these, those that need not be replaced, and those on their way up on an instance that drains. */
  wanted: number;
  good: number;
  pendingOnDraining: number;
  /** Wanted, but their checks fail. */
  unhealthy: number;
  /** Wanted and on their way up. */
  starting: number;
  /** Wanted and healthy. */
  healthy: number;
  goodHealthy: number;
  /** Whether one of the wanted has come to run. */
  hasStarted: boolean;
  /** When the next one counts as healthy that needs nothing but time. */
  nextPresumed: number;
  /** Until when the numbers hold if nothing happens. */
  until: number;
}
