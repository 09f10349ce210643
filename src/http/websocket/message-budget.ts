/** Counts messages against a rate and allows bursts of five seconds' worth: a token bucket. */
export class MessageBudget {
  readonly #perSecond: number;
  readonly #now: () => number;
  #tokens: number;
  #last: number;

  constructor(perSecond: number, now: () => number) {
    this.#perSecond = perSecond;
    this.#now = now;
    this.#tokens = perSecond * 5;
    this.#last = now();
  }

  /** Takes one message from the budget. Returns false if the budget is spent. */
  take(): boolean {
    const time = this.#now();
    this.#tokens = Math.min(this.#perSecond * 5, this.#tokens + ((time - this.#last) / 1_000) * this.#perSecond);
    this.#last = time;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
