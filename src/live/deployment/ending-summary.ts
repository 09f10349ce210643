import type { DeploymentEnding } from './deployment-outcome.ts';

const OUTCOME_WORDS: Readonly<Record<DeploymentEnding['outcome'], string>> = {
  SUCCEEDED: 'deployment succeeded',
  FAILED: 'deployment failed',
  ROLLED_BACK: 'deployment was rolled back',
  ROLLBACK_FAILED: 'deployment failed, and so did its rollback',
  SUPERSEDED: 'deployment was superseded by a newer one',
  STOPPED: 'deployment was stopped',
  SERVICE_DELETED: 'service was deleted during the deployment',
  TIMED_OUT: 'deployment has not ended in the time allowed',
};

const CAUSE_WORDS: Readonly<Record<NonNullable<DeploymentEnding['cause']>, string>> = {
  CIRCUIT_BREAKER: 'the circuit breaker tripped',
  ALARM: 'an alarm went off',
  LIFECYCLE_HOOK: 'a lifecycle hook failed',
  USER: 'a user requested it',
  NEWER_DEPLOYMENT: '',
  SERVICE_DELETED: '',
  TIMEOUT: '',
  UNKNOWN: '',
};

/** How a deployment ended, after what time and why: the cause and further details. */
export function endingWords(
  { outcome, cause, reason, inferred }: DeploymentEnding,
  took: string,
  more: string[],
): string {
  const causes = [
    ...(cause === null || CAUSE_WORDS[cause] === '' ? [] : [CAUSE_WORDS[cause]]),
    ...(inferred && reason !== null ? [reason] : []),
    ...more,
  ];
  return `${OUTCOME_WORDS[outcome]}${took}${causes.length === 0 ? '' : `: ${causes.join('; ')}`}`;
}
