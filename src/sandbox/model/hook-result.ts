/** The result of a Lambda function that a lifecycle hook invokes. */
export interface HookResult {
  readonly status: 'SUCCEEDED' | 'FAILED' | 'IN_PROGRESS';
  /** Duration of the function in virtual seconds. */
  readonly seconds: number | undefined;
  /** IN_PROGRESS: virtual seconds until the next invocation. */
  readonly callBackDelay: number | undefined;
}
