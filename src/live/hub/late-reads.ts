import type { Timers } from '../../ecs/core/timers.ts';

/** Reads outside the rounds of polls. Those that begin at the same time share one session. */
export class LateReads<Session> {
  readonly #timers: Timers;
  readonly #openSession: () => Session;
  readonly #closeSession: (session: Session) => void;
  readonly #gatherMs: number;
  #next: ((session: Session) => Promise<void>)[] = [];
  #cancel: () => void = () => undefined;
  readonly #running = new Set<Promise<unknown>>();

  constructor(
    timers: Timers,
    gatherMs: number,
    openSession: () => Session,
    closeSession: (session: Session) => void = () => undefined,
  ) {
    this.#timers = timers;
    this.#gatherMs = gatherMs;
    this.#openSession = openSession;
    this.#closeSession = closeSession;
  }

  /** The reads that have begun. */
  get running(): ReadonlySet<Promise<unknown>> {
    return this.#running;
  }

  /** Reads the current state of ECS, together with others that are due now. */
  ask(use: (session: Session) => Promise<void>): void {
    if (this.#next.push(use) > 1) return;
    this.#cancel = this.#timers.schedule(this.#gatherMs, () => {
      const session = this.#openSession();
      const reads = Promise.all(this.#next.splice(0).map((each) => each(session))).finally(() => {
        this.#running.delete(reads);
        this.#closeSession(session);
      });
      this.#running.add(reads);
    });
  }

  /** Drops the reads that have not begun. */
  cancel(): void {
    this.#cancel();
  }
}
