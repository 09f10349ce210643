/**
 * What time it is at ECS, from the `Date` of its answers. Between answers it moves on at this machine's pace, so it needs no
 * correct local clock, only a steady one. It never goes back.
 */
export class ServerClock {
  readonly #monotonic: () => number;
  readonly #fallback: () => number;
  #base: { readonly server: number; readonly local: number } | undefined;
  #latest = 0;

  /** `fallback` is asked until the first answer has come. */
  constructor(monotonic: () => number = () => performance.now(), fallback: () => number = Date.now) {
    this.#monotonic = monotonic;
    this.#fallback = fallback;
  }

  /** Whether an answer has told what time it is. */
  get isSet(): boolean {
    return this.#base !== undefined;
  }

  /** Epoch milliseconds. */
  now(): number {
    this.#latest = Math.max(this.#latest, this.#read());
    return this.#latest;
  }

  /** Takes the `Date` header of an answer; it is cut to whole seconds, so a reading inside its second stands. */
  observe(header: string | undefined): void {
    const server = header === undefined ? Number.NaN : Date.parse(header);
    if (Number.isNaN(server)) return;
    const local = this.#monotonic();
    const expected = this.#base === undefined ? Number.NaN : this.#base.server + local - this.#base.local;
    if (expected >= server && expected < server + 1_000) return;
    // An answer that was long on its way, or that another overtook, tells nothing new.
    if (expected > server && expected - server < LATEST_ANSWER_MS) return;
    // Before the first answer, and after a sandbox was set back, what we said until now was of another time.
    if (this.#base === undefined || this.#latest - server > RESET_MS) this.#latest = 0;
    this.#base = { server, local };
  }

  #read(): number {
    if (this.#base === undefined) return this.#fallback();
    return this.#base.server + this.#monotonic() - this.#base.local;
  }
}

/** An answer may be so much older than the one before it without our clock having run ahead. */
const LATEST_ANSWER_MS = 5_000;
const RESET_MS = 60_000;
