/**
 * Keeps the topics of a group (a cluster) in step. While a round of a group is running, none of its topics starts
 * another. Otherwise topics that were answered early would run ahead, and each would read the group's lists separately.
 */
export class GroupRounds {
  readonly #until = new Map<string, number>();

  /** Starts a round. It holds the group until `end`, or until the given time if a topic does not answer. */
  begin(group: string, until: number): void {
    this.#until.set(group, until);
  }

  /** Ends the round that was started with this time. */
  end(group: string, until: number): void {
    if (this.#until.get(group) === until) this.#until.delete(group);
  }

  /** The time from which a topic of this group may be polled again; 0 if nothing holds it. */
  freeAt(group: string | undefined): number {
    return group === undefined ? 0 : (this.#until.get(group) ?? 0);
  }
}
