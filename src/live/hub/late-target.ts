import type { Follower } from '../topic/follower.ts';

/**
 * Asks again what a follower should follow.
 * @returns undefined if it follows the right resource, or no better one exists
 */
export type FindTarget<Session, Spec> = (session: Session) => Promise<Spec | undefined>;

interface Surroundings<Session, Spec> {
  /**
   * Calls back once ECS shows its state at the follower's arrival, or a later one. The returned function cancels it.
   */
  readonly schedule: (callback: () => void) => () => void;
  readonly ask: (use: (session: Session) => Promise<void>) => void;
  readonly place: (spec: Spec) => void;
  /** Whether asking again later may find it out. */
  readonly isRetryable: (error: unknown) => boolean;
  /** Called when there is nothing more to ask. */
  readonly onEnd: (target: { dispose(): void }) => void;
}

/**
 * The resource of a follower that did not name one (such as the current deployment): ECS may have shown the previous
 * one. It is read again after the lag, and until then the follower receives no end.
 */
export class LateTarget<Session, Spec extends { readonly key: string }, Body> {
  readonly #follower: Follower<Body>;
  readonly #find: FindTarget<Session, Spec>;
  readonly #around: Surroundings<Session, Spec>;
  readonly #spec: Spec;
  /** Set while it follows nothing, because its resource has ended meanwhile. */
  #isOut = false;
  #cancel: () => void = () => undefined;

  constructor(
    follower: Follower<Body>,
    spec: Spec,
    find: FindTarget<Session, Spec>,
    around: Surroundings<Session, Spec>,
  ) {
    this.#follower = follower;
    this.#spec = spec;
    this.#find = find;
    this.#around = around;
    follower.isAtItsTopic = false;
    follower.late = this;
    this.#schedule();
  }

  /** Its resource has ended for others. */
  leave(): void {
    this.#isOut = true;
  }

  onDone(): void {
    this.#cancel();
    this.#around.onEnd(this);
  }

  dispose(): void {
    this.#cancel();
    this.#follower.cut();
  }

  #schedule(): void {
    this.#cancel = this.#around.schedule(() => this.#around.ask((session) => this.#ask(session)));
  }

  async #ask(session: Session): Promise<void> {
    if (this.#follower.isDone) return;
    let found: Spec | undefined;
    try {
      found = await this.#find(session);
    } catch (error) {
      // A permanent failure leaves what ECS showed: a deleted cluster, for example, or reads that are not permitted.
      if (this.#around.isRetryable(error)) {
        if (!this.#follower.isDone) this.#schedule();
        return;
      }
    }
    if (this.#follower.isDone) return;
    this.#follower.isAtItsTopic = true;
    this.#follower.late = undefined;
    this.#around.onEnd(this);
    const isOther = found !== undefined && found.key !== this.#spec.key;
    if (!isOther && !this.#isOut) return;
    if (!this.#isOut) this.#follower.leaveTopic();
    this.#follower.startedAt = undefined;
    this.#around.place(found ?? this.#spec);
  }
}
