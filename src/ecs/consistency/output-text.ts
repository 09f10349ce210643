/** Marks values that JSON cannot represent, or that stand elsewhere in the text. An object that looks like one is marked too. */
const DATE = '$date';
const BIGINT = '$bigint';
const NUMBER = '$number';
/** The path of the same object, where the text has it first. */
const SAME = '$same';
/** The members of an object that looks like a mark. */
const PLAIN = '$plain';
const MARKS: ReadonlySet<string> = new Set([DATE, BIGINT, NUMBER, SAME, PLAIN]);

type Path = readonly string[];

/** Serialises the input or output of an operation. An object that occurs several times is written once. */
export function toText(value: object): string {
  const paths = new Map<unknown, Path>();
  return JSON.stringify(value, function replace(this: unknown, name: string, item: unknown) {
    // JSON.stringify has already converted the Date to a string; its holder still has the Date.
    const raw = (this as Record<string, unknown>)[name];
    if (raw instanceof Date) return { [DATE]: raw.getTime() };
    if (typeof item === 'bigint') return { [BIGINT]: String(item) };
    if (typeof item === 'number')
      return isInJson(item) ? item : { [NUMBER]: Object.is(item, -0) ? '-0' : String(item) };
    if (typeof item !== 'object' || item === null) return item;
    const names = Object.keys(item);
    if (isMark(names)) return { [PLAIN]: Object.entries(item) };
    const holder = paths.get(this);
    // Values inside a mark have no path.
    if (names.length === 0 || (item !== value && holder === undefined)) return item;
    const first = paths.get(item);
    if (first !== undefined) return { [SAME]: first };
    paths.set(item, holder === undefined ? [] : [...holder, name]);
    return item;
  });
}

function isInJson(value: number): boolean {
  return Number.isFinite(value) && !Object.is(value, -0);
}

function isMark([name = '', ...others]: readonly string[]): boolean {
  return others.length === 0 && MARKS.has(name);
}

/** An object that stands elsewhere. */
class Same {
  readonly path: Path;

  constructor(path: Path) {
    this.path = path;
  }
}

/** The inverse of `toText`. */
export function fromText(text: string): object {
  let hasSame = false;
  const parsed = JSON.parse(text, (_name, value: unknown) => {
    if (typeof value !== 'object' || value === null || value instanceof Same) return value;
    const names = Object.keys(value);
    if (!isMark(names)) return value;
    const [name = ''] = names;
    const marked = (value as Record<string, unknown>)[name];
    if (name === DATE) return new Date(marked as number);
    if (name === NUMBER) return Number(marked);
    if (name === BIGINT) return BigInt(marked as string);
    if (name === PLAIN) return Object.fromEntries(marked as [string, unknown][]);
    hasSame = true;
    return new Same(marked as Path);
  }) as object;
  if (hasSame) insertSame(parsed, parsed, new Set());
  return parsed;
}

function insertSame(root: object, at: object, visited: Set<object>): void {
  if (visited.has(at)) return;
  visited.add(at);
  const members = at as Record<string, unknown>;
  for (const [name, value] of Object.entries(members)) {
    if (value instanceof Same)
      members[name] = value.path.reduce<unknown>((from, part) => (from as typeof members)[part], root);
    else if (typeof value === 'object' && value !== null && !(value instanceof Date)) insertSame(root, value, visited);
  }
}

/** Serialises an input independently of the order of its members. */
export function toSortedText(input: object): string {
  return JSON.stringify(input, (_name, value: unknown) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
  });
}
