/** What one request cost upstream: the body of `extensions.ecs`. */
export interface EcsCost {
  /** Requests that went to ECS, retries included. Each took a token from a rate bucket. */
  readonly calls: number;
  readonly byOperation: Readonly<Record<string, number>>;
  /** How many of `calls` were repeats. */
  readonly retries: number;
  /** How many of `calls` ECS answered with a throttle. */
  readonly throttled: number;
  /** Answers that came from a call that somebody else had in flight, or from memory. */
  readonly fromMemory: number;
}

/** Counts the calls that one request (or one event of a subscription) causes. */
export class CallMeter {
  readonly #byOperation: Record<string, number> = {};
  #calls = 0;
  #retries = 0;
  #throttled = 0;
  #fromMemory = 0;

  attempt(operation: string, isRetry: boolean): void {
    this.#calls += 1;
    this.#byOperation[operation] = (this.#byOperation[operation] ?? 0) + 1;
    if (isRetry) this.#retries += 1;
  }

  throttle(): void {
    this.#throttled += 1;
  }

  remembered(): void {
    this.#fromMemory += 1;
  }

  read(): EcsCost {
    return {
      calls: this.#calls,
      byOperation: { ...this.#byOperation },
      retries: this.#retries,
      throttled: this.#throttled,
      fromMemory: this.#fromMemory,
    };
  }
}
