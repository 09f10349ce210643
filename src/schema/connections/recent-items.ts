import type { ListCorrection } from '../../ecs/lists/list-correction.ts';
import { markOf } from './cursor.ts';

/** At least this many candidates are looked up at a time: one Describe call takes up to 100. */
const LOOKED_UP_AT_ONCE = 100;

/** Most marks of items in a cursor that a later page may list: more than are ever added to a list. */
const MOST_SHOWN = 1_200;

/**
 * Items that belong in a list and that ECS does not list yet. They come first, or at their position in the order that
 * ECS documents. If ECS lists them later, they are omitted there: cursors contain the marks of the ones that were
 * shown.
 */
export class EarlyItems {
  readonly #correction: ListCorrection | undefined;
  /** Items whose membership has not been looked up yet. */
  #candidates: string[] = [];
  #waiting: string[] = [];
  #shown: readonly string[];
  readonly #wasShown: Set<string>;

  constructor(correction: ListCorrection | undefined, shown: readonly string[]) {
    this.#correction = correction;
    this.#shown = shown;
    this.#wasShown = new Set(shown);
  }

  /** Marks of the items that must not be shown again when ECS lists them. */
  get shown(): readonly string[] {
    return this.#shown;
  }

  get isLeft(): boolean {
    return this.#waiting.length > 0 || this.#candidates.length > 0;
  }

  /** Adds marks of items that were shown and that ECS may list again on a later page. */
  skip(marks: readonly string[]): void {
    if (marks.length === 0) return;
    this.#shown = [...this.#shown, ...marks].slice(-MOST_SHOWN);
    for (const mark of marks) this.#wasShown.add(mark);
  }

  wasShown(key: string): boolean {
    return this.#wasShown.size > 0 && this.#wasShown.has(markOf(key));
  }

  /**
   * Finds the candidates for the page on which reading starts. A list without a known order shows them only on its
   * first page: later, ECS may have listed them on an earlier page.
   * @param last the key of the last shown item of an ordered list
   */
  begin(keys: readonly string[], { isStart, last }: { isStart: boolean; last: string | undefined }): void {
    if (this.#correction === undefined) return;
    const { order } = this.#correction;
    const isAhead = (key: string) => isStart || (order !== undefined && last !== undefined && order(key, last) > 0);
    this.#candidates = this.#correction.candidates(keys).filter((key) => isAhead(key) && !this.wasShown(key));
  }

  /** Removes candidates that ECS lists on a further page: they are shown there. */
  leaveOut(keys: readonly string[]): void {
    if (!this.isLeft) return;
    const listed = new Set(keys);
    this.#waiting = this.#waiting.filter((key) => !listed.has(key));
    this.#candidates = this.#candidates.filter((key) => !listed.has(key));
  }

  /**
   * The next item that belongs before this key of ECS's list or, without a key, at the end of the page, which may be
   * the last.
   * @param wanted how many more items will be shown
   */
  async takeBefore(key: string | undefined, isEnd: boolean, wanted: number): Promise<string | undefined> {
    await this.#lookUp(wanted);
    const [next] = this.#waiting;
    if (next === undefined) return undefined;
    const order = this.#correction?.order;
    if (order !== undefined && !(key === undefined ? isEnd : order(next, key) < 0)) return undefined;
    this.#waiting.shift();
    this.skip([markOf(next)]);
    return next;
  }

  async #lookUp(wanted: number): Promise<void> {
    while (this.#waiting.length === 0 && this.#candidates.length > 0) {
      const some = this.#candidates.splice(0, Math.max(wanted, LOOKED_UP_AT_ONCE));
      this.#waiting = (await this.#correction?.belonging(some)) ?? [];
    }
  }
}
