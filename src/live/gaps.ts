interface Gap {
  /** From where the topic itself may go on, if the cursor says. */
  readonly mark: string | undefined;
  isAsked: boolean;
}

/** Followers whose cursor could not be served from the ring, until they are told how things stand. */
export class Gaps<Follower> {
  readonly #byFollower = new Map<Follower, Gap>();
  readonly #canTellSince: boolean;

  /** @param canTellSince whether the topic knows what came after a mark, once a look has been told of it */
  constructor(canTellSince: boolean) {
    this.#canTellSince = canTellSince;
  }

  open(follower: Follower, mark: string | undefined): void {
    this.#byFollower.set(follower, { mark, isAsked: false });
  }

  /** The marks that a look is to go back to. */
  ask(): string[] {
    return [...this.#byFollower.values()].flatMap((gap) => {
      gap.isAsked = true;
      return gap.mark ?? [];
    });
  }

  /** Whether what a follower missed can only be told after a look that knows of its mark. */
  awaitsLook(follower: Follower): boolean {
    const gap = this.#byFollower.get(follower);
    return gap?.mark !== undefined && !gap.isAsked && this.#canTellSince;
  }

  /** The gap of a follower, which is no more: it is told now, or has left. Undefined when it missed nothing. */
  close(follower: Follower): Pick<Gap, 'mark'> | undefined {
    const gap = this.#byFollower.get(follower);
    this.#byFollower.delete(follower);
    return gap;
  }
}
