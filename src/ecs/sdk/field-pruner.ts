import {
  BROKEN,
  COMMA,
  LIST,
  LIST_END,
  OBJECT,
  OBJECT_END,
  skipColon,
  skipSpace,
  skipString,
  skipValue,
} from './json-scanner.ts';

/**
 * If more than this fraction of an answer is kept, parsing is faster than cutting: this answer and the next few are
 * parsed.
 */
const WORTH_CUTTING = 0.6;
const NOT_TRIED = 50;

interface Names {
  /** The names as they appear in a text, with quotes, by their length: few names of an object have that of a wanted one. */
  readonly byLength: readonly (readonly Buffer[] | undefined)[];
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
    const end = this.#answer(json, names);
    if (end === BROKEN || skipSpace(json, end) !== json.length) return undefined;
    this.#keepTo(json, json.length);
    if (this.#length > json.length * WORTH_CUTTING) names.skip = NOT_TRIED;
    return this.#kept.toString('utf8', 0, this.#length);
  }

  #namesOf(members: readonly string[]): Names {
    const all = members.join();
    const known = this.#names.get(all);
    if (known !== undefined) return known;
    const byLength: Buffer[][] = [];
    for (const member of members) {
      const quoted = Buffer.from(JSON.stringify(member));
      byLength[quoted.length] = [...(byLength[quoted.length] ?? []), quoted];
    }
    const names = { byLength, skip: 0 };
    this.#names.set(all, names);
    return names;
  }

  #answer(json: Buffer, names: Names): number {
    let at = skipSpace(json, 0);
    if (json[at] !== OBJECT) return BROKEN;
    for (;;) {
      const value = skipColon(json, skipString(json, skipSpace(json, at + 1)));
      const isList = json[value] === LIST;
      at = skipSpace(json, isList ? this.#list(json, value, names) : skipValue(json, value));
      if (json[at] === OBJECT_END) return at + 1;
      if (json[at] !== COMMA) return BROKEN;
    }
  }

  #list(json: Buffer, open: number, names: Names): number {
    let at = skipSpace(json, open + 1);
    if (json[at] === LIST_END) return at + 1;
    for (;;) {
      const isObject = json[at] === OBJECT;
      at = skipSpace(json, isObject ? this.#object(json, at, names) : skipValue(json, at));
      if (json[at] === LIST_END) return at + 1;
      if (json[at] !== COMMA) return BROKEN;
      at = skipSpace(json, at + 1);
    }
  }

  #object(json: Buffer, open: number, names: Names): number {
    let from = open + 1;
    let at = skipSpace(json, from);
    if (json[at] === OBJECT_END) return at + 1;
    for (;;) {
      const nameEnd = skipString(json, at);
      const isCut = isOneOf(names, json, at, nameEnd);
      at = skipSpace(json, skipValue(json, skipColon(json, nameEnd)));
      if (json[at] === OBJECT_END) {
        if (isCut) this.#cutLast(json, from, at);
        return at + 1;
      }
      if (json[at] !== COMMA) return BROKEN;
      if (isCut) this.#cut(json, from, at + 1);
      from = at + 1;
      at = skipSpace(json, from);
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

function isOneOf({ byLength }: Names, json: Buffer, from: number, to: number): boolean {
  const names = byLength[to - from];
  if (names === undefined) return false;
  for (const name of names) if (hasAt(json, from, name)) return true;
  return false;
}

function hasAt(json: Buffer, from: number, name: Buffer): boolean {
  for (let index = 0; index < name.length; index += 1) if (json[from + index] !== name[index]) return false;
  return true;
}
