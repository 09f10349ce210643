import type { SpanContext } from '@opentelemetry/api';
import type { Job } from '../../turns/job.ts';
import type { CallBudget, CallMeter } from './call-cost.ts';
import type { Activity } from './pending-calls.ts';
import type { Scope } from './scope.ts';
import type { Demand, Lane } from './shared-priority.ts';

/** The caller and time limit of a call: `signal` aborts at the request's deadline or when its client disconnects. */
export interface CallContext {
  readonly scope: Scope;
  readonly lane: Lane;
  readonly signal: AbortSignal;
  /** Time of the pacer's clock at which `signal` will abort; absent means never. */
  readonly deadline?: number | undefined;
  /** Priority and deadline of a call shared by several callers. */
  readonly demand?: Demand | undefined;
  /** The principal that the call is for; absent for the gateway's own calls. */
  readonly caller?: string | undefined;
  /** The work that the call is part of; absent for the gateway's own calls. */
  readonly job?: Job | undefined;
  readonly meter: CallMeter;
  /** Limits the calls of the request; absent if they need no limit. */
  readonly budget?: CallBudget | undefined;
  readonly activity: Activity;
  /** Read from ECS even if the cache holds an answer. */
  readonly fresh?: boolean | undefined;
  /** The spans of the requests or polls that wait for the call; absent if nothing records them. */
  readonly spans?: readonly SpanContext[] | undefined;
  /** Names the requests whose calls it may join; without it, calls of all other requests without one. */
  readonly apart?: string | undefined;
  /** Set if its descriptions are not kept for other requests: it reads more than they would ask for. */
  readonly isPassing?: boolean | undefined;
}
