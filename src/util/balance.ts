import { LatestValues } from './latest-values.ts';

/** The terms of a balance. */
export interface Terms {
  readonly perSecond: number;
  /** The most that a balance holds. It starts with that. */
  readonly burst: number;
  /** The largest debt; without it there is no limit. */
  readonly mostDebt?: number;
}

/** A token bucket that may go below zero: time repays the debt. Times are monotonic milliseconds. */
export class Balance {
  readonly #terms: Terms;
  #amount: number;
  #at: number;

  constructor(terms: Terms, now: number) {
    this.#terms = terms;
    this.#amount = terms.burst;
    this.#at = now;
  }

  /** The balance at a time. */
  at(now: number): number {
    const { perSecond, burst } = this.#terms;
    this.#amount = Math.min(burst, this.#amount + ((now - this.#at) / 1_000) * perSecond);
    this.#at = now;
    return this.#amount;
  }

  spend(amount: number, now: number): void {
    const { mostDebt = Number.POSITIVE_INFINITY } = this.#terms;
    this.#amount = Math.max(this.at(now) - amount, -mostDebt);
  }

  /** Milliseconds until nothing is owed any more. */
  waitMs(now: number): number {
    return Math.ceil((Math.max(0, -this.at(now)) / this.#terms.perSecond) * 1_000);
  }
}

/** A balance for each caller. The caller that was seen least recently is forgotten first, and starts anew. */
export class Balances {
  readonly #terms: Terms;
  readonly #byCaller: LatestValues<Balance>;

  constructor(terms: Terms, mostCallers: number) {
    this.#terms = terms;
    this.#byCaller = new LatestValues(mostCallers);
  }

  of(caller: string, now: number): Balance {
    const balance = this.#byCaller.get(caller) ?? new Balance(this.#terms, now);
    this.#byCaller.set(caller, balance);
    return balance;
  }
}
