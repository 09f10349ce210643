import { EcsError } from './errors.ts';
import type { OperationName } from './operations.ts';
import { type Scope, scopeKey } from './scope.ts';

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
  /** Resources and pages of lists that the inventory answered; absent if it answered nothing. */
  readonly fromInventory?: number;
  /**
   * For each account and region that the inventory answered for, ECS's time (ISO 8601) up to which everything that ECS
   * announced is in the answer.
   */
  readonly asOf?: Readonly<Record<string, string>>;
  /** The calls in each account and region, as `<alias>/<region>`; absent for a gateway without a scopes file. */
  readonly byScope?: Readonly<Record<string, number>>;
}

/** Counts the calls of one request, or of one event of a subscription, and adds them to a total. */
export class CallMeter {
  readonly #total: CallMeter | undefined;
  readonly #byOperation: Record<string, number> = {};
  #calls = 0;
  #retries = 0;
  #throttled = 0;
  #fromMemory = 0;
  #fromInventory = 0;
  readonly #asOf = new Map<string, number>();
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

  /**
   * The inventory answered instead of a call.
   * @param asOf ECS's time of the answer
   */
  took(answers: number, asOf: number, scope: Scope): void {
    this.#fromInventory += answers;
    const key = scopeKey(scope);
    const oldest = this.#asOf.get(key);
    if (oldest === undefined || asOf < oldest) this.#asOf.set(key, asOf);
  }

  read(): EcsCost {
    return {
      calls: this.#calls,
      byOperation: { ...this.#byOperation },
      retries: this.#retries,
      throttled: this.#throttled,
      waitedMs: Math.round(this.#waitedMs),
      fromMemory: this.#fromMemory,
      ...(this.#fromInventory > 0 && {
        fromInventory: this.#fromInventory,
        asOf: Object.fromEntries([...this.#asOf].map(([scope, at]) => [scope, new Date(at).toISOString()])),
      }),
    };
  }
}

/** The cost of a request that read several scopes. Scopes wait at the same time, so the longest wait counts. */
export function sumOfCosts(costs: readonly EcsCost[]): EcsCost {
  const [only] = costs;
  if (only !== undefined && costs.length === 1) return only;
  const sum = (name: 'calls' | 'retries' | 'throttled' | 'fromMemory') =>
    costs.reduce((total, cost) => total + cost[name], 0);
  const byOperation: Record<string, number> = {};
  for (const cost of costs) {
    for (const [name, calls] of Object.entries(cost.byOperation)) byOperation[name] = (byOperation[name] ?? 0) + calls;
  }
  return {
    calls: sum('calls'),
    byOperation,
    retries: sum('retries'),
    throttled: sum('throttled'),
    waitedMs: Math.max(0, ...costs.map(({ waitedMs }) => waitedMs)),
    fromMemory: sum('fromMemory'),
    ...(costs.some(({ fromInventory }) => fromInventory !== undefined) && {
      fromInventory: costs.reduce((total, { fromInventory = 0 }) => total + fromInventory, 0),
    }),
    ...(costs.some(({ asOf }) => asOf !== undefined) && { asOf: Object.assign({}, ...costs.map(({ asOf }) => asOf)) }),
  };
}

/** A limit on the ECS calls of an operation. */
export interface CallLimit {
  readonly most: number;
  /** Names the setting. */
  readonly setting: string;
}

/**
 * The calls that a request may still cause, in all its accounts and regions. A request has one if it was admitted only because an
 * inventory answers its reads, which may end while it runs. Retries, calls of others that it joins, and writes do not count.
 */
export class CallBudget {
  readonly #limit: CallLimit;
  #left: number;

  constructor(limit: CallLimit) {
    this.#limit = limit;
    this.#left = limit.most;
  }

  /** Takes one call. Returns the error if none is left. */
  take(operation: OperationName): EcsError | undefined {
    if (this.#left > 0) {
      this.#left -= 1;
      return undefined;
    }
    const { most, setting } = this.#limit;
    return new EcsError(
      'QUERY_TOO_EXPENSIVE',
      operation,
      `The operation has caused ${most} ECS calls, its limit (${setting}), and needs more: the inventory does not answer the reads that it was expected to answer.`,
    );
  }
}
