/** An operation that has used less is short: a small query, or the beginning of another one. */
const SHORT_MS = 10;

/** Time of the event loop that an operation has used, in milliseconds. */
interface Usage {
  ms: number;
  most?: number;
}

/** The work of one operation on the event loop, for one principal. */
export class Job {
  /** Principals share the event loop; empty for the gateway's own work. */
  readonly principal: string;
  readonly #usage: Usage;

  constructor(principal: string, usage: Usage = { ms: 0 }) {
    this.principal = principal;
    this.#usage = usage;
  }

  get isShort(): boolean {
    return this.#usage.ms < SHORT_MS;
  }

  /** The part of the event loop's time that its principal may use while others are active, up to 1; undefined if unknown. */
  get most(): number | undefined {
    return this.#usage.most;
  }

  limit(most: number): void {
    this.#usage.most = most;
  }

  charge(ms: number): void {
    this.#usage.ms += ms;
  }

  isOfSame(other: Job): boolean {
    return this.#usage === other.#usage;
  }

  /** Work of the same operation that can be forgotten by itself. */
  part(): Job {
    return new Job(this.principal, this.#usage);
  }
}
