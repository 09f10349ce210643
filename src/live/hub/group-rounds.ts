/**
 * Keeps the topics of a group (a cluster) in step. While a round of a group is under way none of its topics begins another, or
 * those that were answered early would run ahead of the rest, and each part would read the group's lists for itself.
 */
export class Beats {
  readonly #until = new Map<string, number>();

  /** A round begins. It holds the group until `end`, or until that time where something in it is not answered. */
  begin(group: string, until: number): void {
    this.#until.set(group, until);
  }

  /** The round that was begun with this time is over. */
  end(group: string, until: number): void {
    if (this.#until.get(group) === until) this.#until.delete(group);
  }

  /** From when a topic of this group may be looked at again; 0 where nothing holds it. */
  freeAt(group: string | undefined): number {
    return group === undefined ? 0 : (this.#until.get(group) ?? 0);
  }
}
