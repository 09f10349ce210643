/** How an operation goes wrong, all of them at the given rate. */
export interface FaultRule {
  /** Operation names; all of them when left out. */
  readonly operations?: readonly string[];
  /** From 0 to 1: how many of the calls are hit. 1 when left out. */
  readonly rate?: number;
  /** After so many hits the rule is spent. Without end when left out. */
  readonly times?: number;
  /** Real milliseconds before the answer. */
  readonly latencyMs?: number;
  readonly fault?: FaultKind;
  /** Of the fault `error`: any code of ECS's, BlockedException say, and what it says. */
  readonly code?: string;
  readonly message?: string;
}

/**
 * `throttle`: ThrottlingException. `serverError`: 500 ServerException. `unavailable`: 503 without a body that parses.
 * `reset`: the connection is closed before the call is executed. `lostAnswer`: it is closed afterwards. `truncate`: the
 * call is executed, half of the answer arrives. `expiredCredentials`: ExpiredTokenException. `accessDenied`:
 * AccessDeniedException. `error`: whatever the rule's `code` and `message` say.
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
  /** AWS's documented token buckets; scale 2 doubles them, 0.1 is a tenth. Real time fills them, whatever the speed. */
  readonly throttling: { readonly enabled: boolean; readonly scale: number };
  /** How fast tasks are launched, in virtual time. On by default: it is no fault. A scale of 2 doubles Fargate's rates. */
  readonly launchRates: { readonly enabled: boolean; readonly scale: number };
  /** Reads lag so many virtual milliseconds behind writes. */
  readonly staleReadsMs: number;
  /** From 0 to 1: how many of the events of `/_sandbox/events` come a second time. */
  readonly duplicateEvents: number;
}
