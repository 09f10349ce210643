import { Balances } from '../../util/balance.ts';

/** Most callers whose balance is kept. The caller that was not seen for longest starts again with a full budget. */
const MOST_CALLERS = 10_000;

/**
 * Limits the events of one caller's subscriptions, in objects a second. An event is executed when the caller's balance
 * is not negative, and its cost is charged afterwards, so that expensive events are delayed and none is lost.
 */
export class EventBudget {
  readonly #balances: Balances | undefined;
  readonly #now: () => number;

  /** @param perSecond 0 means no limit */
  constructor(perSecond: number, burst: number, now: () => number = () => performance.now()) {
    this.#balances = perSecond === 0 ? undefined : new Balances({ perSecond, burst }, MOST_CALLERS);
    this.#now = now;
  }

  /** Milliseconds until the caller's next event may be executed. */
  waitMs(caller: string): number {
    const now = this.#now();
    return this.#balances?.of(caller, now).waitMs(now) ?? 0;
  }

  charge(caller: string, objects: number): void {
    const now = this.#now();
    this.#balances?.of(caller, now).spend(objects, now);
  }
}
