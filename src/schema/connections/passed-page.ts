import { markOf, type TokenPlace } from './cursor.ts';

/** How many of the items that come next a cursor holds: if all of them are deleted, it gets longer, not wrong. */
const NEXT = 2;

interface PageParts {
  readonly token: string | null;
  readonly nextToken: string | undefined;
  /** Marks of items that were passed on this page when it was read before. */
  readonly passed: readonly string[];
  /** Marks of the items that came next then. */
  readonly next: readonly string[];
  /** Whether an item's key determines its place, so that no other item can move in front of those that were passed. */
  readonly inOrder: boolean;
}

/** A page of which some items may have been passed already, by an earlier request. */
export class PassedPage {
  /** Marks of passed items that are not here, and that new items may have pushed on to a later page. */
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
    // What came next stands behind everything that was passed: where it is listed, so is all before it that still exists.
    const isComplete = nextToken === undefined || next.some((mark) => here.has(mark));
    this.missed = isComplete ? [] : passed.filter((mark) => !here.has(mark));
  }

  hasPassed(index: number): boolean {
    if (index > this.#lastPassed) return false;
    // Without a known order, what was passed and then created again may stand behind items that were not passed.
    return this.#inOrder || this.#isPassed.has(this.#marks?.[index] ?? '');
  }

  /** The place behind the first `offset` items. Behind a whole page the next goes on: this one need not be read again. */
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
