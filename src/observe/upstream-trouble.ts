import type { Logger } from 'pino';
import type { EcsError, EcsErrorCode } from '../ecs/core/errors.ts';
import { realTimers, type Timers } from '../ecs/core/timers.ts';
import { capped } from './log.ts';

/** Advice for the operator, for errors that the caller cannot fix. */
const ADVICE: Partial<Record<EcsErrorCode, string>> = {
  CREDENTIALS_UNAVAILABLE:
    'AWS credentials are missing, wrong, expired or of another account: see `credentials` in SCOPES; without it set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run with a role',
  FORBIDDEN_UPSTREAM: "the credentials' policies do not allow the operation",
  CLOCK_SKEW: "this machine's clock is wrong",
  UPSTREAM_THROTTLED: 'others use the same rate limits; RATE_SHARE leaves them more',
  UPSTREAM_TIMEOUT: 'ECS, or the way to it, is slow; see ATTEMPT_TIMEOUT',
  UPSTREAM_UNAVAILABLE: 'ECS could not be reached, or failed; see AWS_REGION and AWS_ENDPOINT_URL_ECS',
  UPSTREAM_INVALID_RESPONSE: 'what answers at the endpoint is not ECS, or a proxy alters it',
  UPSTREAM_RESPONSE_TOO_LARGE: 'what answers at the endpoint is not ECS, or MAX_UPSTREAM_ANSWER is too low',
};

const EVERY_MS = 60_000;

/**
 * Logs why calls fail; callers see only that they fail. One line a minute for each kind of error, with the number of
 * repeats since the last line.
 */
export function logTrouble(log: Logger, timers: Timers = realTimers()): (error: EcsError) => void {
  const reported = new Map<EcsErrorCode, { readonly until: number; suppressed: number }>();
  return (error) => {
    const advice = ADVICE[error.code];
    if (advice === undefined) return;
    const now = timers.monotonic();
    const last = reported.get(error.code);
    if (last !== undefined && now < last.until) {
      last.suppressed += 1;
      return;
    }
    reported.set(error.code, { until: now + EVERY_MS, suppressed: 0 });
    const { code, operation, awsCode, requestId, cause } = error;
    const reason = cause instanceof Error ? capped(`${cause.name}: ${cause.message}`, 500) : undefined;
    const before = last === undefined || last.suppressed === 0 ? {} : { unsaid: last.suppressed };
    log.warn({ code, operation, awsCode, requestId, reason, ...before }, `ECS call failed: ${advice}`);
  };
}
