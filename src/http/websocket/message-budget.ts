import { Balance } from '../../util/balance.ts';

/** Messages may come at once for this many seconds' worth of the rate. */
const BURST_S = 5;

/** Counts the messages of one connection against a rate. */
export class MessageBudget {
  readonly #balance: Balance;
  readonly #now: () => number;

  constructor(perSecond: number, now: () => number) {
    this.#balance = new Balance({ perSecond, burst: perSecond * BURST_S }, now());
    this.#now = now;
  }

  /** Takes one message from the budget. Returns false if the budget is spent. */
  take(): boolean {
    const now = this.#now();
    if (this.#balance.at(now) < 1) return false;
    this.#balance.spend(1, now);
    return true;
  }
}
