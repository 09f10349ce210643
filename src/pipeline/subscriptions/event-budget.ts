/** What callers have left. More than these callers are not remembered: the one not seen for the longest has its whole budget again. */
const MOST_CALLERS = 10_000;

interface Account {
  balance: number;
  at: number;
}

/**
 * What the events of one caller's subscriptions may cost, in objects a second. An event is executed when the caller's balance is not
 * negative, and then charged what it cost, so that dear events come later and none is lost.
 */
export class EventBudget {
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #now: () => number;
  readonly #accounts = new Map<string, Account>();

  /** @param perSecond 0 is no limit */
  constructor(perSecond: number, burst: number, now: () => number = () => performance.now()) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#now = now;
  }

  /** How long the caller's next event has to wait, in milliseconds. */
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
