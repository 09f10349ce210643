/** A session that ExecuteCommand opened. */
export interface Session {
  readonly sessionId: string;
  readonly token: string;
  readonly command: string;
  readonly container: string;
}

/** Clients may never connect, so only the latest are kept. */
const MOST_SESSIONS = 100;

/** Sessions of all Regions that wait for their client, by id. */
export class Sessions {
  readonly #waiting = new Map<string, Session>();

  get state(): readonly Session[] {
    return [...this.#waiting.values()];
  }

  set state(sessions: readonly Session[]) {
    this.#waiting.clear();
    for (const session of sessions) this.add(session);
  }

  add(session: Session): void {
    this.#waiting.set(session.sessionId, session);
    const [oldest] = this.#waiting.keys();
    if (this.#waiting.size > MOST_SESSIONS && oldest !== undefined) this.#waiting.delete(oldest);
  }

  get(sessionId: string): Session | undefined {
    return this.#waiting.get(sessionId);
  }

  /** Ends a session for good. */
  end(sessionId: string): void {
    this.#waiting.delete(sessionId);
  }

  clear(): void {
    this.#waiting.clear();
  }
}
