/** Members are visited in this many groups, so that thousands are not visited at once. */
const GROUPS = 12;

/** Visits each member once an interval, with one timer for all. No member is visited before a whole interval has passed. */
export class Rounds<Member> {
  readonly #intervalMs: number;
  readonly #visit: (member: Member) => void;
  readonly #groups = Array.from({ length: GROUPS }, () => new Set<Member>());
  #turn = 0;
  #count = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param intervalMs 0 means that members are not visited */
  constructor(intervalMs: number, visit: (member: Member) => void) {
    this.#intervalMs = intervalMs;
    this.#visit = visit;
  }

  add(member: Member): void {
    if (this.#intervalMs === 0) return;
    // The next turn is of the group after this one.
    this.#groups[this.#turn]?.add(member);
    this.#count += 1;
    this.#timer ??= setInterval(() => this.#next(), this.#intervalMs / GROUPS).unref();
  }

  delete(member: Member): void {
    if (!this.#groups.some((group) => group.delete(member))) return;
    this.#count -= 1;
    if (this.#count === 0) this.stop();
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
