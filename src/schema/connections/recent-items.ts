import type { ListCorrection } from '../../ecs/lists/list-correction.ts';
import { markOf } from './cursor.ts';

/**
 * What a list should show before ECS lists it. It comes at the list's beginning, or where the order that ECS documents has it,
 * and is left out where ECS lists it later on: cursors remember what has been shown so.
 */
export class EarlyItems {
  readonly #correction: ListCorrection | undefined;
  #waiting: string[] = [];
  #shown: readonly string[];

  constructor(correction: ListCorrection | undefined, shown: readonly string[] = []) {
    this.#correction = correction;
    this.#shown = shown;
  }

  /** Marks of what was shown before ECS listed it. */
  get shown(): readonly string[] {
    return this.#shown;
  }

  get isLeft(): boolean {
    return this.#waiting.length > 0;
  }

  wasShown(arn: string): boolean {
    return this.#shown.length > 0 && this.#shown.includes(markOf(arn));
  }

  /**
   * Finds out what is missing, given the page on which the reading begins. A list with no order of its own shows it at the very
   * beginning only: further on, it may have been listed by ECS on a page before.
   */
  async begin(keys: Keys, { isStart, behind }: { isStart: boolean; behind: string | undefined }): Promise<void> {
    if (this.#correction === undefined) return;
    const { order } = this.#correction;
    if (order === undefined && !isStart) return;
    const missing = await this.#correction.missing(keys.filter((key) => key !== undefined));
    const passed = [...missing.filter((arn) => this.wasShown(arn)), ...(behind === undefined ? [] : [behind])];
    // Of a place at the beginning of a page, nothing better is known than what comes then.
    const bound = passed.toSorted(order).at(-1) ?? keys[0];
    const isAhead = (arn: string) => isStart || (order !== undefined && bound !== undefined && order(arn, bound) > 0);
    this.#waiting = missing.filter((arn) => isAhead(arn) && !this.wasShown(arn));
  }

  /** What ECS lists on a further page is shown there. */
  leaveOut(keys: Keys): void {
    if (this.#waiting.length > 0) this.#waiting = this.#waiting.filter((arn) => !keys.includes(arn));
  }

  /** The next that belongs before this item of ECS's; or, without an item, at the end of the page, which may be the last. */
  takeBefore(arn: string | undefined, isEnd: boolean): string | undefined {
    const [next] = this.#waiting;
    if (next === undefined) return undefined;
    const order = this.#correction?.order;
    if (order !== undefined && !(arn === undefined ? isEnd : order(next, arn) < 0)) return undefined;
    this.#waiting.shift();
    this.#shown = [...this.#shown, markOf(next)];
    return next;
  }
}

/** What names the items of a page. */
type Keys = readonly (string | undefined)[];
