import { BROKEN, COMMA, LIST, LIST_END, OBJECT, OBJECT_END, skipName, skipSpace, skipValue } from './json-scanner.ts';

/**
 * If more than this fraction of an answer is kept, parsing is faster than cutting: this answer and the next few are
 * parsed.
 */
const WORTH_CUTTING = 0.6;
const NOT_TRIED = 50;

interface Names {
  /** The names as they appear in a text, with quotes. */
  readonly quoted: readonly string[];
  /** Number of answers to skip. */
  skip: number;
}

/**
 * Cuts members out of the text of an answer before it is parsed: they are most of a task or a service, and text that is
 * never parsed creates no garbage. It cuts members of the objects in the lists of the outermost object.
 */
export class MemberCutter {
  readonly #names = new Map<string, Names>();
  /** Reused for each answer, to avoid as much garbage. */
  #kept = Buffer.alloc(0);
  #length = 0;
  /** Everything before this position was kept or cut. */
  #doneTo = 0;

  /**
   * @param members the names of the members; a name that the text writes with escapes is not found
   * @returns undefined if the text is malformed, or is better parsed as it is
   */
  cut(json: Buffer, members: readonly string[]): string | undefined {
    const names = this.#namesOf(members);
    if (names.skip > 0) {
      names.skip -= 1;
      return undefined;
    }
    if (this.#kept.length < json.length) this.#kept = Buffer.allocUnsafeSlow(json.length);
    this.#length = 0;
    this.#doneTo = 0;
    // Only positions matter here, and latin1 keeps one character for each byte.
    const text = json.toString('latin1');
    const end = this.#answer(json, text, names.quoted);
    if (end === BROKEN || skipSpace(text, end) !== text.length) return undefined;
    this.#keepTo(json, json.length);
    if (this.#length > json.length * WORTH_CUTTING) names.skip = NOT_TRIED;
    return this.#kept.toString('utf8', 0, this.#length);
  }

  #namesOf(members: readonly string[]): Names {
    const all = members.join();
    const names = this.#names.get(all) ?? { quoted: members.map((name) => JSON.stringify(name)), skip: 0 };
    this.#names.set(all, names);
    return names;
  }

  #answer(json: Buffer, text: string, names: readonly string[]): number {
    let at = skipSpace(text, 0);
    if (text.charCodeAt(at) !== OBJECT) return BROKEN;
    for (;;) {
      const value = skipName(text, skipSpace(text, at + 1));
      const isList = text.charCodeAt(value) === LIST;
      at = skipSpace(text, isList ? this.#list(json, text, value, names) : skipValue(text, value));
      if (text.charCodeAt(at) === OBJECT_END) return at + 1;
      if (text.charCodeAt(at) !== COMMA) return BROKEN;
    }
  }

  #list(json: Buffer, text: string, open: number, names: readonly string[]): number {
    let at = skipSpace(text, open + 1);
    if (text.charCodeAt(at) === LIST_END) return at + 1;
    for (;;) {
      const isObject = text.charCodeAt(at) === OBJECT;
      at = skipSpace(text, isObject ? this.#object(json, text, at, names) : skipValue(text, at));
      if (text.charCodeAt(at) === LIST_END) return at + 1;
      if (text.charCodeAt(at) !== COMMA) return BROKEN;
      at = skipSpace(text, at + 1);
    }
  }

  #object(json: Buffer, text: string, open: number, names: readonly string[]): number {
    let from = open + 1;
    let at = skipSpace(text, from);
    if (text.charCodeAt(at) === OBJECT_END) return at + 1;
    for (;;) {
      const isCut = isOneOf(names, text, at);
      at = skipSpace(text, skipValue(text, skipName(text, at)));
      if (text.charCodeAt(at) === OBJECT_END) {
        if (isCut) this.#cutLast(json, from, at);
        return at + 1;
      }
      if (text.charCodeAt(at) !== COMMA) return BROKEN;
      if (isCut) this.#cut(json, from, at + 1);
      from = at + 1;
      at = skipSpace(text, from);
    }
  }

  #keepTo(json: Buffer, end: number): void {
    this.#length += json.copy(this.#kept, this.#length, this.#doneTo, end);
    this.#doneTo = end;
  }

  #cut(json: Buffer, from: number, to: number): void {
    this.#keepTo(json, from);
    this.#doneTo = to;
  }

  /** Includes the comma before the member, if a member before it was kept. */
  #cutLast(json: Buffer, from: number, to: number): void {
    this.#cut(json, from, to);
    if (this.#kept[this.#length - 1] === COMMA) this.#length -= 1;
  }
}

function isOneOf(names: readonly string[], text: string, at: number): boolean {
  for (const name of names) if (text.startsWith(name, at)) return true;
  return false;
}
