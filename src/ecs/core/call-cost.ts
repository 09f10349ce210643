/** What one request cost upstream: the body of `extensions.ecs`. */
export interface EcsCost {
  /** Requests that went to ECS, retries included. Each took a token from a rate bucket. */
  readonly calls: number;
  readonly byOperation: Readonly<Record<string, number>>;
  /** How many of `calls` were repeats. */
  readonly retries: number;
  /** How many of `calls` ECS answered with a throttle. */
  readonly throttled: number;
  /** How long at least one of the request's calls waited for a token of a rate bucket, in milliseconds. */
  readonly waitedMs: number;
  /** Answers that came from a call that somebody else had in flight, or from memory. */
  readonly fromMemory: number;
}

/** Counts the calls that one request (or one event of a subscription) causes, and with them those of all requests. */
export class CallMeter {
  readonly #total: CallMeter | undefined;
  readonly #byOperation: Record<string, number> = {};
  #calls = 0;
  #retries = 0;
  #throttled = 0;
  #fromMemory = 0;
  #waiting = 0;
  #waitingSince = 0;
  #waitedMs = 0;

  /** @param total counts what many meters count */
  constructor(total?: CallMeter) {
    this.#total = total;
  }

  attempt(operation: string, isRetry: boolean): void {
    this.#total?.attempt(operation, isRetry);
    this.#calls += 1;
    this.#byOperation[operation] = (this.#byOperation[operation] ?? 0) + 1;
    if (isRetry) this.#retries += 1;
  }

  throttle(): void {
    this.#total?.throttle();
    this.#throttled += 1;
  }

  /** A call waits for the rate limit from now on; the function returned ends it. Waits at the same time count once. */
  wait(now: () => number): () => void {
    if (this.#waiting === 0) this.#waitingSince = now();
    this.#waiting += 1;
    return () => {
      this.#waiting -= 1;
      if (this.#waiting === 0) this.#waitedMs += now() - this.#waitingSince;
    };
  }

  remembered(): void {
    this.#total?.remembered();
    this.#fromMemory += 1;
  }

  read(): EcsCost {
    return {
      calls: this.#calls,
      byOperation: { ...this.#byOperation },
      retries: this.#retries,
      throttled: this.#throttled,
      waitedMs: Math.round(this.#waitedMs),
      fromMemory: this.#fromMemory,
    };
  }
}
