import type { EcsError } from '../checks/ecs-errors.ts';

/** One condition on a value. */
export interface Matcher {
  readonly matches: (value: unknown) => boolean;
  /** The condition looks at the member itself, which may be absent, not at each value of a list. */
  readonly ofAbsence?: boolean;
}

type Fail = (reason: string) => EcsError;
type Read = (given: unknown, fail: Fail) => (value: unknown) => boolean;

function own<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

function text(given: unknown, name: string, fail: Fail): string {
  if (typeof given === 'string' && given !== '') return given;
  throw fail(`${name} must be a text that is not empty`);
}

/** A condition on a text, given as a text or as `{ "equals-ignore-case": text }`. */
function onText(name: string, test: (value: string, given: string) => boolean): Read {
  return (given, fail) => {
    if (typeof given === 'object' && given !== null && 'equals-ignore-case' in given) {
      const lowered = text(given['equals-ignore-case'], name, fail).toLowerCase();
      return (value) => typeof value === 'string' && test(value.toLowerCase(), lowered);
    }
    const wanted = text(given, name, fail);
    return (value) => typeof value === 'string' && test(value, wanted);
  };
}

/** Matches `*` as any text, without a regular expression: its time is bounded by both lengths. */
function matchesWildcard(value: string, parts: readonly string[]): boolean {
  const [head = '', ...rest] = parts;
  const tail = rest.pop();
  if (tail === undefined) return value === head;
  if (!value.startsWith(head)) return false;
  let at = head.length;
  for (const part of rest) {
    const found = value.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return value.length - tail.length >= at && value.endsWith(tail);
}

const readWildcard: Read = (given, fail) => {
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  const all = list.map((item) => text(item, 'wildcard', fail).split('*'));
  if (all.some((parts) => parts.slice(1, -1).includes(''))) throw fail('Consecutive wildcard characters');
  return (value) => typeof value === 'string' && all.some((parts) => matchesWildcard(value, parts));
};

const COMPARISONS: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
};

const readNumeric: Read = (given, fail) => {
  if (!Array.isArray(given) || given.length === 0 || given.length % 2 === 1) {
    throw fail('numeric must be an array of operators and numbers');
  }
  const tests: ((value: number) => boolean)[] = [];
  for (let at = 0; at < given.length; at += 2) {
    const compare = own(COMPARISONS, String(given[at]));
    const bound: unknown = given[at + 1];
    if (compare === undefined || typeof bound !== 'number') throw fail('numeric has an unknown operator or no number');
    tests.push((value) => compare(value, bound));
  }
  return (value) => typeof value === 'number' && tests.every((test) => test(value));
};

const TEXT_READERS: Readonly<Record<string, Read>> = {
  prefix: onText('prefix', (value, wanted) => value.startsWith(wanted)),
  suffix: onText('suffix', (value, wanted) => value.endsWith(wanted)),
  'equals-ignore-case': (given, fail) => {
    const wanted = text(given, 'equals-ignore-case', fail).toLowerCase();
    return (value) => typeof value === 'string' && value.toLowerCase() === wanted;
  },
  wildcard: readWildcard,
};

/** Values, or one condition on texts with one text or several, none of which may match. */
const readAnythingBut: Read = (given, fail) => {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    const values: readonly unknown[] = Array.isArray(given) ? given : [given];
    const isRight = values.length > 0 && values.every((item) => typeof item === 'string' || typeof item === 'number');
    if (!isRight) throw fail('anything-but must be a text, a number or a list of them');
    return (value) => !values.some((item) => item === value);
  }
  const [[name = '', wanted] = [], ...more] = Object.entries(given as Readonly<Record<string, unknown>>);
  const read = own(TEXT_READERS, name);
  if (read === undefined || more.length > 0) throw fail(`anything-but does not take ${name}`);
  const each: readonly unknown[] = Array.isArray(wanted) ? wanted : [wanted];
  const tests = each.map((item) => read(item, fail));
  return (value) => !tests.some((test) => test(value));
};

const READERS: Readonly<Record<string, Read>> = {
  ...TEXT_READERS,
  'anything-but': readAnythingBut,
  numeric: readNumeric,
};

/** Reads one item of a list of conditions: a value, or an object such as `{ "prefix": "eu-" }`. */
export function readMatcher(given: unknown, fail: Fail): Matcher {
  if (typeof given !== 'object' || given === null) return { matches: (value) => value === given };
  const [[name = '', wanted] = [], ...more] = Object.entries(given as Readonly<Record<string, unknown>>);
  if (Array.isArray(given) || more.length > 0) throw fail('a condition must be a value or an object with one member');
  if (name === 'exists') {
    if (typeof wanted !== 'boolean') throw fail('exists must be true or false');
    return { matches: (value) => (value !== undefined) === wanted, ofAbsence: true };
  }
  const read = own(READERS, name);
  if (read === undefined) throw fail(`Unrecognized match type ${name.slice(0, 50)}`);
  return { matches: read(wanted, fail) };
}
