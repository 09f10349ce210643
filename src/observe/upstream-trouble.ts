import type { Logger } from 'pino';
import type { EcsError, EcsErrorCode } from '../ecs/core/errors.ts';
import { realTimers, type Timers } from '../ecs/core/timers.ts';
import { capped } from './log.ts';

/** What to do about it, where it is the operator's matter and not the caller's. */
const ADVICE: Partial<Record<EcsErrorCode, string>> = {
  CREDENTIALS_UNAVAILABLE:
    'AWS credentials are missing, wrong or expired: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run with a role',
  FORBIDDEN_UPSTREAM: "the credentials' policies do not allow the operation",
  CLOCK_SKEW: "this machine's clock is wrong",
  UPSTREAM_THROTTLED: 'others use the same rate limits; RATE_SHARE leaves them more',
  UPSTREAM_TIMEOUT: 'ECS, or the way to it, is slow; see ATTEMPT_TIMEOUT',
  UPSTREAM_UNAVAILABLE: 'ECS could not be reached, or failed; see AWS_REGION and AWS_ENDPOINT_URL_ECS',
  UPSTREAM_INVALID_RESPONSE: 'what answers at the endpoint is not ECS, or a proxy alters it',
};

const EVERY_MS = 60_000;

/**
 * Tells the operator why calls fail: callers are told no more than that they do. One line a minute for each kind of trouble, with
 * how often it came since the last.
 */
export function logTrouble(log: Logger, timers: Timers = realTimers()): (error: EcsError) => void {
  const told = new Map<EcsErrorCode, { readonly until: number; unsaid: number }>();
  return (error) => {
    const advice = ADVICE[error.code];
    if (advice === undefined) return;
    const now = timers.monotonic();
    const last = told.get(error.code);
    if (last !== undefined && now < last.until) {
      last.unsaid += 1;
      return;
    }
    told.set(error.code, { until: now + EVERY_MS, unsaid: 0 });
    const { code, operation, awsCode, requestId, cause } = error;
    const reason = cause instanceof Error ? capped(`${cause.name}: ${cause.message}`, 500) : undefined;
    const before = last === undefined || last.unsaid === 0 ? {} : { unsaid: last.unsaid };
    log.warn({ code, operation, awsCode, requestId, reason, ...before }, `ECS call failed: ${advice}`);
  };
}
