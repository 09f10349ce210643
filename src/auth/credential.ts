/** Why a credential is no longer valid. */
export type CredentialEnd = 'EXPIRED' | 'WITHDRAWN';

export type EndListener = (end: CredentialEnd) => void;

/** Longest time between two looks at the clock, which may have been set meanwhile. */
const LONGEST_TIMER_MS = 60_000;

/**
 * A token while it is valid. Connections and streams listen for its end: streams first, so that each can send its last
 * message before its connection closes. It has one timer, and only while it has listeners.
 */
export class Credential {
  #expiresAt: number | undefined;
  #end: CredentialEnd | undefined;
  readonly #streams = new Set<EndListener>();
  readonly #connections = new Set<EndListener>();
  #timer: NodeJS.Timeout | undefined;

  /** @param expiresAt milliseconds since 1970; undefined: never */
  constructor(expiresAt?: number) {
    this.#expiresAt = expiresAt;
  }

  /** Why it ended; undefined while it is valid. */
  get ended(): CredentialEnd | undefined {
    if (this.#end === undefined && this.#expiresAt !== undefined && Date.now() >= this.#expiresAt) return 'EXPIRED';
    return this.#end;
  }

  get expiresAt(): number | undefined {
    return this.#expiresAt;
  }

  /** Changes its expiry. */
  expireAt(expiresAt: number | undefined): void {
    this.#expiresAt = expiresAt;
    this.#arm();
  }

  withdraw(): void {
    this.#finish('WITHDRAWN');
  }

  /**
   * Calls back once when it ends, or now if it has ended.
   * @returns a function that removes the listener
   */
  onEnd(kind: 'stream' | 'connection', listener: EndListener): () => void {
    const { ended } = this;
    if (ended !== undefined) {
      listener(ended);
      return () => undefined;
    }
    const listeners = kind === 'stream' ? this.#streams : this.#connections;
    listeners.add(listener);
    if (this.#timer === undefined) this.#arm();
    return () => {
      listeners.delete(listener);
      if (this.#streams.size + this.#connections.size === 0) this.#disarm();
    };
  }

  #arm(): void {
    this.#disarm();
    if (this.#end !== undefined || this.#expiresAt === undefined) return;
    if (this.#streams.size + this.#connections.size === 0) return;
    const wait = Math.min(Math.max(0, this.#expiresAt - Date.now()), LONGEST_TIMER_MS);
    this.#timer = setTimeout(() => {
      if (this.ended === undefined) this.#arm();
      else this.#finish('EXPIRED');
    }, wait).unref();
  }

  #disarm(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #finish(end: CredentialEnd): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#disarm();
    const listeners = [...this.#streams, ...this.#connections];
    this.#streams.clear();
    this.#connections.clear();
    for (const listener of listeners) listener(end);
  }
}
