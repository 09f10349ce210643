import { type Audience, isAmong } from './confirmation.ts';
import type { Follower } from './follower.ts';
import { Gaps } from './resume-gaps.ts';

/** The followers of one topic, and what they missed. */
export class TopicFollowers<Body> implements Iterable<Follower<Body>> {
  readonly gaps: Gaps<Follower<Body>>;
  readonly #all = new Set<Follower<Body>>();

  /** @param canTellSince whether the topic knows what came after a mark, once a poll has received it */
  constructor(canTellSince: boolean) {
    this.gaps = new Gaps(canTellSince);
  }

  get size(): number {
    return this.#all.size;
  }

  /** Iterates over a copy: followers leave while they receive events. */
  [Symbol.iterator](): Iterator<Follower<Body>> {
    return [...this.#all][Symbol.iterator]();
  }

  add(follower: Follower<Body>): void {
    this.#all.add(follower);
  }

  delete(follower: Follower<Body>): void {
    this.#all.delete(follower);
    this.gaps.close(follower);
  }

  some(is: (follower: Follower<Body>) => boolean): boolean {
    for (const follower of this.#all) if (is(follower)) return true;
    return false;
  }

  /** Removes the followers that may not receive an end: what ended before they came is not what they follow. */
  partWith(to: Audience): Follower<Body>[] {
    const leaving = [...this].filter((follower) => !isAmong(to, follower));
    for (const follower of leaving) this.delete(follower);
    return leaving;
  }

  /**
   * Ends the streams that a failed poll leaves without anything to show.
   * @param isGone whether ECS says that the resource does not exist, which is no error for those that resume
   */
  fail(error: unknown, retryable: boolean, isGone: boolean): void {
    for (const follower of this) {
      if (isGone ? !this.gaps.has(follower) : !retryable || !follower.isPatient) follower.fail(error);
    }
  }

  /** Every `stallAfter` of them. */
  spans(): Set<number> {
    const spans = new Set<number>();
    for (const { options } of this.#all) if (options.stallAfterMs !== undefined) spans.add(options.stallAfterMs);
    return spans;
  }
}
