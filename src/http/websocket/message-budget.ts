import { Balance, type Terms } from '../../util/balance.ts';

/** Messages may come at once for this many seconds' worth of the rate. */
const BURST_S = 5;

/** The terms of all connections. */
export function messageTerms(perSecond: number): Terms {
  return { perSecond, burst: perSecond * BURST_S };
}

/** Counts the messages of one connection against a rate. */
export class MessageBudget extends Balance {
  /** Takes one message from the budget. Returns false if the budget is spent. */
  take(now: number): boolean {
    if (this.at(now) < 1) return false;
    this.spend(1, now);
    return true;
  }
}
