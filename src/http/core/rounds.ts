/** Members are visited in this many groups, so that thousands are not visited at once. */
const GROUPS = 12;

/** Visits each member once an interval, with one timer for all. The first visit comes after 11 twelfths of one at least. */
export class Rounds<Member> {
  readonly #intervalMs: number;
  readonly #visit: (member: Member) => void;
  readonly #groups = Array.from({ length: GROUPS }, () => new Set<Member>());
  #turn = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param intervalMs 0 means that members are not visited */
  constructor(intervalMs: number, visit: (member: Member) => void) {
    this.#intervalMs = intervalMs;
    this.#visit = visit;
  }

  add(member: Member): void {
    if (this.#intervalMs === 0) return;
    // The next turn is of the group after this one, and comes in a twelfth of the interval at most.
    this.#groups[this.#turn]?.add(member);
    this.#timer ??= setInterval(() => this.#next(), this.#intervalMs / GROUPS).unref();
  }

  delete(member: Member): void {
    if (!this.#groups.some((group) => group.delete(member))) return;
    if (this.#groups.every(({ size }) => size === 0)) this.stop();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #next(): void {
    this.#turn = (this.#turn + 1) % GROUPS;
    for (const member of this.#groups[this.#turn] ?? []) this.#visit(member);
  }
}
