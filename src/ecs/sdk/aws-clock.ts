/**
 * ECS's time, from the `Date` header of its answers. Between answers it advances at this machine's pace, so it needs a
 * steady local clock, not a correct one. It never goes back.
 */
export class ServerClock {
  readonly #monotonic: () => number;
  readonly #fallback: () => number;
  #base: { readonly server: number; readonly local: number } | undefined;
  #latest = 0;

  /** `fallback` is the clock until the first answer has come. */
  constructor(monotonic: () => number = () => performance.now(), fallback: () => number = Date.now) {
    this.#monotonic = monotonic;
    this.#fallback = fallback;
  }

  /** Whether an answer has set the clock. */
  get isSet(): boolean {
    return this.#base !== undefined;
  }

  /** Epoch milliseconds. */
  now(): number {
    this.#latest = Math.max(this.#latest, this.#read());
    return this.#latest;
  }

  /** Reads the `Date` header of an answer. It has a precision of seconds, so a reading within its second stays. */
  observe(header: string | undefined): void {
    const server = header === undefined ? Number.NaN : Date.parse(header);
    if (Number.isNaN(server)) return;
    const local = this.#monotonic();
    const expected = this.#base === undefined ? Number.NaN : this.#base.server + local - this.#base.local;
    if (expected >= server && expected < server + 1_000) return;
    // A delayed answer, or one that another answer overtook, contains no new information.
    if (expected > server && expected - server < LATEST_ANSWER_MS) return;
    // Before the first answer, and after a sandbox was reset, the previous time is meaningless.
    if (this.#base === undefined || this.#latest - server > RESET_MS) this.#latest = 0;
    this.#base = { server, local };
  }

  #read(): number {
    if (this.#base === undefined) return this.#fallback();
    return this.#base.server + this.#monotonic() - this.#base.local;
  }
}

/** An answer may be this much older than the previous one without our clock running ahead. */
const LATEST_ANSWER_MS = 5_000;
const RESET_MS = 60_000;
