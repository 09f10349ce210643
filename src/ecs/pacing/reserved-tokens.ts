/** Tokens that come one after the other from a time on. */
interface Coming {
  from: number;
  tokens: number;
  /** Tokens a millisecond. */
  readonly perMs: number;
}

/** Tokens that were taken from a shared bucket: some are there, others come at known times. */
export class ReservedTokens {
  /** Tokens that can be used now. */
  tokens = 0;
  #coming: Coming[] = [];
  #comingTokens = 0;

  /** Tokens that are there or come. */
  get total(): number {
    return this.tokens + this.#comingTokens;
  }

  /** Tokens that come later. */
  get coming(): number {
    return this.#comingTokens;
  }

  /**
   * Adds a lot.
   * @param level the level of the bucket before the lot was taken
   * @param rate new tokens a second
   */
  add(tokens: number, level: number, rate: number, now: number): void {
    const ready = Math.min(tokens, Math.max(0, level));
    this.tokens += ready;
    if (ready === tokens) return;
    const perMs = rate / 1_000;
    this.#coming.push({ from: now + Math.max(0, -level) / perMs, tokens: tokens - ready, perMs });
    this.#comingTokens += tokens - ready;
  }

  refill(now: number): void {
    for (const lot of this.#coming) {
      const come = Math.min(lot.tokens, Math.max(0, now - lot.from) * lot.perMs);
      lot.from = Math.max(lot.from, now);
      lot.tokens -= come;
      this.tokens += come;
      this.#comingTokens -= come;
    }
    if (this.#coming.some(({ tokens }) => tokens <= 0)) this.#coming = this.#coming.filter(({ tokens }) => tokens > 0);
  }

  /** Seconds until there are that many tokens; undefined if these are more than were taken. */
  secondsUntil(tokens: number, now: number): number | undefined {
    let missing = tokens - this.tokens;
    if (missing <= 0) return 0;
    for (const lot of this.#coming) {
      if (missing <= lot.tokens) return (Math.max(0, lot.from - now) + missing / lot.perMs) / 1_000;
      missing -= lot.tokens;
    }
    return undefined;
  }

  /** Drops tokens that are there above a number. */
  limit(most: number): void {
    this.tokens = Math.min(this.tokens, most);
  }

  clear(): void {
    this.tokens = 0;
    this.#coming = [];
    this.#comingTokens = 0;
  }
}
