import { markOf, type TokenPlace } from './cursor.ts';

/** How many of the next items a cursor contains. If all of them are deleted, the cursor gets longer, not wrong. */
const NEXT = 2;

interface PageParts {
  readonly token: string | null;
  readonly nextToken: string | undefined;
  /** Marks of the items on this page that were passed in an earlier request. */
  readonly passed: readonly string[];
  /** Marks of the items that came next at that time. */
  readonly next: readonly string[];
  /** Whether an item's key determines its position, so that no other item can move before the passed ones. */
  readonly inOrder: boolean;
}

/** A page some of whose items may have been passed in an earlier request. */
export class PassedPage {
  /** Marks of passed items that are missing, and that new items may have shifted to a later page. */
  readonly missed: readonly string[];
  readonly #keys: readonly string[];
  readonly #token: string | null;
  readonly #nextToken: string | undefined;
  readonly #isPassed: ReadonlySet<string>;
  readonly #lastPassed: number;
  readonly #inOrder: boolean;
  #marks: readonly string[] | undefined;

  constructor(keys: readonly string[], { token, nextToken, passed, next, inOrder }: PageParts) {
    this.#keys = keys;
    this.#token = token;
    this.#nextToken = nextToken;
    this.#isPassed = new Set(passed);
    this.#inOrder = inOrder;
    if (passed.length > 0) this.#marks = keys.map(markOf);
    this.#lastPassed = this.#marks?.findLastIndex((mark) => this.#isPassed.has(mark)) ?? -1;
    const here = new Set(this.#marks);
    // The next items follow all passed ones: if one of them is listed, every existing passed item is listed before it.
    const isComplete = nextToken === undefined || next.some((mark) => here.has(mark));
    this.missed = isComplete ? [] : passed.filter((mark) => !here.has(mark));
  }

  hasPassed(index: number): boolean {
    if (index > this.#lastPassed) return false;
    // Without a known order, a passed item that was created again may follow items that were not passed.
    return this.#inOrder || this.#isPassed.has(this.#marks?.[index] ?? '');
  }

  /**
   * The position after the first `offset` items. After a whole page it is the start of the next page, so that this one
   * need not be read again.
   */
  behind(offset: number, gone: ReadonlySet<string>): Pick<TokenPlace, 'token' | 'passed' | 'next'> {
    const keys = this.#keys;
    if (offset === keys.length && this.#nextToken !== undefined)
      return { token: this.#nextToken, passed: [], next: [] };
    this.#marks ??= keys.map(markOf);
    const next: string[] = [];
    for (let at = Math.max(offset, this.#lastPassed + 1); at < keys.length && next.length < NEXT; at += 1) {
      if (!gone.has(keys[at] ?? '')) next.push(this.#marks[at] ?? '');
    }
    const passed = this.#marks.filter((_mark, at) => at < offset || this.hasPassed(at));
    return { token: this.#token, passed, next };
  }
}
