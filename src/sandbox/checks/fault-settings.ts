/** A fault for some operations at a given rate. */
export interface FaultRule {
  /** Names of operations; all if absent. */
  readonly operations?: readonly string[];
  /** The share of calls that fail, from 0 to 1; 1 if absent. */
  readonly rate?: number;
  /** Number of hits after which the rule ends; unlimited if absent. */
  readonly times?: number;
  /** Delay of the answer in real milliseconds. */
  readonly latencyMs?: number;
  readonly fault?: FaultKind;
  /** For the fault `error`: any ECS error code, such as BlockedException, and its message. */
  readonly code?: string;
  readonly message?: string;
}

/**
 * `throttle`: ThrottlingException. `serverError`: 500 ServerException. `unavailable`: 503 with an unparsable body.
 * `reset`: the connection closes before the call is executed. `lostAnswer`: it closes afterwards. `truncate`: the call
 * is executed, and half of the answer arrives. `expiredCredentials`: ExpiredTokenException. `accessDenied`:
 * AccessDeniedException. `error`: the rule's `code` and `message`.
 */
export type FaultKind =
  | 'throttle'
  | 'serverError'
  | 'unavailable'
  | 'reset'
  | 'lostAnswer'
  | 'truncate'
  | 'expiredCredentials'
  | 'accessDenied'
  | 'error';

export interface FaultSettings {
  readonly rules: readonly FaultRule[];
  /**
   * AWS's documented token buckets. A scale of 2 doubles them, 0.1 is a tenth. They fill on real time, whatever the
   * speed.
   */
  readonly throttling: { readonly enabled: boolean; readonly scale: number };
  /**
   * The rates at which tasks launch, in virtual time. On by default, because it is no fault. A scale of 2 doubles
   * Fargate's rates.
   */
  readonly launchRates: { readonly enabled: boolean; readonly scale: number };
  /** Reads lag this many virtual milliseconds behind writes. */
  readonly staleReadsMs: number;
  /** The share of events of `/_sandbox/events` that are delivered twice, from 0 to 1. */
  readonly duplicateEvents: number;
  /** How events travel from EventBridge to the targets of rules. */
  readonly eventDelivery: EventDelivery;
}

/** Times are virtual milliseconds, shares are from 0 to 1. An absent member has its default. */
export interface EventDelivery {
  /** From the event to its arrival: 150 by default. */
  readonly delayMs?: number;
  /** The share of events that never arrive. */
  readonly loss?: number;
  /** The share of events that arrive a second time, up to `spreadMs` later. */
  readonly duplicates?: number;
  /** The share of events that arrive up to `spreadMs` later, so that later ones overtake them. */
  readonly reordering?: number;
  /** 5,000 by default. */
  readonly spreadMs?: number;
}
