/** Upstream cost of a request: the content of `extensions.ecs`. */
export interface EcsCost {
  /** Calls sent to ECS, including retries. Each took a token from a rate bucket. */
  readonly calls: number;
  readonly byOperation: Readonly<Record<string, number>>;
  /** Calls that were retries. */
  readonly retries: number;
  /** Calls that ECS throttled. */
  readonly throttled: number;
  /** Milliseconds in which at least one call of the request waited for a rate token. */
  readonly waitedMs: number;
  /** Answers that came from a call of another request, or from the cache. */
  readonly fromMemory: number;
}

/** Counts the calls of one request, or of one event of a subscription, and adds them to a total. */
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

  /** @param total meter that counts the sum of many meters */
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

  /** A call starts to wait for the rate limit; the returned function ends the wait. Simultaneous waits count once. */
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
