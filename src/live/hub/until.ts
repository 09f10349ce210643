import type { Follower } from '../topic/follower.ts';
import type { LiveEvent } from '../topic/topic-spec.ts';

type Taken<Body> = IteratorResult<LiveEvent<Body>>;

/** The events of a follower up to the first one that is the last by a condition. */
export class Until<Body> implements AsyncIterableIterator<LiveEvent<Body>> {
  readonly #follower: Follower<Body>;
  readonly #isLast: (event: LiveEvent<Body>) => boolean;
  #isOver = false;

  constructor(follower: Follower<Body>, isLast: (event: LiveEvent<Body>) => boolean) {
    this.#follower = follower;
    this.#isLast = isLast;
  }

  async next(): Promise<Taken<Body>> {
    return this.#isOver ? OVER : this.#seen(await this.#follower.next());
  }

  /** Like `next`, without a promise: undefined if it would wait. */
  take(): Taken<Body> | undefined {
    if (this.#isOver) return OVER;
    const taken = this.#follower.take();
    return taken && this.#seen(taken);
  }

  listen(listener: Parameters<Follower<Body>['listen']>[0]): void {
    this.#follower.listen(listener);
  }

  get isCut(): boolean {
    return !this.#isOver && this.#follower.isCut;
  }

  return(): Promise<Taken<Body>> {
    return this.#follower.return();
  }

  throw(error: unknown): Promise<Taken<Body>> {
    return this.#follower.throw(error);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#follower.return();
  }

  #seen(taken: Taken<Body>): Taken<Body> {
    if (taken.done === true || !this.#isLast(taken.value)) return taken;
    this.#isOver = true;
    void this.#follower.return();
    return taken;
  }
}

const OVER = { value: undefined, done: true } as const;
