import type { EcsError, EcsErrorCode } from '../core/errors.ts';

/** Whether an account and region can be read. */
export type ScopeState = 'UNUSED' | 'READY' | 'DEGRADED';

/** Errors that concern everything in an account and region, not one call. */
const OF_THE_SCOPE: ReadonlySet<EcsErrorCode> = new Set<EcsErrorCode>([
  'CREDENTIALS_UNAVAILABLE',
  'CLOCK_SKEW',
  'UPSTREAM_TIMEOUT',
  'UPSTREAM_UNAVAILABLE',
  'UPSTREAM_INVALID_RESPONSE',
]);

/** Follows the outcome of the calls of one account and region. It makes no call. */
export class ScopeHealth {
  #isUsed = false;
  #reason: string | undefined;

  /** UNUSED until ECS has answered or failed once. */
  get state(): ScopeState {
    if (!this.#isUsed) return 'UNUSED';
    return this.#reason === undefined ? 'READY' : 'DEGRADED';
  }

  /** Why the last call failed, if that concerns the whole scope. */
  get reason(): string | undefined {
    return this.#reason;
  }

  /** ECS has answered, if only with a refusal. */
  answered(): void {
    this.#isUsed = true;
    this.#reason = undefined;
  }

  failed(error: EcsError): void {
    if (!OF_THE_SCOPE.has(error.code)) {
      if (error.awsCode !== undefined) this.answered();
      return;
    }
    this.#isUsed = true;
    this.#reason = reasonOf(error);
  }
}

/** Our own reasons name no role; AWS's may. */
function reasonOf({ code, message, cause }: EcsError): string {
  const isOwn =
    code === 'CREDENTIALS_UNAVAILABLE' && cause instanceof Error && cause.name === 'CredentialsProviderError';
  return isOwn ? cause.message : message;
}
