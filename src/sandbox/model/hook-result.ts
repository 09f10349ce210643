/** What a Lambda function answers when a lifecycle hook invokes it. */
export interface HookResult {
  readonly status: 'SUCCEEDED' | 'FAILED' | 'IN_PROGRESS';
  /** Virtual seconds that the function runs. */
  readonly seconds: number | undefined;
  /** IN_PROGRESS: virtual seconds until it is invoked again. */
  readonly callBackDelay: number | undefined;
}
