import { BROKEN, COMMA, LIST, LIST_END, OBJECT, OBJECT_END, skipName, skipSpace, skipValue } from './json-scanner.ts';

/** Where more than this part of an answer stays, it is parsed faster than it is cut: it, and so many that follow. */
const WORTH_CUTTING = 0.6;
const NOT_TRIED = 50;

interface Names {
  /** As they stand in a text. */
  readonly quoted: readonly string[];
  /** How many answers not to try. */
  skip: number;
}

/**
 * Cuts members out of the text of an answer before it is parsed: of a task or a service they are most of it, and what was never
 * parsed is no garbage. Cut are members of the objects in the lists of the outermost object.
 */
export class MemberCutter {
  readonly #names = new Map<string, Names>();
  /** Used again for each answer: as much memory for each would have to be collected as well. */
  #kept = Buffer.alloc(0);
  #length = 0;
  /** What comes before is kept, or cut, already. */
  #doneTo = 0;

  /**
   * @param members their names; one that the text writes with escapes is not found
   * @returns undefined where the text is broken, or is better parsed as it is
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
    // Whatever the bytes mean, their places are the same.
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

  /** With the comma before it, if a member before it was kept. */
  #cutLast(json: Buffer, from: number, to: number): void {
    this.#cut(json, from, to);
    if (this.#kept[this.#length - 1] === COMMA) this.#length -= 1;
  }
}

function isOneOf(names: readonly string[], text: string, at: number): boolean {
  for (const name of names) if (text.startsWith(name, at)) return true;
  return false;
}
