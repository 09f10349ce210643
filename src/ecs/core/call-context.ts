import type { CallMeter } from './call-cost.ts';
import type { Activity } from './pending-calls.ts';
import type { Scope } from './scope.ts';
import type { Demand, Lane } from './shared-priority.ts';

/** On whose behalf a call is made, and for how long: `signal` ends with the request's deadline or its client. */
export interface CallContext {
  readonly scope: Scope;
  readonly lane: Lane;
  readonly signal: AbortSignal;
  /** When `signal` will end for lack of time, as the pacer measures it; absent means never. */
  readonly deadline?: number | undefined;
  /** Of a call that several wait for: its lane and deadline, as those join who wait. */
  readonly demand?: Demand | undefined;
  readonly meter: CallMeter;
  readonly activity: Activity;
  /** Read anew, whatever the memory holds. */
  readonly fresh?: boolean | undefined;
  /** Names the requests whose calls it may join; without it, those of all others without one. */
  readonly apart?: string | undefined;
}
