/** Most callers whose balance is kept. The caller that was not seen for longest starts again with a full budget. */
const MOST_CALLERS = 10_000;

interface Account {
  balance: number;
  at: number;
}

/**
 * Limits the events of one caller's subscriptions, in objects a second. An event is executed when the caller's balance
 * is not negative, and its cost is charged afterwards, so that expensive events are delayed and none is lost.
 */
export class EventBudget {
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #now: () => number;
  readonly #accounts = new Map<string, Account>();

  /** @param perSecond 0 means no limit */
  constructor(perSecond: number, burst: number, now: () => number = () => performance.now()) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#now = now;
  }

  /** Milliseconds until the caller's next event may be executed. */
  waitMs(caller: string): number {
    if (this.#perSecond === 0) return 0;
    return Math.max(0, Math.ceil((-this.#account(caller).balance / this.#perSecond) * 1_000));
  }

  charge(caller: string, objects: number): void {
    if (this.#perSecond > 0) this.#account(caller).balance -= objects;
  }

  #account(caller: string): Account {
    const now = this.#now();
    const account = this.#accounts.get(caller) ?? { balance: this.#burst, at: now };
    account.balance = Math.min(this.#burst, account.balance + ((now - account.at) / 1_000) * this.#perSecond);
    account.at = now;
    // The Map's order is the order of use.
    this.#accounts.delete(caller);
    this.#accounts.set(caller, account);
    const [oldest] = this.#accounts.keys();
    if (this.#accounts.size > MOST_CALLERS && oldest !== undefined) this.#accounts.delete(oldest);
    return account;
  }
}
