import type { ContainerInstance } from '@aws-sdk/client-ecs';
import { allOf, type Maybe, not } from './maybe.ts';

/** Whether an instance matches a query. */
type Matches = (instance: ContainerInstance) => Maybe;

/** Each comparator has a symbol and a word. */
const COMPARATORS: Readonly<Record<string, string>> = {
  equals: '==',
  not_equals: '!=',
  greater_than: '>',
  greater_than_equal: '>=',
  less_than: '<',
  less_than_equal: '<=',
  matches: '=~',
  not_matches: '!~',
};
const TOKEN =
  /\s*(?:("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(==|!=|>=|<=|=~|!~|&&|\|\||[<>!()[\],])|([^\s()[\],"'<>=!&|]+))/y;
const MOST_TEXT = 2_000;

interface Token {
  readonly text: string;
  readonly isQuoted: boolean;
}

/**
 * Reads an expression of ECS's cluster query language, as `ListContainerInstances` takes it. ECS evaluates it on what
 * its replica shows; this one is for instances that this gateway has just changed.
 */
export function instanceQuery(text: string): Matches {
  try {
    return new Parser(tokensOf(text)).parse();
  } catch {
    // ECS refuses the expression, or knows more of the language.
    return () => undefined;
  }
}

function tokensOf(text: string): readonly Token[] {
  if (text.length > MOST_TEXT) throw new SyntaxError('too long');
  const tokens: Token[] = [];
  const end = text.trimEnd().length;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < end) {
    const [, quoted, symbol, word] = TOKEN.exec(text) ?? [];
    const token = quoted?.slice(1, -1).replace(/\\(["'\\])/g, '$1') ?? symbol ?? word;
    if (token === undefined) throw new SyntaxError('no token');
    tokens.push({ text: token, isQuoted: quoted !== undefined });
  }
  return tokens;
}

const MOST_DEPTH = 50;

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  parse(): Matches {
    const matches = this.#or();
    if (this.#at < this.#tokens.length) throw new SyntaxError('more than an expression');
    return matches;
  }

  #or(): Matches {
    const parts = [this.#and()];
    while (this.#accept('||', 'or')) parts.push(this.#and());
    return (instance) => not(allOf(parts.map((part) => not(part(instance)))));
  }

  #and(): Matches {
    const parts = [this.#not()];
    while (this.#accept('&&', 'and')) parts.push(this.#not());
    return (instance) => allOf(parts.map((part) => part(instance)));
  }

  #not(): Matches {
    this.#depth += 1;
    if (this.#depth > MOST_DEPTH) throw new SyntaxError('too deep');
    try {
      if (!this.#accept('!', 'not')) return this.#primary();
      const inner = this.#not();
      return (instance) => not(inner(instance));
    } finally {
      this.#depth -= 1;
    }
  }

  #primary(): Matches {
    if (!this.#accept('(')) return this.#comparison();
    const inner = this.#or();
    this.#take(')');
    return inner;
  }

  #comparison(): Matches {
    const subject = this.#next();
    const isNegated = this.#accept('!');
    const operator = this.#next();
    const isNot = isNegated || operator.startsWith('not_');
    switch (isNot ? operator.replace(/^not_/, '') : operator) {
      case 'exists':
        return (instance) =>
          negatedIf(
            isNot,
            some(valuesOf(subject, instance), () => true),
          );
      case 'in': {
        const list = this.#list();
        return (instance) =>
          negatedIf(
            isNot,
            some(valuesOf(subject, instance), (value) => list.includes(value)),
          );
      }
    }
    if (isNegated) throw new SyntaxError('no operator after "!"');
    const comparator = COMPARATORS[operator] ?? operator;
    if (!Object.values(COMPARATORS).includes(comparator)) throw new SyntaxError('no operator');
    const compare = comparison(comparator, this.#next());
    const isNegative = comparator === '!=' || comparator === '!~';
    return (instance) => negatedIf(isNegative, some(valuesOf(subject, instance), compare));
  }

  #list(): readonly string[] {
    this.#take('[');
    const list = [this.#next()];
    while (this.#accept(',')) list.push(this.#next());
    this.#take(']');
    return list;
  }

  #next(): string {
    const token = this.#tokens[this.#at];
    if (token === undefined) throw new SyntaxError('too short');
    this.#at += 1;
    return token.text;
  }

  #accept(...texts: readonly string[]): boolean {
    const token = this.#tokens[this.#at];
    const isNext = token !== undefined && !token.isQuoted && texts.includes(token.text);
    if (isNext) this.#at += 1;
    return isNext;
  }

  #take(text: string): void {
    if (!this.#accept(text)) throw new SyntaxError(`no "${text}"`);
  }
}

/** The values of a subject; undefined if the description does not hold them (`task:group`). */
function valuesOf(subject: string, instance: ContainerInstance): readonly string[] | undefined {
  if (subject.startsWith('attribute:')) {
    const name = subject.slice('attribute:'.length);
    return instance.attributes?.flatMap((attribute) => (attribute.name === name ? (attribute.value ?? '') : []));
  }
  const value = VALUES[subject]?.(instance);
  return value === undefined ? undefined : [String(value)];
}

const VALUES: Readonly<Record<string, (instance: ContainerInstance) => string | number | boolean | undefined>> = {
  agentConnected: ({ agentConnected }) => agentConnected,
  agentVersion: ({ versionInfo }) => versionInfo?.agentVersion,
  ec2InstanceId: ({ ec2InstanceId }) => ec2InstanceId,
  registeredAt: ({ registeredAt }) => registeredAt?.toISOString(),
  runningTasksCount: ({ runningTasksCount }) => runningTasksCount,
};

function comparison(comparator: string, argument: string): (value: string) => Maybe {
  if (comparator === '=~' || comparator === '!~') {
    const pattern = simplePattern(argument);
    return (value) => pattern?.test(value);
  }
  return (value) => {
    const order = orderOf(value, argument);
    switch (comparator) {
      case '>':
        return order > 0;
      case '>=':
        return order >= 0;
      case '<':
        return order < 0;
      case '<=':
        return order <= 0;
      default:
        return order === 0;
    }
  };
}

/** ECS takes Java's patterns. Only those are evaluated here that have one meaning in all dialects and cost little. */
function simplePattern(text: string): RegExp | undefined {
  const isSimple = /^(?:[\w-]|\\\.|\.\*?)*$/.test(text) && text.split('.*').length <= 4;
  return isSimple ? new RegExp(`^(?:${text})$`) : undefined;
}

/** Compares numbers as numbers, versions part by part, times as times, everything else as text. */
function orderOf(one: string, other: string): number {
  for (const toNumbers of [numberOf, versionOf, timeOf]) {
    const [left, right] = [toNumbers(one), toNumbers(other)];
    if (left === undefined || right === undefined) continue;
    const at = left.findIndex((part, index) => part !== (right[index] ?? 0));
    return at < 0 ? Math.sign(left.length - right.length) : (left[at] ?? 0) - (right[at] ?? 0);
  }
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

function numberOf(text: string): readonly number[] | undefined {
  return text.trim() === '' || Number.isNaN(Number(text)) ? undefined : [Number(text)];
}

function versionOf(text: string): readonly number[] | undefined {
  return /^\d+(?:\.\d+)+$/.test(text) ? text.split('.').map(Number) : undefined;
}

function timeOf(text: string): readonly number[] | undefined {
  return /^\d{4}-\d\d-\d\d/.test(text) ? [Date.parse(text)] : undefined;
}

function some(values: readonly string[] | undefined, holds: (value: string) => Maybe): Maybe {
  return values === undefined ? undefined : not(allOf(values.map((value) => not(holds(value)))));
}

function negatedIf(isNegated: boolean, value: Maybe): Maybe {
  return isNegated ? not(value) : value;
}
